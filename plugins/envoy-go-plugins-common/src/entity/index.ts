export * from './EnvoyGoPluginEntity';
