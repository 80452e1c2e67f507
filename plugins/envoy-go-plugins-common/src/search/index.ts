export * from './EnvoyGoPluginDocument';
