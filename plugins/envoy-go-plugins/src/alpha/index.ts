/**
 * Envoy Go Plugins for portals on the new frontend system.
 *
 * @packageDocumentation
 */
export { default } from './plugin';
