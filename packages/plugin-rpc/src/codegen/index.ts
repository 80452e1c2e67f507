export * from './createPlugin';
export * from './PluginDefinition';
export * from './readDefinition';
