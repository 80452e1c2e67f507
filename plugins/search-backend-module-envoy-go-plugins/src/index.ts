/**
 * Lets the portal's search find Envoy Go plugins.
 *
 * @packageDocumentation
 */
export { searchModuleEnvoyGoPlugins as default } from './module';
export * from './collator';
