/**
 * Who may do what with Envoy Go plugins: a policy for a portal, and what a portal's own
 * policy needs.
 *
 * @packageDocumentation
 */
export { permissionModuleEnvoyGoPlugins as default } from './module';
export * from './createDecisionOptions';
export {
  decideEnvoyGoPlugins,
  type EnvoyGoPluginsDecisionOptions,
} from './decideEnvoyGoPlugins';
export * from './EnvoyGoPluginsPolicy';
export * from './GitHubPeople';
export * from './HiddenPluginsClient';
