/**
 * Scaffolder actions for Envoy filters written in Go.
 *
 * @packageDocumentation
 */
export { scaffolderModuleEnvoyGoPlugins as default } from './module';
