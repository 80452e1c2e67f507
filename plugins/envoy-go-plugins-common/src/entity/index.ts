export * from './EnvoyGoPluginEntity';
export * from './envoyGoPluginSchema';
export {
  parseEnvoyGoPluginEntity,
  validateEnvoyGoPluginEntity,
} from './validateEnvoyGoPluginEntity';
