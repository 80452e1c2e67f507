import {
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import type { PublishRequestState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import knexFactory, { type Knex } from 'knex';
import { resolve } from 'node:path';
import {
  pluginFiles,
  publishingSeed,
  signedIn,
  startPublishing,
  submitRequest,
} from '../testing/publishingPortal';
import { testPlugin } from '../testing/testPlugin';
import { waitFor } from '../testing/waitFor';

jest.setTimeout(60_000);

const NAMES = [
  'rate-gate',
  'token-swap',
  'path-mirror',
  'cache-hint',
  'jwt-probe',
];

describe('decisions about requests', () => {
  const directory = createMockDirectory();
  let emulator: GitHubEmulator;
  let db: Knex;
  let portal: ReturnType<typeof startPublishing>;

  const author = signedIn(
    mockCredentials.user('user:default/author'),
    'author-token',
  );
  const admin = signedIn(
    mockCredentials.user('user:default/admin'),
    'admin-token',
  );
  const second = signedIn(mockCredentials.user('user:default/second'));

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: publishingSeed([
        ...NAMES.map(name => ({ name, files: pluginFiles(name) })),
        // A zero in place of an "o", and one letter more
        { name: 'header-t4g', files: pluginFiles('header-t4g') },
        { name: 'header-tags', files: pluginFiles('header-tags') },
        { name: 'other-name', files: pluginFiles('rate-gate') },
      ]),
    });
    db = knexFactory({
      client: 'better-sqlite3',
      connection: ':memory:',
      useNullAsDefault: true,
    });
    await db.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    portal = startPublishing({
      gitHub: emulator,
      db,
      auth: mockServices.auth(),
      logger: mockServices.logger.mock(),
      approvals: 2,
      entities: [testPlugin('header-tag')],
    });
  });

  beforeEach(async () => {
    await portal.allTold();
    portal.told.splice(0);
  });

  afterAll(async () => {
    await portal.stop();
    await emulator.close();
    await db.destroy();
  });

  const until = async (id: string, ...states: PublishRequestState[]) => {
    await waitFor(async () =>
      expect(states).toContain((await portal.requests.get(id, author)).state),
    );
    return portal.requests.get(id, author);
  };

  const ready = async (name: string) => {
    const { id } = await portal.requests.create(
      `${emulator.url}/author/${name}`,
      author,
    );
    await until(id, 'ready');
    return id;
  };

  const approve = (id: string, commit: string, by: typeof admin) =>
    portal.requests.decide(id, { kind: 'approve', commit }, by);

  const told = async (to: string) => {
    await portal.allTold();
    return portal.told.filter(each => each.to === to).map(({ text }) => text);
  };

  it('takes two approvals where two are needed, of two people', async () => {
    const id = await ready('rate-gate');
    const { commit } = await submitRequest(portal.requests, id, author);
    const once = await approve(id, commit, admin);
    expect(once).toMatchObject({
      state: 'in-review',
      approvals: 1,
      neededApprovals: 2,
    });
    expect(once.allowedActions).not.toContain('approve');
    expect((await told('user:default/author')).at(-1)).toBe(
      'An administrator approved it; it takes the approval of another one, too.',
    );
    await expect(approve(id, commit, admin)).rejects.toThrow(
      'You approved this already',
    );
    expect((await approve(id, commit, second)).state).not.toBe('in-review');
    expect(await told('user:default/author')).toContain('It was approved.');
  });

  it('lets nobody approve their own, under whatever name they are signed in', async () => {
    const id = await ready('token-swap');
    const { commit } = await submitRequest(portal.requests, id, author);
    await expect(approve(id, commit, author)).rejects.toThrow(
      'Nobody decides about a request of their own',
    );
    // The same person on GitHub, with another entity
    const alias = signedIn(mockCredentials.user('user:elsewhere/author'));
    await expect(approve(id, commit, alias)).rejects.toThrow(
      'Nobody decides about a request of their own',
    );
  });

  it('does not count what was decided about an older commit', async () => {
    const id = await ready('path-mirror');
    const first = await submitRequest(portal.requests, id, author);
    await approve(id, first.commit, admin);
    await portal.requests.decide(
      id,
      { kind: 'request-changes', commit: first.commit, text: 'Add a test' },
      second,
    );
    expect((await told('user:default/author')).at(-1)).toBe(
      'The administrators ask for changes: Add a test',
    );
    const returned = await portal.requests.get(id, author);
    expect(returned.allowedActions).toEqual(['check', 'withdraw', 'comment']);
    await emulator.changes.push('author/path-mirror', {
      by: 'author',
      files: { 'filter_test.go': 'package filter\n' },
    });
    await portal.requests.check(id, author);
    await until(id, 'ready');
    const again = await submitRequest(portal.requests, id, author);
    expect(again.commit).not.toBe(first.commit);
    expect(again.approvals).toBe(0);
    expect(again.decisions.map(({ kind, counts }) => [kind, counts])).toEqual([
      ['approve', false],
      ['request-changes', false],
    ]);
    await expect(approve(id, first.commit, admin)).rejects.toThrow(
      'Look at it again',
    );
    await approve(id, again.commit, admin);
    expect((await portal.requests.get(id, admin)).approvals).toBe(1);
  });

  it('does not submit what somebody pushed to after the checks', async () => {
    const id = await ready('cache-hint');
    await emulator.changes.push('author/cache-hint', {
      by: 'author',
      files: { 'notes.md': 'More' },
    });
    await expect(submitRequest(portal.requests, id, author)).rejects.toThrow(
      'Check it again',
    );
    await portal.requests.withdraw(id, 'Later', author);
    expect((await told('user:default/author')).at(-1)).toBe(
      'It was withdrawn.',
    );
    await expect(portal.requests.check(id, author)).rejects.toThrow(
      'it is "withdrawn"',
    );
    // The repository is free for another request
    await expect(ready('cache-hint')).resolves.toBeDefined();
  });

  it('tells reviewers of comments of the author, and the author of theirs', async () => {
    const id = await ready('jwt-probe');
    await portal.requests.comment(id, 'Soon', author);
    expect(await told('group:default/admins')).toEqual([]);
    const { commit } = await submitRequest(portal.requests, id, author);
    await portal.requests.comment(id, 'It is for partners', author);
    await portal.requests.comment(id, 'Which ones?', admin);
    expect(await told('group:default/admins')).toEqual([
      'author submitted jwt-probe to be published: it waits for a review.',
      'There is a new comment of its author: It is for partners',
    ]);
    expect((await told('user:default/author')).at(-1)).toBe(
      'There is a new comment: Which ones?',
    );
    await portal.requests.decide(
      id,
      { kind: 'reject', commit, text: 'Not ours' },
      admin,
    );
    expect((await told('user:default/author')).at(-1)).toBe(
      'It was rejected: Not ours',
    );
    for (const act of [
      portal.requests.withdraw(id, undefined, author),
      portal.requests.retry(id, admin),
      portal.requests.abort(id, 'No', admin),
    ]) {
      await expect(act).rejects.toThrow('it is "rejected"');
    }
  });

  it.each([
    ['header-t4g', 'header-tag'],
    ['header-tags', 'header-tag'],
    ['other-name', 'rate-gate'],
  ])('refuses %s, which is taken for %s', async (name, other) => {
    const { id } = await portal.requests.create(
      `${emulator.url}/author/${name}`,
      author,
    );
    const { checkResults } = await until(id, 'needs-work');
    const check = checkResults.find(({ checkId }) => checkId === 'name');
    expect(check?.outcome).toBe('failed');
    expect(JSON.stringify(check)).toContain(other);
  });
});
