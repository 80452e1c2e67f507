export { envoyGoPluginsApiRef } from './envoyGoPluginsApiRef';
