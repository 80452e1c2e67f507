import { resolve } from 'node:path';
import {
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import { startGitHubEmulator } from '@envoy-go/github-emulator';
import knexFactory from 'knex';
import { ChildScript } from '../../testing/ChildScript';
import {
  pluginFiles,
  publishingSeed,
  signedIn,
  startPublishing,
  submitRequest,
} from '../../testing/publishingPortal';
import { waitFor } from '../../testing/waitFor';

// Starts a process for each point at which one dies
jest.setTimeout(180_000);

const OPENS = ['POST /orgs/envoy-plugins/repos$', 'POST /issues$'];
const TELLS = 'POST /issues/\\d+/comments$';
const READS = 'GET /issues/comments\\?';
const CLOSES = 'PATCH /issues/\\d+$';

describe('a discussion, killed', () => {
  const directory = createMockDirectory();

  it('tells and takes over everything once, wherever its process dies', async () => {
    const emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: publishingSeed([
        { name: 'header-tag', files: pluginFiles('header-tag') },
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
    const script = new ChildScript(
      require.resolve('../../__testUtils__/discussionReplica.ts'),
      {
        DISCUSSION_REPLICA: JSON.stringify({
          gitHub: {
            host: emulator.host,
            url: emulator.url,
            apiBaseUrl: emulator.apiBaseUrl,
          },
          database,
          diesAfter: [...OPENS, TELLS, READS, CLOSES],
        }),
      },
    );
    const diesAt = (...points: string[]) =>
      waitFor(
        async () => {
          const died = await db('deaths').whereIn('point', points);
          expect(died).toHaveLength(points.length);
        },
        60_000,
        50,
      );
    const restart = async () => {
      await script.kill();
      await script.start();
    };
    try {
      await db.migrate.latest({
        directory: resolve(__dirname, '../../../migrations'),
      });
      await db.schema.createTable('deaths', table => {
        table.text('point').primary();
      });
      // Lives on at these until it is told otherwise
      await db('deaths').insert([{ point: READS }, { point: CLOSES }]);
      const author = signedIn(
        mockCredentials.user('user:default/author'),
        'author-token',
      );
      const admin = signedIn(mockCredentials.user('user:default/admin'));
      const { id } = await portal.requests.create(
        `${emulator.url}/author/header-tag`,
        author,
      );
      await script.start();
      const get = () => portal.requests.get(id, author);
      await waitFor(
        async () => expect((await get()).state).toBe('ready'),
        30_000,
      );
      const { commit } = await submitRequest(portal.requests, id, author);
      await portal.requests.comment(id, 'What of IPv6?', admin);
      for (const point of [...OPENS, TELLS]) {
        await diesAt(point);
        await restart();
      }
      const urls = async () =>
        (await get()).timeline.flatMap(({ url }) => (url ? [url] : []));
      await waitFor(
        async () => expect(await urls()).toHaveLength(1),
        60_000,
        50,
      );

      const place = { owner: 'envoy-plugins', repo: 'plugin-requests' };
      const github = portal.door.asPortal({ host: emulator.host, lane: 'page' })
        .rest.issues;
      const { data: issues } = await github.listForRepo({
        ...place,
        state: 'all',
      });
      expect(issues).toHaveLength(1);
      const issue = { ...place, issue_number: issues[0].number };
      await portal.door
        .asUser({ host: emulator.host, token: 'friend-token' })
        .rest.issues.createComment({ ...issue, body: 'Seen from afar' });
      await db('deaths').where({ point: READS }).delete();
      await diesAt(READS);
      await restart();
      await waitFor(
        async () => expect(await urls()).toHaveLength(2),
        60_000,
        50,
      );

      await db('deaths').where({ point: CLOSES }).delete();
      await portal.requests.decide(
        id,
        { kind: 'reject', commit, text: 'We have one' },
        admin,
      );
      await diesAt(CLOSES);
      await restart();
      await waitFor(
        async () => {
          const [discussion] = await db('publish_discussions');
          expect([discussion.shown_state, discussion.next_attempt_at]).toEqual([
            'rejected',
            null,
          ]);
        },
        60_000,
        50,
      );
      await script.kill();

      const { data: closed } = await github.get(issue);
      expect(closed).toMatchObject({
        state: 'closed',
        labels: [{ name: 'request: rejected' }],
      });
      const { data: comments } = await github.listComments(issue);
      expect(
        comments.map(({ body }) => body?.trimEnd().split('\n').at(-1)),
      ).toEqual(['What of IPv6?', 'Seen from afar', 'We have one']);
      const { timeline } = await get();
      expect(
        timeline.flatMap(({ actor, text, url }) =>
          url ? [[actor, text]] : [],
        ),
      ).toEqual([
        ['user:default/admin', 'What of IPv6?'],
        ['github:friend', 'Seen from afar'],
        ['user:default/admin', 'We have one'],
      ]);
    } finally {
      await script.kill();
      await portal.stop();
      await emulator.close();
      await db.destroy();
    }
  });
});
