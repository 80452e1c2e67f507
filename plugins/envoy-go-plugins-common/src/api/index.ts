export * from './types';
export * from './EnvoyGoPluginsApi';
export * from './EnvoyGoPluginsClient';
export * from './administration';
export * from './EnvoyGoPluginsAdministrationApi';
export * from './EnvoyGoPluginsAdministrationClient';
export { GITHUB_TOKEN_HEADER } from './BackendRequests';
export * from './gitHubTokenProblem';
export * from './HiddenPlugins';
