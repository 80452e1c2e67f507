export * from './EnvoyGoPluginCollatorFactory';
