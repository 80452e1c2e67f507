import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import {
  type TestDatabaseId,
  TestDatabases,
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import type { Knex } from 'knex';
import { DatabaseDeliveryStore, DeliveryWorker } from '../../events';
import {
  pluginFiles,
  publishingSeed,
  signedIn,
  startPublishing,
  submitRequest,
} from '../../testing/publishingPortal';
import { testDelivery } from '../../testing/testDelivery';
import { waitFor } from '../../testing/waitFor';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

const PLACE = { owner: 'envoy-plugins', repo: 'plugin-requests' };

const NAMES = [
  'header-tag',
  'geo-fence',
  'quota-keeper',
  'path-rewriter',
  'body-cap',
  'cors-lite',
];

const author = signedIn(
  mockCredentials.user('user:default/author'),
  'author-token',
);
const admin = signedIn(mockCredentials.user('user:default/admin'));

describe.each(databases.eachSupportedId())(
  'discussions on %p',
  (databaseId: TestDatabaseId) => {
    const directory = createMockDirectory();
    let emulator: GitHubEmulator;
    let db: Knex;
    let portal: ReturnType<typeof startPublishing>;
    let intake: Server;
    let worker: DeliveryWorker;
    /** Whether GitHub's deliveries get through. */
    let hears = true;

    beforeAll(async () => {
      emulator = await startGitHubEmulator({
        stateDir: directory.resolve('state'),
        seed: publishingSeed(
          NAMES.map(name => ({ name, files: pluginFiles(name) })),
        ),
      });
      db = await databases.init(databaseId);
      await db.migrate.latest({
        directory: resolve(__dirname, '../../../migrations'),
      });
      const logger = mockServices.logger.mock();
      portal = startPublishing({
        gitHub: emulator,
        db,
        auth: mockServices.auth(),
        logger,
      });
      const store = new DatabaseDeliveryStore(db);
      worker = new DeliveryWorker({
        id: 'worker',
        store,
        handlers: portal.handlers,
        logger,
        now: () => new Date(),
      });
      await worker.start();
      intake = createServer(async (request, response) => {
        const body = await readText(request);
        if (hears) {
          await store.add([
            testDelivery({
              event: String(request.headers['x-github-event']),
              deliveryId: String(request.headers['x-github-delivery']),
              body,
              receivedAt: new Date().toISOString(),
            }),
          ]);
          worker.wake();
        }
        response.statusCode = 202;
        response.end();
      }).listen(0, '127.0.0.1');
      await once(intake, 'listening');
      const { port } = intake.address() as AddressInfo;
      emulator.hooks.create({
        target: {
          type: 'organization',
          id: emulator.state.accounts.find('envoy-plugins')?.id ?? 0,
        },
        contentType: 'json',
        url: `http://127.0.0.1:${port}`,
        events: ['*'],
      });
    });

    afterAll(async () => {
      intake.close();
      await worker.stop();
      await portal.stop();
      await emulator.close();
    });

    beforeEach(() => {
      hears = true;
    });

    const as = (login: 'author' | 'friend' | 'admin') =>
      portal.door.asUser({ host: emulator.host, token: `${login}-token` }).rest
        .issues;

    async function submitted(name: string) {
      const { id } = await portal.requests.create(
        `${emulator.url}/author/${name}`,
        author,
      );
      await waitFor(async () =>
        expect((await portal.requests.get(id, author)).state).toBe('ready'),
      );
      const request = await submitRequest(portal.requests, id, author);
      await waitFor(async () =>
        expect(
          (
            await portal.requests.get(id, author)
          ).discussionUrl,
        ).toBeDefined(),
      );
      const { discussionUrl = '' } = await portal.requests.get(id, author);
      const issue_number = Number(discussionUrl.split('/').at(-1));
      return { id, commit: request.commit, issue: { ...PLACE, issue_number } };
    }

    const timelineOf = async (id: string) =>
      (await portal.requests.get(id, author)).timeline;

    const commentsOf = async (issue: { issue_number: number }) =>
      (await as('friend').listComments({ ...PLACE, ...issue })).data;

    it('opens an issue, says there what is said here, and closes it with the outcome', async () => {
      const { id, commit, issue } = await submitted('header-tag');
      const { data: opened } = await as('friend').get(issue);
      expect(opened).toMatchObject({
        title: 'Publish header-tag of author/header-tag',
        user: { login: 'portal-bot' },
      });
      expect(opened.body).toContain(
        `http://portal.example/envoy-go-plugins/publish/${id}`,
      );
      await waitFor(async () =>
        expect((await as('friend').get(issue)).data.labels).toMatchObject([
          { name: 'request: in review' },
        ]),
      );
      await portal.requests.comment(id, 'What of **IPv6**?', admin);
      await portal.requests.decide(
        id,
        { kind: 'reject', commit, text: 'We have one' },
        admin,
      );
      await waitFor(async () => {
        const { data } = await as('friend').get(issue);
        expect(data).toMatchObject({
          state: 'closed',
          state_reason: 'not_planned',
          labels: [{ name: 'request: rejected' }],
        });
      });
      const comments = await commentsOf(issue);
      expect(comments.map(({ body }) => body?.split('\n').slice(1))).toEqual([
        [
          `[admin](${emulator.url}/admin) wrote in the portal:`,
          '',
          'What of **IPv6**?',
          '',
        ],
        [
          `[admin](${emulator.url}/admin) rejected it in the portal:`,
          '',
          'We have one',
          '',
        ],
      ]);
      await waitFor(async () => {
        const entries = await timelineOf(id);
        expect(
          entries.flatMap(({ url, text }) => (url ? [[text, url]] : [])),
        ).toEqual([
          ['What of **IPv6**?', comments[0].html_url],
          ['We have one', comments[1].html_url],
        ]);
      });
    });

    it('takes over what people write there, edit and delete, once', async () => {
      const { id, issue } = await submitted('geo-fence');
      const { data: first } = await as('friend').createComment({
        ...issue,
        body: 'I would use this. <script>alert(1)</script>',
      });
      const { data: own } = await as('author').createComment({
        ...issue,
        body: 'Thank you',
      });
      // Who imitates the portal is somebody all the same
      const { data: imitated } = await as('friend').createComment({
        ...issue,
        body: `<!-- envoy-go-plugins:${id}:entry:1 --> Approved`,
      });
      const shown = async () =>
        (await timelineOf(id))
          .filter(({ kind }) => kind === 'comment')
          .map(({ actor, text, url }) => ({ actor, text, url }));
      await waitFor(async () =>
        expect(await shown()).toEqual([
          {
            actor: 'github:friend',
            text: 'I would use this. <script>alert(1)</script>',
            url: first.html_url,
          },
          {
            actor: 'user:default/author',
            text: 'Thank you',
            url: own.html_url,
          },
          {
            actor: 'github:friend',
            text: expect.stringContaining('Approved'),
            url: imitated.html_url,
          },
        ]),
      );
      await as('friend').updateComment({
        ...PLACE,
        comment_id: first.id,
        body: 'I would use it',
      });
      await as('friend').deleteComment({
        ...PLACE,
        comment_id: imitated.id,
      });
      await waitFor(async () =>
        expect((await shown()).map(({ text }) => text)).toEqual([
          'I would use it',
          'Thank you',
          '*This comment was deleted on GitHub.*',
        ]),
      );
      // Told again, and nothing that came from there goes back
      const deliveries = await db('webhook_deliveries').where({
        event: 'issue_comment',
      });
      for (const { body } of deliveries) {
        await portal.handlers.handle({
          delivery: {
            ...testDelivery({ event: 'issue_comment', body }),
            id: 1,
            state: 'processing',
            attempts: 1,
          },
          signal: new AbortController().signal,
        });
      }
      expect(await shown()).toHaveLength(3);
      expect(await commentsOf(issue)).toHaveLength(2);
      await portal.allTold();
      expect(portal.told.map(({ text }) => text)).toContain(
        'There is a new comment on GitHub.',
      );
    });

    it('says that closing the issue decides nothing, and opens it again', async () => {
      const { id, issue } = await submitted('quota-keeper');
      await as('admin').update({ ...issue, state: 'closed' });
      await waitFor(async () => {
        const comments = await commentsOf(issue);
        expect(comments.map(({ body }) => body)).toEqual([
          expect.stringContaining('Closing this issue decides nothing'),
        ]);
      });
      await waitFor(async () =>
        expect((await as('friend').get(issue)).data.state).toBe('open'),
      );
      expect(await portal.requests.get(id, author)).toMatchObject({
        state: 'in-review',
      });
      await portal.requests.withdraw(id, 'Not yet', author);
      await waitFor(async () =>
        expect((await as('friend').get(issue)).data.state).toBe('closed'),
      );
      expect((await commentsOf(issue)).at(-1)?.body).toContain(
        'Withdrew it: Not yet',
      );
    });

    it('finds what it was not told of', async () => {
      const { id, issue } = await submitted('path-rewriter');
      hears = false;
      const { data: kept } = await as('friend').createComment({
        ...issue,
        body: 'Nobody hears me',
      });
      const texts = async () =>
        (await timelineOf(id))
          .filter(({ kind }) => kind === 'comment')
          .map(({ text }) => text);
      await portal.discussions?.reconciler.reconcile();
      expect(await texts()).toEqual(['Nobody hears me']);
      await portal.discussions?.reconciler.reconcile();
      expect(await texts()).toEqual(['Nobody hears me']);

      await as('friend').deleteComment({ ...PLACE, comment_id: kept.id });
      await as('admin').update({ ...issue, state: 'closed' });
      await portal.discussions?.reconciler.reconcile();
      expect(await texts()).toEqual(['*This comment was deleted on GitHub.*']);
      await waitFor(async () =>
        expect((await as('friend').get(issue)).data.state).toBe('open'),
      );
    });

    it('goes on in the portal alone where the issue is gone', async () => {
      const { id, issue } = await submitted('body-cap');
      // The number of an issue that is gone is never given again
      await as('friend').create({ ...PLACE, title: 'How does this work?' });
      const repository = emulator.state.repositories.find(
        PLACE.owner,
        PLACE.repo,
      );
      const found =
        repository &&
        emulator.state.discussions.find(repository, issue.issue_number);
      emulator.state.store.collections.issues.delete(found?.id ?? 0);
      await portal.requests.comment(id, 'Anybody?', admin);
      await waitFor(async () =>
        expect(
          (
            await portal.requests.get(id, author)
          ).discussionUrl,
        ).toBeUndefined(),
      );
      const { timeline } = await portal.requests.comment(id, 'Still', admin);
      expect(timeline.at(-1)).toMatchObject({ text: 'Still' });
    });

    it('lets a request go on where nothing can be discussed, and catches up', async () => {
      const github = portal.door.asPortal({
        host: emulator.host,
        lane: 'page',
      });
      await github.rest.repos.update({ ...PLACE, has_issues: false });
      const { id } = await portal.requests.create(
        `${emulator.url}/author/cors-lite`,
        author,
      );
      await waitFor(async () =>
        expect((await portal.requests.get(id, author)).state).toBe('ready'),
      );
      await submitRequest(portal.requests, id, author);
      await waitFor(async () => {
        const row = await db('publish_discussions')
          .where({ request: id })
          .first();
        expect(row.error).toContain('its issues are turned off');
      });
      await github.rest.repos.update({ ...PLACE, has_issues: true });
      await db('publish_discussions')
        .where({ request: id })
        .update({ next_attempt_at: new Date().toISOString() });
      await waitFor(async () =>
        expect(
          (
            await portal.requests.get(id, author)
          ).discussionUrl,
        ).toBeDefined(),
      );
    });
  },
);
