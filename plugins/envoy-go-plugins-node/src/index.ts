/**
 * What other backend modules may add to Envoy Go Plugins.
 *
 * @packageDocumentation
 */
export * from './publishing';
