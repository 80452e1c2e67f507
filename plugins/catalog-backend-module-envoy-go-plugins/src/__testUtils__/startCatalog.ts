import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  mockServices,
  startTestBackend,
  type TestBackend,
  type TestDatabases,
} from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import catalogModuleUnprocessed from '@backstage/plugin-catalog-backend-module-unprocessed';
import {
  DefaultEventsService,
  eventsServiceRef,
  type EventsService,
} from '@backstage/plugin-events-node';
import type { JsonObject } from '@backstage/types';
import request from 'supertest';
import catalogModuleEnvoyGoPlugins from '..';

/** A broken entity, as the catalog lists those that it could not process. */
export interface UnprocessedEntity {
  unprocessed_entity: Entity;
  errors: { name: string; message: string }[];
}

/** A real catalog, quick to look at its locations again, and what a test asks it. */
export interface TestCatalog {
  backend: TestBackend;
  events: EventsService;
  stop(): Promise<void>;
  entity(ref: string): Promise<Entity | undefined>;
  failed(): Promise<UnprocessedEntity[]>;
}

/** Asks again and again until an answer holds; fails with the last complaint. */
export async function eventually<T>(
  ask: () => Promise<T>,
  timeoutMs: number = 45_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
      await new Promise(resolve => {
        setTimeout(resolve, 50);
      });
    }
  }
}

/**
 * Starts a catalog with this module in it.
 *
 * @param options - `config` is laid over the usual one, key by key of its root and of `catalog`
 */
export async function startCatalog(options: {
  knex: Awaited<ReturnType<TestDatabases['init']>>;
  config: JsonObject & { catalog?: JsonObject };
  features?: Parameters<typeof startTestBackend>[0]['features'];
}): Promise<TestCatalog> {
  const events = DefaultEventsService.create({
    logger: mockServices.logger.mock(),
    useEventBus: 'never',
  });
  const backend = await startTestBackend({
    features: [
      catalogPlugin,
      catalogModuleUnprocessed,
      catalogModuleEnvoyGoPlugins,
      ...(options.features ?? []),
      mockServices.database.factory({ knex: options.knex }),
      createServiceFactory({
        service: eventsServiceRef,
        deps: {},
        factory: () => events,
      }),
      mockServices.rootConfig.factory({
        data: {
          ...options.config,
          catalog: {
            rules: [
              {
                allow: [
                  'EnvoyGoPlugin',
                  'Group',
                  'User',
                  'System',
                  'Resource',
                  'Location',
                ],
              },
            ],
            processingInterval: { milliseconds: 200 },
            stitchingStrategy: { pollingInterval: { milliseconds: 100 } },
            ...options.config.catalog,
          },
        },
      }),
    ],
  });
  return {
    backend,
    events,
    stop: () => backend.stop(),
    async entity(ref) {
      const [, kind, namespace, name] = /^(.+):(.+)\/(.+)$/.exec(ref) ?? [];
      const response = await request(backend.server).get(
        `/api/catalog/entities/by-name/${kind}/${namespace}/${name}`,
      );
      return response.status === 404 ? undefined : response.body;
    },
    async failed() {
      const lists = await Promise.all(
        ['pending', 'failed'].map(list =>
          request(backend.server).get(
            `/api/catalog/entities/unprocessed/${list}`,
          ),
        ),
      );
      return lists
        .flatMap<UnprocessedEntity>(list => list.body.entities)
        .filter(({ errors }) => errors.length > 0);
    },
  };
}
