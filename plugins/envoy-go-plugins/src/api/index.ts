export { envoyGoPluginsAdministrationApiRef } from './envoyGoPluginsAdministrationApiRef';
export { envoyGoPluginsApiRef } from './envoyGoPluginsApiRef';
