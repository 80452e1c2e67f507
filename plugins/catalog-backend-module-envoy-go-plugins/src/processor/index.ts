export * from './EnvoyGoPluginProcessor';
