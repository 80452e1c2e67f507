export { CONFIGURATION_PATH, usePluginEntity } from './usePluginEntity';
