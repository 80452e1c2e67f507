/**
 * A backend for the benchmark, in a process of its own: our plugin, and either the real
 * catalog or one that only hands out the generated plugins. Told what to be by the
 * environment variable `BENCH_BACKEND`, says `ready` to its parent.
 */
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { JsonObject } from '@backstage/types';
import type { EnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { generatePlugins, seededRandom } from '../src/testing/generatePlugins';

/** What the parent says this backend shall be. */
export interface BenchBackendOptions {
  port: number;
  token: string;
  plugins: number;
  owners: number;
  /** The configuration `backend.database`. */
  database: JsonObject;
  catalog: 'real' | 'stub';
}

function generate(options: BenchBackendOptions): EnvoyGoPluginEntity[] {
  return generatePlugins({
    count: options.plugins,
    owners: options.owners,
    random: seededRandom(7),
  });
}

/** Gives the real catalog all plugins in one full mutation. */
function provideToCatalog(entities: EnvoyGoPluginEntity[]) {
  return createBackendModule({
    pluginId: 'catalog',
    moduleId: 'bench-provider',
    register(env) {
      env.registerInit({
        deps: { processing: catalogProcessingExtensionPoint },
        async init({ processing }) {
          processing.addEntityProvider({
            getProviderName: () => 'bench',
            async connect(connection) {
              process.on('message', async message => {
                if (message !== 'provide') {
                  return;
                }
                await connection.applyMutation({
                  type: 'full',
                  entities: entities.map(entity => ({
                    entity: {
                      ...entity,
                      metadata: {
                        ...entity.metadata,
                        annotations: {
                          'backstage.io/managed-by-location': `bench:${entity.metadata.name}`,
                          'backstage.io/managed-by-origin-location': `bench:${entity.metadata.name}`,
                        },
                      },
                    },
                    locationKey: 'bench',
                  })),
                });
                process.send?.('provided');
              });
            },
          });
        },
      });
    },
  });
}

async function main() {
  const options: BenchBackendOptions = JSON.parse(
    process.env.BENCH_BACKEND ?? '',
  );
  const entities = generate(options);
  const backend = createBackend();
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () =>
        new ConfigReader({
          backend: {
            baseUrl: `http://127.0.0.1:${options.port}`,
            listen: { host: '127.0.0.1', port: options.port },
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
          catalog: { rules: [{ allow: ['EnvoyGoPlugin'] }] },
        }),
    }),
  );
  backend.add(import('../src'));
  if (options.catalog === 'real') {
    backend.add(import('@backstage/plugin-catalog-backend'));
    backend.add(
      import(
        '@envoy-go/backstage-plugin-catalog-backend-module-envoy-go-plugins'
      ),
    );
    backend.add(provideToCatalog(entities));
  } else {
    backend.add(catalogServiceMock.factory({ entities }));
  }
  await backend.start();
  process.on('message', message => {
    if (message === 'cpu') {
      const { user, system } = process.cpuUsage();
      process.send?.({ cpuMs: (user + system) / 1000 });
    }
  });
  process.send?.('ready');
  process.on('disconnect', () => process.exit(0));
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
