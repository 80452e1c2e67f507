export { EnvoyUnavailableError } from './EnvoyUnavailableError';
export * from './knownEnvoys';
export * from './resolveEnvoy';
