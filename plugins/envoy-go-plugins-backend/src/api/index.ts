export { createRouter } from './createRouter';
export { createRegistryRouter, REGISTRY_PATH } from './routeRegistry';
