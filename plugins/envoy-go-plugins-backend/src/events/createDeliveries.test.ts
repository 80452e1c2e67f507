import { type Server, createServer } from 'node:http';
import { resolve } from 'node:path';
import {
  type TestDatabaseId,
  TestDatabases,
  createMockDirectory,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import type { WebhookHealth } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import express from 'express';
import type { Knex } from 'knex';
import { DefaultGitHubDoor } from '../github';
import { freePort } from '../testing/freePort';
import { GITHUB_SEED, PORTAL_TOKEN } from '../testing/gitHubSeed';
import { RecordedChanges } from '../testing/RecordedChanges';
import { waitFor } from '../testing/waitFor';
import { type Deliveries, createDeliveries } from './createDeliveries';
import { DatabaseDeliveryStore } from './DatabaseDeliveryStore';
import { WEBHOOK_EVENTS } from './webhookEvents';

jest.setTimeout(180_000);

const SECRET = 'It is a secret to everybody';
const PATH = '/api/envoy-go-plugins/webhooks/github';
const OTHER_TOKEN = 'without-hooks-token';

interface Portal {
  deliveries: Deliveries;
  changes: RecordedChanges;
  changed: jest.Mock;
  stop(): Promise<void>;
}

describe('createDeliveries', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const directory = createMockDirectory();
  const portals = new Set<Portal>();
  const servers: Server[] = [];
  const clock = { aheadMs: 0 };
  let emulator: GitHubEmulator;
  let states = 0;

  beforeEach(async () => {
    clock.aheadMs = 0;
    states += 1;
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve(`state-${states}`),
      seed: {
        ...GITHUB_SEED,
        tokens: [
          ...(GITHUB_SEED.tokens ?? []),
          { token: OTHER_TOKEN, account: 'portal-bot', scopes: ['repo'] },
        ],
      },
    });
  });

  afterEach(async () => {
    await Promise.all([...portals].map(portal => portal.stop()));
    await Promise.all(servers.splice(0).map(close));
    await emulator.close();
  });

  async function migrated(databaseId: TestDatabaseId): Promise<Knex> {
    const knex = await databases.init(databaseId);
    await knex.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    return knex;
  }

  async function startPortal(options: {
    knex: Knex;
    port: number;
    token?: string;
    github?: object;
  }): Promise<Portal> {
    const { knex, port, token = PORTAL_TOKEN, github } = options;
    const config = mockServices.rootConfig({
      data: {
        backend: { baseUrl: `http://localhost:${port}` },
        envoyGoPlugins: {
          github: {
            organization: 'envoy-plugins',
            webhookSecret: SECRET,
            ...github,
          },
        },
        integrations: {
          github: [
            { host: emulator.host, apiBaseUrl: emulator.apiBaseUrl, token },
          ],
        },
      },
    });
    const logger = mockServices.logger.mock();
    const now = () => new Date(Date.now() + clock.aheadMs);
    const door = DefaultGitHubDoor.create({
      db: knex,
      integrations: ScmIntegrations.fromConfig(config),
      logger,
      timeoutMs: 10_000,
      now,
    });
    const changes = new RecordedChanges();
    const changed = jest.fn();
    const hooks: Record<'startup' | 'shutdown', (() => Promise<void>)[]> = {
      startup: [],
      shutdown: [],
    };
    const deliveries = createDeliveries({
      config,
      db: knex,
      door,
      store: { host: emulator.host, organization: 'envoy-plugins' },
      changes,
      scheduler: mockServices.scheduler.mock(),
      logger,
      now,
      onChanged: changed,
    });
    await deliveries.start({
      addStartupHook: hook => hooks.startup.push(async () => hook()),
      addShutdownHook: hook => hooks.shutdown.push(async () => hook()),
    });
    const app = express();
    if (deliveries.router) {
      app.use('/api/envoy-go-plugins', deliveries.router);
    }
    app.use(mockErrorHandler());
    const server = createServer(app);
    await listen(server, port);
    await Promise.all(hooks.startup.map(hook => hook()));
    const portal: Portal = {
      deliveries,
      changes,
      changed,
      async stop() {
        if (portals.delete(portal)) {
          await close(server);
          await Promise.all(hooks.shutdown.map(hook => hook()));
          await door.stop();
        }
      },
    };
    portals.add(portal);
    return portal;
  }

  async function listen(server: Server, port: number): Promise<number> {
    await new Promise<void>(done => server.listen(port, 'localhost', done));
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async function close(server: Server): Promise<void> {
    server.closeAllConnections();
    await new Promise(done => server.close(done));
  }

  async function health(portal: Portal): Promise<WebhookHealth> {
    const [webhook] = await portal.deliveries.administration.getWebhooks();
    return webhook;
  }

  const reconcile = async (portal: Portal) => {
    const [webhook] = await portal.deliveries.administration.reconcile();
    return webhook;
  };

  const reasons = ({ problems }: WebhookHealth) =>
    problems.map(({ reason }) => reason);

  function target() {
    const organization = emulator.state.accounts.find('envoy-plugins');
    return { type: 'organization' as const, id: organization?.id ?? 0 };
  }

  async function star(method: 'PUT' | 'DELETE', name = 'token-auth') {
    const { status } = await fetch(
      `${emulator.apiBaseUrl}/user/starred/envoy-plugins/${name}`,
      { method, headers: { authorization: 'token author-token' } },
    );
    expect(status).toBe(204);
  }

  it.each(databases.eachSupportedId())(
    'finds all that was missed while the backend was down, once, and in order (%s)',
    async databaseId => {
      const knex = await migrated(databaseId);
      const port = await freePort();
      const store = new DatabaseDeliveryStore(knex);
      const github = { manageWebhook: true };
      const before = await startPortal({ knex, port, github });
      await waitFor(async () =>
        expect(await health(before)).toMatchObject({
          state: 'healthy',
          lastDelivery: { event: 'ping' },
        }),
      );
      await star('PUT');
      await waitFor(async () =>
        expect(await store.countByState()).toEqual({ done: 2 }),
      );
      await waitFor(() => expect(before.changed).toHaveBeenCalled());
      await before.stop();

      // More than GitHub lists on a page
      for (let index = 0; index < 60; index += 1) {
        await star('DELETE');
        await star('PUT');
      }
      await star('PUT', 'bare');
      await emulator.deliveriesSettled();
      await expect(store.countByState()).resolves.toEqual({ done: 2 });

      const after = await startPortal({ knex, port, github });
      await waitFor(
        async () =>
          expect(await store.list({ event: ['star'] })).toMatchObject({
            states: [{ state: 'done', count: 122 }],
          }),
        30_000,
      );
      await waitFor(async () =>
        expect(await health(after)).toMatchObject({ lastReconcileFound: 121 }),
      );
      const { items, totalItems } = await store.list({
        event: ['star'],
        repository: 'envoy-plugins/token-auth',
        limit: 100,
      });
      expect(totalItems).toBe(121);
      expect(items.slice(0, 4)).toMatchObject([
        { action: 'created', origin: 'reconciler', attempts: 1 },
        { action: 'deleted', origin: 'reconciler' },
        { action: 'created', origin: 'reconciler' },
        { action: 'deleted', origin: 'reconciler' },
      ]);
      const starred = after.changes.calls.filter(
        ({ fullName }) => fullName === 'envoy-plugins/token-auth',
      );
      expect(starred).toHaveLength(120);

      // Nothing twice
      await waitFor(async () =>
        expect(await reconcile(after)).toMatchObject({
          state: 'healthy',
          lastReconcileFound: 0,
        }),
      );
      await expect(store.list({ event: ['star'] })).resolves.toMatchObject({
        totalItems: 122,
      });
      expect(after.changes.calls).toHaveLength(121);
    },
  );

  it('makes the webhook, mends it, and touches no other', async () => {
    const knex = await migrated(databases.eachSupportedId()[0][0]);
    const port = await freePort();
    const other = emulator.hooks.create({
      target: target(),
      url: 'http://localhost:1/other',
      contentType: 'json',
      secret: 'theirs',
      events: ['push'],
    });
    const portal = await startPortal({
      knex,
      port,
      github: { manageWebhook: true },
    });
    const ours = () =>
      emulator.hooks.list(target()).find(({ id }) => id !== other.id);
    await waitFor(() =>
      expect(ours()).toMatchObject({
        url: `http://localhost:${port}${PATH}`,
        secret: SECRET,
        contentType: 'json',
        active: true,
        events: WEBHOOK_EVENTS,
      }),
    );
    await waitFor(async () =>
      expect(await health(portal)).toMatchObject({
        state: 'healthy',
        host: emulator.host,
        organization: 'envoy-plugins',
        hookId: ours()?.id,
        url: `https://${
          emulator.host
        }/organizations/envoy-plugins/settings/hooks/${ours()?.id}`,
      }),
    );

    const hook = ours();
    if (!hook) {
      throw new Error('There is no hook');
    }
    emulator.hooks.change(hook, {
      url: `http://localhost:${port}/elsewhere`,
      active: false,
      events: ['push', 'watch'],
      secret: 'other',
    });
    await reconcile(portal);
    expect(ours()).toMatchObject({
      id: hook.id,
      url: `http://localhost:${port}${PATH}`,
      secret: SECRET,
      active: true,
      events: expect.arrayContaining([...WEBHOOK_EVENTS, 'watch']),
    });

    // A secret cannot be read, only noticed
    emulator.hooks.change(hook, { secret: 'other' });
    await star('PUT');
    await emulator.deliveriesSettled();
    await waitFor(async () =>
      expect(await health(portal)).toMatchObject({
        state: 'broken',
        lastMismatchAt: expect.any(String),
      }),
    );
    await reconcile(portal);
    expect(ours()).toMatchObject({ secret: SECRET });
    await waitFor(async () =>
      expect(await reconcile(portal)).toMatchObject({
        state: 'healthy',
        problems: [],
      }),
    );
    // What was refused meanwhile was fetched
    await expect(
      new DatabaseDeliveryStore(knex).list({ event: ['star'] }),
    ).resolves.toMatchObject({ items: [{ origin: 'reconciler' }] });

    expect(emulator.hooks.find(target(), other.id)).toEqual(other);
    emulator.hooks.delete(hook);
    await reconcile(portal);
    expect(ours()?.id).not.toBe(hook.id);
  });

  it('says what is wrong with a webhook that it may not mend, and what to do', async () => {
    const knex = await migrated(databases.eachSupportedId()[0][0]);
    const port = await freePort();
    const portal = await startPortal({ knex, port });
    const missing = await reconcile(portal);
    expect(missing).toMatchObject({
      state: 'broken',
      problems: [
        {
          reason: 'missing',
          message: expect.stringContaining(`http://localhost:${port}${PATH}`),
        },
      ],
    });

    const hook = emulator.hooks.create({
      target: target(),
      url: `http://localhost:${port}${PATH}`,
      contentType: 'json',
      secret: SECRET,
      events: ['star'],
    });
    const changed = (changes: Parameters<typeof emulator.hooks.change>[1]) =>
      emulator.hooks.change(hook, changes);
    expect(reasons(await reconcile(portal))).toEqual(['missing-events']);
    changed({ events: ['*'] });
    expect(reasons(await reconcile(portal))).toEqual(['silent']);
    await star('PUT');
    await waitFor(async () =>
      expect(await reconcile(portal)).toMatchObject({
        state: 'healthy',
        lastDelivery: { event: 'star' },
      }),
    );

    changed({ active: false });
    expect(reasons(await reconcile(portal))).toEqual(['inactive']);
    changed({ active: true, url: `http://localhost:${port}/elsewhere` });
    expect(reasons(await reconcile(portal))).toEqual(['wrong-address']);
    await star('DELETE');
    await emulator.deliveriesSettled();
    expect(reasons(await reconcile(portal))).toEqual([
      'wrong-address',
      'failing',
    ]);
    changed({ url: `http://localhost:${await freePort()}/nobody` });
    await star('PUT');
    await emulator.deliveriesSettled();
    expect(reasons(await reconcile(portal))).toEqual([
      'wrong-address',
      'unreachable',
    ]);
    changed({ url: `http://localhost:${port}${PATH}`, secret: 'other' });
    await star('DELETE');
    await emulator.deliveriesSettled();
    await expect(reconcile(portal)).resolves.toMatchObject({
      state: 'broken',
      problems: [{ reason: 'secret-mismatch' }],
      lastMismatchAt: expect.any(String),
      lastReconcileFound: 1,
    });
    expect(emulator.hooks.find(target(), hook.id)).toMatchObject({
      secret: 'other',
    });
  });

  it('says what is missing to see the webhook, and that GitHub does not answer', async () => {
    const knex = await migrated(databases.eachSupportedId()[0][0]);
    const port = await freePort();
    const portal = await startPortal({ knex, port, token: OTHER_TOKEN });
    await expect(reconcile(portal)).resolves.toMatchObject({
      state: 'unknown',
      problems: [
        {
          reason: 'not-allowed',
          message: expect.stringContaining('admin:org_hook'),
        },
      ],
    });
    emulator.faults.add({
      path: '/orgs/envoy-plugins/hooks',
      times: Infinity,
      fault: { type: 'status', status: 502 },
    });
    await expect(reconcile(portal)).resolves.toMatchObject({
      state: 'unknown',
      problems: [{ reason: 'github-unavailable' }],
    });
  });

  it('goes on where GitHub stopped answering', async () => {
    const knex = await migrated(databases.eachSupportedId()[0][0]);
    const port = await freePort();
    emulator.hooks.create({
      target: target(),
      // Nobody is there
      url: `http://localhost:${port}${PATH}`,
      contentType: 'json',
      secret: SECRET,
      events: ['*'],
    });
    for (let index = 0; index < 3; index += 1) {
      await star('PUT');
      await star('DELETE');
    }
    await emulator.deliveriesSettled();
    emulator.faults.add({
      path: /\/deliveries\/\d+$/,
      skip: 2,
      times: Infinity,
      fault: { type: 'status', status: 502 },
    });
    const portal = await startPortal({ knex, port });
    const store = new DatabaseDeliveryStore(knex);
    await waitFor(async () =>
      expect(await store.countByState()).toEqual({ done: 2 }),
    );
    await waitFor(async () =>
      expect(reasons(await health(portal))).toEqual(['github-unavailable']),
    );
    emulator.faults.clear();
    clock.aheadMs = 120_000;
    await reconcile(portal);
    await waitFor(async () =>
      expect(await store.countByState()).toEqual({ done: 6 }),
    );
  });
});
