export {
  InMemoryEnvoyGoPluginsManagementApi,
  sampleManagement,
  sampleOperation,
} from './InMemoryEnvoyGoPluginsManagementApi';
