export { envoyGoPluginsAdministrationApiRef } from './envoyGoPluginsAdministrationApiRef';
export { envoyGoPluginsApiRef } from './envoyGoPluginsApiRef';
export { envoyGoPluginsPublishingApiRef } from './envoyGoPluginsPublishingApiRef';
