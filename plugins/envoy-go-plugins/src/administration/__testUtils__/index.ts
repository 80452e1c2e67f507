export {
  InMemoryEnvoyGoPluginsAdministrationApi,
  refusal,
} from './InMemoryEnvoyGoPluginsAdministrationApi';
export type { AdministrationState } from './InMemoryEnvoyGoPluginsAdministrationApi';
export { sampleAdministration, sampleDelivery } from './sampleAdministration';
