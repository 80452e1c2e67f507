export { PluginsContent } from './PluginsContent';
