import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { createCheckTargetAction } from './actions/checkTarget';
import { createProveAction } from './actions/prove';
import { createRenderConfigAction } from './actions/renderConfig';
import { createStartFromAction } from './actions/startFrom';
import { createTidyUpAction } from './actions/tidyUp';
import { createWriteLicenceAction } from './actions/writeLicence';

/**
 * Adds the actions that the templates for Envoy filters in Go use.
 *
 * @public
 */
export const scaffolderModuleEnvoyGoPlugins = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'envoy-go-plugins',
  register({ registerInit }) {
    registerInit({
      deps: {
        scaffolder: scaffolderActionsExtensionPoint,
        config: coreServices.rootConfig,
        catalog: catalogServiceRef,
      },
      async init({ scaffolder, config, catalog }) {
        const integrations = ScmIntegrations.fromConfig(config);
        const credentialsProvider =
          DefaultGithubCredentialsProvider.fromIntegrations(integrations);
        scaffolder.addActions(
          createCheckTargetAction({
            integrations,
            credentialsProvider,
            catalog,
          }),
          createRenderConfigAction(),
          createProveAction({
            allowed:
              config.getOptionalBoolean('envoyGoPlugins.scaffolder.prove') ??
              false,
          }),
          createStartFromAction(),
          createWriteLicenceAction(),
          createTidyUpAction({
            integrations,
            credentialsProvider,
            appBaseUrl: config.getString('app.baseUrl'),
          }),
        );
      },
    });
  },
});
