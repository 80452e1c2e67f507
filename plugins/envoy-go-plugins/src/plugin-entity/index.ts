export {
  CONFIGURATION_PATH,
  VERSIONS_PATH,
  usePluginEntity,
} from './usePluginEntity';
