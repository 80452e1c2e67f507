/**
 * The Envoy Go Plugins backend.
 *
 * @packageDocumentation
 */
export { envoyGoPluginsPlugin as default } from './plugin';
