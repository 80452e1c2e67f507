export { PluginNotices } from './PluginNotices';
