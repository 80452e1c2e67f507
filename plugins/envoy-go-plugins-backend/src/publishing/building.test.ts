import {
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import type { PublishRequest } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import knexFactory, { type Knex } from 'knex';
import { resolve } from 'node:path';
import { InMemoryBuilds } from '../testing/InMemoryBuilds';
import {
  pluginFiles,
  publishingSeed,
  signedIn,
  startPublishing,
  submitRequest,
} from '../testing/publishingPortal';
import { waitFor } from '../testing/waitFor';

jest.setTimeout(60_000);

const NAMES = [
  'alpha-ray',
  'bravo-two',
  'cinder-box',
  'delta-wing',
  'echo-bay',
];

describe('publishing, while it is built', () => {
  const directory = createMockDirectory();
  let emulator: GitHubEmulator;
  let db: Knex;
  let builds: InMemoryBuilds;
  let portal: ReturnType<typeof startPublishing>;

  const author = signedIn(
    mockCredentials.user('user:default/author'),
    'author-token',
  );
  const admin = signedIn(mockCredentials.user('user:default/admin'));

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: publishingSeed(
        NAMES.map(name => ({ name, files: pluginFiles(name) })),
      ),
    });
  });

  afterAll(() => emulator.close());

  const start = () =>
    startPublishing({
      gitHub: emulator,
      db,
      auth: mockServices.auth(),
      logger: mockServices.logger.mock(),
      checks: [],
      builds,
      leaseMs: 300,
    });

  beforeEach(async () => {
    db = knexFactory({
      client: 'better-sqlite3',
      connection: ':memory:',
      useNullAsDefault: true,
    });
    await db.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    builds = new InMemoryBuilds();
    portal = start();
  });

  afterEach(async () => {
    await portal.stop();
    await db.destroy();
  });

  const ask = (name: string) =>
    portal.requests.create(`${emulator.url}/author/${name}`, author);
  const see = (id: string) => portal.requests.get(id, author);
  const outcomeOf = ({ checkResults }: PublishRequest, checkId: string) =>
    checkResults.find(each => each.checkId === checkId);
  const until = (id: string, state: PublishRequest['state']) =>
    waitFor(async () => expect(await see(id)).toMatchObject({ state }));
  const buildOf = async (id: string) => {
    const find = () =>
      builds
        .all()
        .filter(({ requestId }) => requestId === id)
        .at(-1);
    await waitFor(() => expect(find()).toBeDefined());
    return find()?.id ?? '';
  };
  const push = (name: string, text: string) =>
    emulator.changes.push(`author/${name}`, {
      by: 'author',
      files: { 'notes.md': text },
    });

  it('shows what it knows already, where the build is, and links to it', async () => {
    const { id } = await ask('alpha-ray');
    const build = await buildOf(id);
    builds.reach(build, 'modules');
    await waitFor(async () => {
      const seen = await see(id);
      expect(seen.state).toBe('checking');
      expect(outcomeOf(seen, 'risks')?.outcome).toBe('passed');
      expect(outcomeOf(seen, 'proof')).toMatchObject({
        outcome: undefined,
        summary: 'Builds: modules, step 3 of 11.',
        buildId: build,
      });
    });
    builds.end(build);
    await until(id, 'ready');
    const ready = await see(id);
    expect(ready.checks).toEqual({ passed: 11, failed: 0, couldNotRun: 0 });
    expect(outcomeOf(ready, 'proof')).toMatchObject({
      outcome: 'passed',
      buildId: build,
    });
    expect(outcomeOf(ready, 'licence')?.buildId).toBeUndefined();
    expect(builds.all()).toHaveLength(1);
  });

  it('holds up no other request, however many wait for their builds', async () => {
    const ids = [];
    for (const name of NAMES) {
      ids.push((await ask(name)).id);
    }
    for (const id of ids) {
      await buildOf(id);
    }
    const last = ids[ids.length - 1];
    builds.end(await buildOf(last));
    await until(last, 'ready');
    expect((await see(ids[0])).state).toBe('checking');
  });

  it('stops the build when the request is withdrawn', async () => {
    const { id } = await ask('alpha-ray');
    const build = await buildOf(id);
    await portal.requests.withdraw(id, undefined, author);
    await expect(builds.get(build)).resolves.toMatchObject({
      state: 'cancelled',
      reason: expect.stringContaining('The request that it was for is over'),
    });
  });

  it('stops the build of another commit when it is checked again', async () => {
    const { id } = await ask('bravo-two');
    const first = await buildOf(id);
    builds.end(first, { at: 'test', reason: 'FAIL' });
    await until(id, 'needs-work');
    builds.change(first, { state: 'queued' });
    await push('bravo-two', 'one');
    await portal.requests.check(id, author);
    await waitFor(() => expect(builds.all()).toHaveLength(2));
    await expect(builds.get(first)).resolves.toMatchObject({
      state: 'cancelled',
    });
    builds.end(await buildOf(id));
    await until(id, 'ready');
  });

  it('builds the same commit once more when asked to', async () => {
    const { id } = await ask('cinder-box');
    const build = await buildOf(id);
    builds.end(build, {
      at: 'modules',
      as: 'could-not-run',
      reason: 'Offline',
    });
    await until(id, 'ready');
    expect(outcomeOf(await see(id), 'builds')).toMatchObject({
      outcome: 'could-not-run',
      summary: '"modules" could not run: Offline. Check again.',
    });
    await portal.requests.check(id, author);
    await waitFor(() => expect(builds.retries).toEqual([build]));
    builds.end(build);
    await until(id, 'ready');
    expect((await see(id)).checks.couldNotRun).toBe(0);
    expect(builds.all()).toHaveLength(1);
  });

  it('goes on with the same build when another worker takes over', async () => {
    const { id } = await ask('delta-wing');
    const build = await buildOf(id);
    await portal.stop();
    portal = start();
    await waitFor(() => expect(builds.orders.length).toBeGreaterThan(4));
    builds.end(build);
    await until(id, 'ready');
    expect(builds.all()).toHaveLength(1);
    expect(builds.retries).toEqual([]);
  });

  it('wants a reason from whoever approves what nobody could build', async () => {
    builds.runners = 0;
    const { id } = await ask('echo-bay');
    await until(id, 'ready');
    const { commit, checkResults } = await submitRequest(
      portal.requests,
      id,
      author,
    );
    const open = checkResults.filter(
      ({ outcome }) => outcome === 'could-not-run',
    );
    expect(open.map(({ checkId }) => checkId)).toEqual([
      'builds',
      'unit-tests',
      'proof',
      'vulnerabilities',
    ]);
    const approve = (reasons: string[]) =>
      portal.requests.decide(
        id,
        {
          kind: 'approve',
          commit,
          exceptions: open
            .slice(0, reasons.length)
            .map(({ checkId }, index) => ({ checkId, reason: reasons[index] })),
        },
        admin,
      );
    await expect(approve([])).rejects.toThrow(
      'These checks could not run, which is not passed: Build, Unit tests',
    );
    await expect(approve(['Yes', 'Yes', 'Yes', ' '])).rejects.toThrow(
      'could not run, which is not passed: Vulnerabilities',
    );
    const approved = await approve(['One', 'Two', 'Three', 'I built it']);
    expect(outcomeOf(approved, 'vulnerabilities')).toMatchObject({
      outcome: 'could-not-run',
      exception: { by: 'user:default/admin', reason: 'I built it' },
    });
  });
});
