export * from './EnvoyGoPluginEntity';
export * from './envoyGoPluginSchema';
export * from './validateEnvoyGoPluginEntity';
