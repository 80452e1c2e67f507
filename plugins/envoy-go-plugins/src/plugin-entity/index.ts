export { CONFIGURATION_PATH, usePluginEntity } from './usePluginEntity';
export { useUsePluginLink } from './useUsePluginLink';
