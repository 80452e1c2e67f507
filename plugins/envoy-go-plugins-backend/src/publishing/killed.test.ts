import { mkdir, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import {
  PUBLISH_STEPS,
  type PublishStepId,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
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

/**
 * Of each step the changes after which it dies, before they are written down. One that changes
 * nothing on GitHub dies when it is done, before that is written down.
 */
const DIES_IN: Record<PublishStepId, string[]> = {
  'verify-commit': [],
  transfer: ['POST /transfer$'],
  'wait-for-transfer': [],
  strip: ['DELETE /hooks/\\d+$', 'PUT /collaborators/author$'],
  'module-path': ['POST /git/commits$', 'PATCH /git/refs/heads'],
  protect: ['PUT /protection$', 'POST /rulesets$'],
  topics: ['PUT /topics$'],
  'workflow-file': ['POST /git/refs$', 'PUT /contents/', 'POST /pulls$'],
  register: [],
  announce: [],
};

const CHANGES = Object.values(DIES_IN).flat();
const CHANGELESS = PUBLISH_STEPS.filter(step => DIES_IN[step].length === 0);

describe('publishing, killed', () => {
  const directory = createMockDirectory();

  it('goes on where it was, however often and wherever its process dies', async () => {
    const files = pluginFiles('header-tag');
    const emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: publishingSeed([
        {
          name: 'header-tag',
          owner: 'makers',
          files: {
            ...files,
            'go.mod': files['go.mod'].replace('envoy-plugins', 'makers'),
            'cmd/envoy-module/main.go':
              'package main\n\nimport _ "github.com/makers/header-tag"\n\nfunc main() {}\n',
          },
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
      sends: false,
    });
    const graves = directory.resolve('graves');
    const newReplica = () =>
      new ChildScript(
        require.resolve('../__testUtils__/publishingReplica.ts'),
        {
          PUBLISHING_REPLICA: JSON.stringify({
            gitHub: {
              host: emulator.host,
              url: emulator.url,
              apiBaseUrl: emulator.apiBaseUrl,
            },
            database,
            diesAfter: CHANGES,
            diesIn: CHANGELESS,
            graves,
            standsBy: true,
          }),
          NODE_COMPILE_CACHE: directory.resolve('compiled'),
        },
      );
    let working = newReplica();
    // Is there already when the other one dies
    let next = newReplica();
    try {
      await mkdir(graves);
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
      const deaths = async () => [
        ...(await db('deaths')).map(({ point }) => point),
        ...(await readdir(graves)),
      ];

      await working.start();
      await working.ask('begin');
      await waitFor(async () => expect(await stateOf()).toBe('ready'), 30_000);
      const { commit } = await submitRequest(portal.requests, id, author);
      await portal.requests.decide(id, { kind: 'approve', commit }, admin);
      const points = [...CHANGES, ...CHANGELESS];
      for (let died = 1; died <= points.length; died += 1) {
        const standby = next.start();
        await waitFor(
          async () => expect(await deaths()).toHaveLength(died),
          30_000,
        );
        await Promise.all([working.kill(), standby]);
        await next.ask('begin');
        working = next;
        next = newReplica();
      }
      expect(new Set(await deaths())).toEqual(new Set(points));
      await waitFor(
        async () => expect(await stateOf()).toBe('published'),
        30_000,
      );
      await working.kill();

      const { steps } = await portal.requests.get(id, admin);
      expect(steps.every(({ state }) => state === 'done')).toBe(true);
      const github = portal.door.asPortal({
        host: emulator.host,
        lane: 'page',
      });
      const name = { owner: 'envoy-plugins', repo: 'header-tag' };
      const [pulls, rulesets, hooks, commits] = await Promise.all([
        github.rest.pulls.list({ ...name, state: 'all' }),
        github.rest.repos.getRepoRulesets(name),
        github.rest.repos.listWebhooks(name),
        github.rest.repos.listCommits({ ...name, sha: 'main' }),
      ]);
      expect([
        pulls.data.length,
        rulesets.data.length,
        hooks.data.length,
      ]).toEqual([1, 1, 0]);
      // One commit on top of the reviewed one, with which the proposal begins
      expect(commits.data.slice(0, 2)).toMatchObject([
        {
          commit: {
            message: expect.stringContaining('Be the module github.com/envoy'),
          },
          parents: [{ sha: commit }],
        },
        { sha: commit },
      ]);
      const proposal = await github.rest.repos.getCommit({
        ...name,
        ref: pulls.data[0].head.sha,
      });
      expect(proposal.data.parents).toMatchObject([
        { sha: commits.data[0].sha },
      ]);
      // Told of each change of state, once
      const notices = await db('notices').orderBy('id');
      const told = notices.map(({ notice }) => JSON.parse(notice).text);
      expect([...new Set(told)]).toEqual([
        expect.stringContaining('checks passed, 0 failed'),
        'It was submitted: the administrators look at it now.',
        expect.stringContaining('submitted header-tag to be published'),
        'It was approved.',
        'Its publication began.',
        expect.stringContaining('header-tag is published'),
      ]);
      // One record of each step, however often it was begun
      const { items } = await new DatabaseAuditRecordStore(db).list({
        action: ['publishing.step'],
        limit: 100,
      });
      expect(items.map(({ details }) => details?.step).reverse()).toEqual(
        steps.map(({ stepId }) => stepId),
      );
    } finally {
      await Promise.all([working.kill(), next.kill()]);
      await portal.stop();
      await emulator.close();
      await db.destroy();
    }
  });
});
