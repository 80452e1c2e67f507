import {
  type TestDatabaseId,
  TestDatabases,
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import type { PublishRequestState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import type { Knex } from 'knex';
import { resolve } from 'node:path';
import { DatabaseAuditRecordStore } from '../audit';
import {
  pluginFiles,
  publishingSeed,
  signedIn,
  startPublishing,
  submitRequest,
} from '../testing/publishingPortal';
import { waitFor } from '../testing/waitFor';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

const NAMES = ['header-tag', 'geo-fence', 'quota-keeper', 'path-rewriter'];

describe.each(databases.eachSupportedId())(
  'publishing on %p',
  (databaseId: TestDatabaseId) => {
    const directory = createMockDirectory();
    let emulator: GitHubEmulator;
    let db: Knex;
    let portal: ReturnType<typeof startPublishing>;

    beforeAll(async () => {
      emulator = await startGitHubEmulator({
        stateDir: directory.resolve('state'),
        seed: publishingSeed([
          ...NAMES.map(name => ({ name, files: pluginFiles(name) })),
          {
            name: 'team-tag',
            owner: 'makers',
            files: pluginFiles('team-tag'),
          },
          {
            name: 'broken',
            files: {
              'catalog-info.yaml': 'kind: [',
              '.env': 'PASSWORD=hunter2',
              'main.go':
                'package main\n\nimport (\n\t"os/exec"\n)\n\nfunc init() {\n\tgo run()\n}\n',
              'key.txt': `AKIA${'A'.repeat(16)}\n`,
            },
          },
        ]),
      });
      db = await databases.init(databaseId);
      await db.migrate.latest({
        directory: resolve(__dirname, '../../migrations'),
      });
      portal = startPublishing({
        gitHub: emulator,
        db,
        auth: mockServices.auth(),
        logger: mockServices.logger.mock(),
      });
    });

    afterAll(async () => {
      await portal.stop();
      await emulator.close();
    });

    const author = signedIn(
      mockCredentials.user('user:default/author'),
      'author-token',
    );
    const admin = signedIn(
      mockCredentials.user('user:default/admin'),
      undefined,
    );

    const create = (name: string) =>
      portal.requests.create(`${emulator.url}/author/${name}`, author);

    async function until(id: string, ...states: PublishRequestState[]) {
      await waitFor(async () => {
        const { state, steps, checkResults } = await portal.requests.get(
          id,
          admin,
        );
        expect({
          state,
          steps: steps.filter(s => s.error),
          checks: checkResults.filter(c => c.outcome !== 'passed'),
        }).toMatchObject({
          state: expect.stringMatching(new RegExp(`^(${states.join('|')})$`)),
        });
      }, 20_000);
      return portal.requests.get(id, admin);
    }

    async function inReview(name: string) {
      const { id } = await create(name);
      await until(id, 'ready');
      return submitRequest(portal.requests, id, author);
    }

    async function untilAuthorsTurn(id: string) {
      await waitFor(async () => {
        const { allowedActions } = await portal.requests.get(id, author);
        expect(allowedActions).toContain('hand-over');
      });
      return portal.requests.get(id, author);
    }

    it('publishes what was asked for, checked and approved', async () => {
      const { items } = await portal.requests.listCandidates(author);
      expect(items.map(({ repository }) => repository)).toContain(
        'author/header-tag',
      );
      emulator.hooks.create({
        target: {
          type: 'repository',
          id: emulator.state.repositories.find('author', 'header-tag')?.id ?? 0,
        },
        contentType: 'json',
        url: 'http://127.0.0.1:9/elsewhere',
        events: ['push'],
      });
      const created = await create('header-tag');
      expect(created).toMatchObject({
        state: 'checking',
        bot: {
          bot: 'portal-bot',
          kind: 'user',
          state: 'not-needed',
          steps: [expect.stringContaining('it is your turn')],
        },
      });
      const ready = await until(created.id, 'ready');
      expect(ready.consent).toBeUndefined();
      await expect(
        portal.requests.submit(created.id, { agreedTo: 'Anything' }, author),
      ).rejects.toThrow('You agreed to something else');
      const submitted = await submitRequest(
        portal.requests,
        created.id,
        author,
        'Please',
      );
      expect(submitted).toMatchObject({
        state: 'in-review',
        checks: { passed: 11, failed: 0, couldNotRun: 0 },
        allowedActions: ['withdraw', 'comment'],
      });
      await expect(portal.requests.listAll({})).resolves.toMatchObject({
        items: [{ id: created.id, state: 'in-review' }],
        states: [{ state: 'in-review', count: 1 }],
      });
      await expect(
        portal.requests.handOver(created.id, author),
      ).rejects.toThrow('does not wait for you');
      await portal.requests.decide(
        created.id,
        { kind: 'approve', commit: submitted.commit },
        admin,
      );
      const waiting = await untilAuthorsTurn(created.id);
      expect(waiting).toMatchObject({
        state: 'publishing',
        handOver: {
          login: 'author',
          url: `${emulator.url}/author/header-tag/settings`,
        },
      });
      await expect(portal.requests.handOver(created.id, admin)).rejects.toThrow(
        'Only its author',
      );
      await portal.requests.handOver(created.id, author);
      const published = await until(
        created.id,
        'published',
        'publishing-failed',
      );
      expect(published.steps.filter(({ error }) => error)).toEqual([]);
      expect(published).toMatchObject({
        state: 'published',
        plugin: { namespace: 'default', name: 'header-tag' },
        allowedActions: ['comment'],
      });
      expect(published.steps.every(({ state }) => state === 'done')).toBe(true);
      const github = portal.door.asPortal({
        host: emulator.host,
        lane: 'page',
      });
      const name = { owner: 'envoy-plugins', repo: 'header-tag' };
      const { data: collaborators } = await github.rest.repos.listCollaborators(
        {
          ...name,
          affiliation: 'direct',
        },
      );
      expect(collaborators).toMatchObject([
        { login: 'author', role_name: 'maintain' },
      ]);
      const { data: hooks } = await github.rest.repos.listWebhooks(name);
      expect(hooks).toEqual([]);
      const { data: pulls } = await github.rest.pulls.list(name);
      expect(pulls).toMatchObject([{ title: 'Vet and test each change' }]);
      const { data: topics } = await github.rest.repos.getAllTopics(name);
      expect(topics.names).toEqual(['envoy', 'envoy-go-plugin']);
      await portal.allTold();
      expect(portal.told.map(({ text }) => text)).toEqual([
        '11 checks passed, 0 failed, 0 could not run.',
        'It was submitted: the administrators look at it now.',
        'author submitted header-tag to be published: it waits for a review.',
        'It was approved.',
        'Its publication began.',
        'It was approved, and it is your turn: hand author/header-tag over to envoy-plugins.',
        'header-tag is published: it is at envoy-plugins/header-tag now, and in the marketplace.',
      ]);
      const { items: record } = await new DatabaseAuditRecordStore(db).list({
        text: created.id,
        limit: 100,
      });
      expect(record.map(({ action }) => action).reverse()).toEqual([
        'publishing.request',
        'publishing.find-good',
        'publishing.submit',
        'publishing.approve',
        'publishing.begin',
        'publishing.step',
        'publishing.hand-over',
        ...published.steps.slice(1).map(() => 'publishing.step'),
        'publishing.finish',
      ]);
      expect(
        record.find(({ action }) => action === 'publishing.submit')?.details,
      ).toMatchObject({
        agreedTo:
          'Once it is approved, I move author/header-tag to envoy-plugins/header-tag. From then on the administrators of envoy-plugins alone merge and release there, and I stay its maintainer.',
      });
    });

    it('has the bot transfer what an organisation owns', async () => {
      const created = await portal.requests.create(
        `${emulator.url}/makers/team-tag`,
        author,
      );
      expect(created.bot).toMatchObject({ state: 'missing' });
      await until(created.id, 'ready');
      await expect(
        submitRequest(portal.requests, created.id, author),
      ).rejects.toThrow(
        'portal-bot cannot do yet what publishing makers/team-tag needs of it',
      );
      await expect(
        portal.requests.addBot(created.id, author),
      ).resolves.toMatchObject({ bot: { state: 'admin', steps: [] } });
      const { commit } = await submitRequest(
        portal.requests,
        created.id,
        author,
      );
      await portal.requests.decide(
        created.id,
        { kind: 'approve', commit },
        admin,
      );
      const { timeline } = await until(
        created.id,
        'published',
        'publishing-failed',
      );
      expect(timeline.map(({ text }) => text)).toContain(
        'Published team-tag at envoy-plugins/team-tag',
      );
    });

    it('notices what its author transfers by hand, under whatever name', async () => {
      const { id, commit } = await inReview('path-rewriter');
      await portal.requests.decide(id, { kind: 'approve', commit }, admin);
      await untilAuthorsTurn(id);
      await portal.door
        .asUser({ host: emulator.host, token: 'author-token' })
        .rest.repos.transfer({
          owner: 'author',
          repo: 'path-rewriter',
          new_owner: 'envoy-plugins',
          new_name: 'rewriter',
        });
      await until(id, 'published', 'publishing-failed');
      expect(
        emulator.state.repositories.find('envoy-plugins', 'path-rewriter'),
      ).toBeDefined();
    });

    it('says what is wrong, and how to mend it', async () => {
      const { id } = await create('broken');
      const { checkResults, allowedActions } = await until(id, 'needs-work');
      const outcomes = Object.fromEntries(
        checkResults.map(({ checkId, outcome }) => [checkId, outcome]),
      );
      expect(outcomes).toMatchObject({
        description: 'failed',
        name: 'could-not-run',
        licence: 'failed',
        readme: 'failed',
        'module-path': 'failed',
        contents: 'failed',
        risks: 'passed',
      });
      const messages = checkResults.flatMap(({ findings = [] }) =>
        findings.map(({ message }) => message),
      );
      expect(messages).toEqual(
        expect.arrayContaining([
          '.env is a file in which secrets are kept.',
          'key.txt has what looks like a key of AWS.',
          'main.go imports "os/exec": it can start processes from within the proxy.',
          expect.stringContaining('main.go starts a goroutine in init()'),
        ]),
      );
      expect(JSON.stringify(checkResults)).not.toContain('AKIA');
      expect(allowedActions).toEqual(['comment']);
      await expect(
        portal.requests.submit(id, { agreedTo: 'envoy-plugins' }, author),
      ).rejects.toThrow();
      await expect(create('broken')).rejects.toThrow('There is a request');
      await expect(
        portal.requests.withdraw(id, undefined, author),
      ).resolves.toMatchObject({ state: 'withdrawn' });
    });

    it('is for authors and administrators', async () => {
      const friend = signedIn(
        mockCredentials.user('user:default/friend'),
        'friend-token',
      );
      await expect(
        portal.requests.create(`${emulator.url}/author/geo-fence`, friend),
      ).rejects.toThrow('You do not administer author/geo-fence');
      const { id, commit } = await inReview('geo-fence');
      await expect(portal.requests.get(id, friend)).rejects.toThrow(
        'There is no request',
      );
      await expect(
        portal.requests.decide(id, { kind: 'approve', commit }, author),
      ).rejects.toThrow('Nobody decides about a request of their own');
      await expect(
        portal.requests.decide(id, { kind: 'reject', commit }, admin),
      ).rejects.toThrow('Say why');
      await expect(
        portal.requests.decide(
          id,
          { kind: 'approve', commit: 'a'.repeat(40) },
          admin,
        ),
      ).rejects.toThrow('Look at it again');
      await portal.requests.comment(id, 'What of IPv6?', admin);
      const rejected = await portal.requests.decide(
        id,
        { kind: 'reject', commit, text: 'We have one' },
        admin,
      );
      expect(rejected).toMatchObject({ state: 'rejected' });
      expect(rejected.timeline.map(({ kind, text }) => [kind, text])).toEqual(
        expect.arrayContaining([
          ['comment', 'What of IPv6?'],
          ['decision', 'We have one'],
        ]),
      );
      await expect(
        portal.requests.decide(id, { kind: 'approve', commit }, admin),
      ).rejects.toThrow('The request cannot be approved: it is "rejected"');
    });

    it('publishes nothing that was not reviewed, and tries again when told to', async () => {
      const { id, commit } = await inReview('quota-keeper');
      const pushed = await emulator.changes.push('author/quota-keeper', {
        by: 'author',
        files: { 'filter.go': 'package filter\n' },
      });
      expect(pushed).not.toBe(commit);
      await portal.requests.decide(id, { kind: 'approve', commit }, admin);
      const failed = await until(id, 'publishing-failed');
      expect(failed.steps[0]).toMatchObject({
        state: 'failed',
        error: expect.stringContaining('somebody pushed'),
      });
      expect(failed.allowedActions).toEqual(['comment', 'retry', 'abort']);
      await portal.requests.retry(id, admin);
      await waitFor(async () => {
        const { state, steps } = await portal.requests.get(id, admin);
        expect([state, steps[0].attempts]).toEqual(['publishing-failed', 2]);
      });
      const aborted = await portal.requests.abort(id, 'Ask again', admin);
      expect(aborted.state).toBe('aborted');
      expect(aborted.timeline.at(-1)?.text).toContain('nothing was changed');
      expect(
        emulator.state.repositories.find('author', 'quota-keeper'),
      ).toBeDefined();
    });
  },
);
