import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type Socket, connect, createServer } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  TestDatabases,
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { sign } from '@octokit/webhooks-methods';
import type { Knex } from 'knex';
import { openDatabase } from './openDatabase';
import { type EventIntake, startEventIntake } from './startEventIntake';

// Where many things run at once a process takes long to start
jest.setTimeout(180_000);

const SECRET = 'It is a secret to everybody';
const PATH = '/api/envoy-go-plugins/webhooks/github';

/** The backend plugin's, which alone makes tables. */
const MIGRATIONS = resolve(
  __dirname,
  '../../../../plugins/envoy-go-plugins-backend/migrations',
);

async function until(expectation: () => Promise<void>): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      await new Promise(done => setTimeout(done, 20));
    }
  }
}

describe('startEventIntake', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const directory = createMockDirectory();
  const intakes: EventIntake[] = [];
  const children: ChildProcess[] = [];
  let folders = 0;

  afterEach(async () => {
    await Promise.all(intakes.splice(0).map(intake => intake.stop()));
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
    }
  });

  /** The database as `backend.database` says it to the portal and to the intake. */
  async function newDatabase(databaseId: string) {
    if (databaseId === 'SQLITE_3') {
      folders += 1;
      const folder = `database-${folders}`;
      directory.addContent({ [folder]: {} });
      return {
        client: 'better-sqlite3',
        connection: { directory: directory.resolve(folder) },
      };
    }
    const { connectionSettings } = (await databases.init('POSTGRES_18')).client;
    const { host, port, user, password, database } = connectionSettings;
    return {
      client: 'pg',
      connection: { host, port, user, password },
      plugin: { 'envoy-go-plugins': { connection: { database } } },
    };
  }

  async function openAsPortal(database: object): Promise<Knex> {
    return openDatabase({
      config: mockServices.rootConfig({ data: { backend: { database } } }),
      logger: mockServices.logger.mock(),
    });
  }

  function configOf(database: object, github: object) {
    return { backend: { database }, envoyGoPlugins: { github } };
  }

  async function start(
    database: object,
    github: object = { webhookSecret: SECRET },
    patienceMs?: number,
  ) {
    const logger = mockServices.logger.mock();
    const intake = await startEventIntake({
      config: mockServices.rootConfig({ data: configOf(database, github) }),
      port: 0,
      host: '127.0.0.1',
      logger,
      now: () => new Date('2026-11-22T14:02:10.000Z'),
      retryMs: 20,
      patienceMs,
    });
    intakes.push(intake);
    return { url: intake.url, logger };
  }

  async function deliver(
    url: string,
    body: string,
    headers: Record<string, string | undefined> = {},
  ) {
    const sent: [string, string][] = [];
    for (const [name, value] of Object.entries({
      'content-type': 'application/json',
      'x-github-delivery': 'd-1',
      'x-github-event': 'star',
      'x-github-hook-id': '7',
      'x-hub-signature-256': body && (await sign(SECRET, body)),
      ...headers,
    })) {
      if (value !== undefined) {
        sent.push([name, value]);
      }
    }
    const answer = await fetch(`${url}${PATH}`, {
      method: 'POST',
      body,
      headers: sent,
    });
    return { status: answer.status, body: await answer.json() };
  }

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('waits for the tables, and stores what comes from then on', async () => {
      const database = await newDatabase(databaseId);
      const { url, logger } = await start(database);
      const early = await deliver(url, '{}');
      expect(early.status).toBe(503);
      expect(early.body.error.message).toBe(
        'The delivery could not be stored; deliver it again',
      );
      await until(async () => {
        const unhealthy = await fetch(`${url}/healthz`);
        expect(unhealthy.status).toBe(503);
        expect(await unhealthy.json()).toEqual({
          status: 'unavailable',
          message: expect.stringContaining('no table webhook_deliveries yet'),
        });
        expect(logger.warn).toHaveBeenCalledWith(
          expect.stringContaining('start a portal'),
        );
      });

      const portal = await openAsPortal(database);
      try {
        await portal.migrate.latest({ directory: MIGRATIONS });
        await until(async () =>
          expect((await fetch(`${url}/healthz`)).status).toBe(200),
        );
        const body = '{"action":"created","text":"größer 🚀"}';
        await expect(deliver(url, body)).resolves.toEqual({
          status: 202,
          body: { deliveryId: 'd-1', status: 'stored' },
        });
        await expect(deliver(url, body)).resolves.toMatchObject({
          status: 202,
          body: { status: 'known' },
        });
        await expect(portal('webhook_deliveries')).resolves.toMatchObject([
          {
            delivery_id: 'd-1',
            event: 'star',
            action: 'created',
            body,
            origin: 'webhook',
            state: 'received',
          },
        ]);

        // One that is dead is delivered anew because somebody wants it handled
        await portal('webhook_deliveries').update({
          state: 'dead',
          attempts: 6,
          settled_at: '2026-11-22T14:00:00.000Z',
        });
        await expect(deliver(url, body)).resolves.toMatchObject({
          body: { status: 'revived' },
        });
        await expect(portal('webhook_deliveries')).resolves.toMatchObject([
          { state: 'received', attempts: 0, settled_at: null },
        ]);
      } finally {
        await portal.destroy();
      }
    });

    it('refuses what is wrong, each with its status, and goes on', async () => {
      const database = await newDatabase(databaseId);
      const portal = await openAsPortal(database);
      try {
        await portal.migrate.latest({ directory: MIGRATIONS });
        await portal('delivery_hooks').insert({
          host: 'github.com',
          organization: 'envoy-plugins',
          hook_id: '7',
          state: 'healthy',
          problems: '[]',
        });
        const { url } = await start(database, {
          webhookSecret: SECRET,
          webhookMaxBodyBytes: 1_000,
        });
        const body = '{"action":"created"}';
        for (const signature of [
          undefined,
          'abc',
          await sign('other', body),
          await sign(SECRET, `${body} `),
        ]) {
          const refused = await deliver(url, body, {
            'x-hub-signature-256': signature,
          });
          expect([signature, refused.status]).toEqual([signature, 401]);
          expect(refused.body.error.name).toBe('AuthenticationError');
        }
        await until(async () =>
          expect(await portal('delivery_hooks').first()).toMatchObject({
            mismatch_at: '2026-11-22T14:02:10.000Z',
          }),
        );
        const large = await deliver(url, `{"text":"${'a'.repeat(1_000)}"}`);
        expect(large.status).toBe(413);
        for (const [bad, headers] of [
          ['{"action":', {}],
          ['[]', {}],
          [body, { 'x-github-event': undefined }],
          [body, { 'x-github-delivery': undefined }],
        ] as const) {
          expect((await deliver(url, bad, headers)).status).toBe(400);
        }
        expect((await fetch(`${url}${PATH}`)).status).toBe(404);
        expect((await fetch(`${url}/api/catalog/entities`)).status).toBe(404);
        await expect(portal('webhook_deliveries')).resolves.toEqual([]);
        const unknown = await deliver(url, body, {
          'x-github-event': 'invented',
        });
        expect(unknown.status).toBe(202);
      } finally {
        await portal.destroy();
      }
    });

    it('answers what is under way when it is told to end, as a process of its own', async () => {
      const database = await newDatabase(databaseId);
      const portal = await openAsPortal(database);
      try {
        await portal.migrate.latest({ directory: MIGRATIONS });
        const config = directory.resolve(`config-${databaseId}.yaml`);
        await writeFile(
          config,
          JSON.stringify(
            configOf(database, { webhookSecret: '${THE_SECRET}' }),
          ),
        );
        const port = await freePort();
        const child = spawn(
          process.execPath,
          [
            '--no-node-snapshot',
            resolve(__dirname, '../../bin/event-intake'),
            '--config',
            config,
            '--port',
            `${port}`,
          ],
          {
            env: { ...process.env, THE_SECRET: SECRET },
            stdio: ['ignore', 'pipe', 'inherit'],
          },
        );
        children.push(child);
        const url = `http://127.0.0.1:${port}`;
        await until(async () =>
          expect((await fetch(`${url}/healthz`)).status).toBe(200),
        );
        // Half of a delivery, so that it is under way
        const body = '{"action":"created"}';
        const socket = connect(port, '127.0.0.1');
        let answer = '';
        socket.on('data', data => {
          answer += data;
        });
        const sent = promisify<string, void>((text, done) =>
          socket.write(text, done),
        );
        // On its way to the process then, which may not have looked for it yet
        await sent(
          [
            `POST ${PATH} HTTP/1.1`,
            'host: localhost',
            'connection: close',
            'content-type: application/json',
            'x-github-delivery: d-2',
            'x-github-event: star',
            `x-hub-signature-256: ${await sign(SECRET, body)}`,
            `content-length: ${body.length}`,
            '',
            body.slice(0, 5),
          ].join('\r\n'),
        );
        const log: string[] = [];
        child.stdout?.on('data', data => log.push(`${data}`));
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await until(async () =>
          expect(log.join('')).toContain('answers what is under way'),
        );
        socket.write(body.slice(5));
        await once(socket, 'close');
        await expect(ended).resolves.toEqual([0, null]);
        expect(answer).toContain('202');
        await expect(portal('webhook_deliveries')).resolves.toMatchObject([
          { delivery_id: 'd-2' },
        ]);
      } finally {
        await portal.destroy();
      }
    });
  });

  it('ends although the database takes connections and never answers', async () => {
    const taken: Socket[] = [];
    const silent = createServer(socket => taken.push(socket));
    await new Promise<void>(done => silent.listen(0, '127.0.0.1', done));
    const log = jest.spyOn(console, 'log').mockImplementation(() => {});
    try {
      const address = silent.address();
      const { logger } = await start(
        {
          client: 'pg',
          connection: {
            host: '127.0.0.1',
            port: typeof address === 'object' ? address?.port : 0,
            user: 'postgres',
            password: 'postgres',
          },
        },
        { webhookSecret: SECRET },
        50,
      );
      await until(async () => expect(taken).not.toEqual([]));
      const before = Date.now();
      await Promise.all(intakes.splice(0).map(intake => intake.stop()));
      // It would be a minute until the driver gives up
      expect(Date.now() - before).toBeLessThan(20_000);
      expect(logger.warn).toHaveBeenCalledWith(
        'The database does not let go of its connections',
      );
    } finally {
      taken.forEach(socket => socket.destroy());
      await new Promise(done => silent.close(done));
      // The last that the driver has to say
      await until(async () =>
        expect(log).toHaveBeenCalledWith(
          expect.stringContaining('Acquire connection error'),
        ),
      );
      log.mockRestore();
    }
  });

  it.each([
    [{}],
    [{ webhookSecret: '' }],
    [{ webhookSecret: SECRET, webhooks: false }],
  ])('does not start without a secret: %j', async github => {
    await expect(start(await newDatabase('SQLITE_3'), github)).rejects.toThrow(
      'envoyGoPlugins.github.webhookSecret: found none',
    );
  });

  it('does not start with a database that nobody else sees', async () => {
    await expect(
      start({ client: 'better-sqlite3', connection: ':memory:' }),
    ).rejects.toThrow('which only the backend itself sees');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise(done => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}
