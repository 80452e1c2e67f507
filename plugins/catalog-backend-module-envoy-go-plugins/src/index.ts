/**
 * Teaches the catalog the EnvoyGoPlugin kind.
 *
 * @packageDocumentation
 */
export { catalogModuleEnvoyGoPlugins as default } from './module';
export * from './permissions';
export * from './processor';
