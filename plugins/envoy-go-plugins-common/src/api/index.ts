export * from './types';
export * from './EnvoyGoPluginsApi';
