/**
 * A backend for the benchmark of events, in a process of its own: our plugin with a catalog
 * that only hands out plugins, one for each repository of a GitHub. Told what to be by the
 * environment variable `EVENTS_BACKEND`, says `ready` to its parent.
 */
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { JsonObject } from '@backstage/types';
import { testPlugin } from '../src/testing/testPlugin';

/** What the parent says this backend shall be. */
export interface EventsBackendOptions {
  port: number;
  /** Of whoever asks the API. */
  token: string;
  /** The configuration `backend.database`. */
  database: JsonObject;
  github: { host: string; url: string; apiBaseUrl: string; token: string };
  organization: string;
  webhookSecret: string;
  /** Names of repositories of the organisation. */
  repositories: string[];
}

async function main() {
  const options: EventsBackendOptions = JSON.parse(
    process.env.EVENTS_BACKEND ?? '',
  );
  const { github, organization, port } = options;
  const backend = createBackend();
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () =>
        new ConfigReader({
          backend: {
            baseUrl: `http://127.0.0.1:${port}`,
            listen: { host: '127.0.0.1', port },
            database: options.database,
            auth: {
              externalAccess: [
                {
                  type: 'static',
                  options: { token: options.token, subject: 'bench' },
                },
              ],
            },
          },
          integrations: {
            github: [
              {
                host: github.host,
                apiBaseUrl: github.apiBaseUrl,
                token: github.token,
              },
            ],
          },
          envoyGoPlugins: {
            github: {
              host: github.host,
              organization,
              webhookSecret: options.webhookSecret,
              manageWebhook: true,
            },
          },
        }),
    }),
  );
  backend.add(import('../src'));
  backend.add(
    catalogServiceMock.factory({
      entities: options.repositories.map(name =>
        testPlugin(name, {
          metadata: {
            annotations: {
              'github.com/project-slug': `${organization}/${name}`,
              'backstage.io/managed-by-location': `url:${github.url}/${organization}/${name}/tree/main/catalog-info.yaml`,
            },
          },
        }),
      ),
    }),
  );
  await backend.start();
  process.send?.('ready');
  process.on('disconnect', () => process.exit(0));
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
