export { envoyGoPluginsAdministrationApiRef } from './envoyGoPluginsAdministrationApiRef';
export { envoyGoPluginsApiRef } from './envoyGoPluginsApiRef';
export { envoyGoPluginsBuildsApiRef } from './envoyGoPluginsBuildsApiRef';
export { envoyGoPluginsManagementApiRef } from './envoyGoPluginsManagementApiRef';
export { envoyGoPluginsPublishingApiRef } from './envoyGoPluginsPublishingApiRef';
