export * from './types';
export * from './EnvoyGoPluginsApi';
export * from './EnvoyGoPluginsClient';
