import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { KNOWN_ENVOY_MINORS } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import express from 'express';
import type { Knex } from 'knex';
import { createRegistryRouter } from '../../api/routeRegistry';
import {
  DatabasePluginStore,
  DatabasePluginVisibility,
} from '../../marketplace';
import { testPlugin, testRef } from '../../testing/testPlugin';
import { createRegistryServices } from '../createRegistryServices';
import type { RegistryServicesConfig } from '../readRegistryConfig';
import type { PullCounts } from '../PullCounts';

/** The backend's own credentials. */
export const BACKEND = {
  username: 'portal',
  password: 'of-the-backend-only-0123456789',
};

export const NOTIFICATION_SECRET = 'of-the-registry-0123456789';

/** The repository whose readers see the private plugin. */
const PRIVATE = 'github.com/7';

/** The part of a portal that a registry and its clients speak to. */
export interface TokenPortal {
  /** Such as `http://localhost:1234/api/envoy-go-plugins`. */
  url: string;
  pulls: PullCounts;
  stop(): Promise<void>;
}

/**
 * Starts a token server whose marketplace has the public plugin `header-auth`, the plugin
 * `secret-auth` in a private repository that only `reader` sees, and `new-auth`, of which
 * GitHub has not told anything yet.
 *
 * @param knex - an empty database
 */
export async function startTokenPortal(
  knex: Knex,
  config: RegistryServicesConfig,
): Promise<TokenPortal> {
  const store = await DatabasePluginStore.create({
    database: mockServices.database({ knex }),
    knownEnvoyVersions: [...KNOWN_ENVOY_MINORS],
    integrates: () => true,
  });
  await store.upsert(
    ['header-auth', 'secret-auth', 'new-auth'].map(name => testPlugin(name)),
  );
  const asOf = '2026-11-20T10:00:00.000Z';
  await store.setFacts(testRef('header-auth'), { stars: 1, asOf });
  await store.setFacts(testRef('secret-auth'), {
    stars: 1,
    restrictedTo: PRIVATE,
    asOf,
  });
  await knex('repository_readers').insert({
    repository: PRIVATE,
    host: 'github.com',
    login: 'reader',
  });
  const services = createRegistryServices({
    config,
    db: knex,
    auth: mockServices.auth(),
    visibility: new DatabasePluginVisibility(knex),
    viewers: {
      viewerOf: async asking =>
        typeof asking !== 'string' &&
        JSON.stringify(asking.principal).includes('user:default/reader')
          ? { host: 'github.com', login: 'reader' }
          : undefined,
    },
    scheduler: mockServices.scheduler(),
    logger: mockServices.logger.mock(),
    now: () => new Date(),
  });
  const app = express();
  app.use(
    '/api/envoy-go-plugins',
    createRegistryRouter({
      ...services,
      logger: mockServices.logger.mock(),
      now: () => new Date(),
    }),
  );
  app.use(mockErrorHandler());
  const server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/api/envoy-go-plugins`,
    pulls: services.pulls,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A token of the portal's, of somebody. */
export function portalToken(user: string): string {
  return mockCredentials.user.token(`user:default/${user}`);
}
