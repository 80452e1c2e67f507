export { createRouter } from './createRouter';
export { PUBLIC_VERSION_PATHS } from './routeVersions';
export { createRegistryRouter, REGISTRY_PATH } from './routeRegistry';
