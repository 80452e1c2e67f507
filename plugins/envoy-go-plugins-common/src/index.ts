/**
 * The EnvoyGoPlugin kind, its JSON Schemas, and the types and client of the backend's API.
 *
 * @packageDocumentation
 */
export * from './api';
export * from './configuration';
export * from './entity';
export * from './envoy-versions';
export * from './events';
export * from './github-names';
export * from './permissions';
export * from './search';
export * from './snippets';
export * from './scaffold';
export * from './signals';
