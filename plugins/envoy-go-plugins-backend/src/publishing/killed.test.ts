import { resolve } from 'node:path';
import {
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import { startGitHubEmulator } from '@envoy-go/github-emulator';
import knexFactory from 'knex';
import { DatabaseAuditRecordStore } from '../audit';
import { ChildScript } from '../testing/ChildScript';
import {
  pluginFiles,
  publishingSeed,
  signedIn,
  startPublishing,
  submitRequest,
} from '../testing/publishingPortal';
import { waitFor } from '../testing/waitFor';

// Starts a process for each point at which one dies
jest.setTimeout(180_000);

const DIES_AFTER = [
  'POST /transfer$',
  'DELETE /hooks/\\d+$',
  'PUT /collaborators/author$',
  'PUT /protection$',
  'POST /rulesets$',
  'PUT /topics$',
  'POST /git/refs$',
  'PUT /contents/',
  'POST /pulls$',
];

describe('publishing, killed', () => {
  const directory = createMockDirectory();

  it('goes on where it was, however often and wherever its process dies', async () => {
    const emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: publishingSeed([
        {
          name: 'header-tag',
          owner: 'makers',
          files: pluginFiles('header-tag'),
        },
      ]),
    });
    const database = {
      client: 'better-sqlite3',
      connection: { filename: directory.resolve('database.sqlite') },
      useNullAsDefault: true,
    };
    const db = knexFactory(database);
    const portal = startPublishing({
      gitHub: emulator,
      db,
      auth: mockServices.auth(),
      logger: mockServices.logger.mock(),
      works: false,
    });
    const script = new ChildScript(
      require.resolve('../__testUtils__/publishingReplica.ts'),
      {
        PUBLISHING_REPLICA: JSON.stringify({
          gitHub: {
            host: emulator.host,
            url: emulator.url,
            apiBaseUrl: emulator.apiBaseUrl,
          },
          database,
          diesAfter: DIES_AFTER,
        }),
      },
    );
    try {
      await db.migrate.latest({
        directory: resolve(__dirname, '../../migrations'),
      });
      await db.schema.createTable('deaths', table => {
        table.text('point').primary();
      });
      emulator.hooks.create({
        target: {
          type: 'repository',
          id: emulator.state.repositories.find('makers', 'header-tag')?.id ?? 0,
        },
        contentType: 'json',
        url: 'http://127.0.0.1:9/elsewhere',
        events: ['push'],
      });
      const author = signedIn(
        mockCredentials.user('user:default/author'),
        'author-token',
      );
      const admin = signedIn(mockCredentials.user('user:default/admin'));
      const { id } = await portal.requests.create(
        `${emulator.url}/makers/header-tag`,
        author,
      );
      await portal.requests.addBot(id, author);
      const stateOf = async () => (await db('publish_requests').first()).state;
      const deaths = async () => (await db('deaths')).length;

      await script.start();
      await waitFor(async () => expect(await stateOf()).toBe('ready'), 30_000);
      const { commit } = await submitRequest(portal.requests, id, author);
      await portal.requests.decide(id, { kind: 'approve', commit }, admin);
      for (let died = 1; died <= DIES_AFTER.length; died += 1) {
        await waitFor(
          async () => expect(await deaths()).toBe(died),
          30_000,
          50,
        );
        await script.kill();
        await script.start();
      }
      await waitFor(
        async () => expect(await stateOf()).toBe('published'),
        30_000,
        50,
      );
      await script.kill();

      const { steps } = await portal.requests.get(id, admin);
      expect(steps.every(({ state }) => state === 'done')).toBe(true);
      const github = portal.door.asPortal({
        host: emulator.host,
        lane: 'page',
      });
      const name = { owner: 'envoy-plugins', repo: 'header-tag' };
      const [pulls, rulesets, hooks] = await Promise.all([
        github.rest.pulls.list({ ...name, state: 'all' }),
        github.rest.repos.getRepoRulesets(name),
        github.rest.repos.listWebhooks(name),
      ]);
      expect([
        pulls.data.length,
        rulesets.data.length,
        hooks.data.length,
      ]).toEqual([1, 1, 0]);
      // One record of each step, however often it was begun
      const { items } = await new DatabaseAuditRecordStore(db).list({
        action: ['publishing.step'],
        limit: 100,
      });
      expect(items.map(({ details }) => details?.step).reverse()).toEqual(
        steps.map(({ stepId }) => stepId),
      );
    } finally {
      await script.kill();
      await portal.stop();
      await emulator.close();
      await db.destroy();
    }
  });
});
