import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  TestDatabases,
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import type { Knex } from 'knex';
import { DatabaseAuditRecordStore } from '../audit';
import { releaseOrder, startBuilding } from '../testing/buildPortal';
import { GITHUB_SEED } from '../testing/gitHubSeed';
import { waitFor } from '../testing/waitFor';
import {
  FakeRunnerPool,
  buildIt,
  neverEnd,
  resultOf,
} from './__testUtils__/FakeRunnerPool';
import { RecordingPublisher } from './__testUtils__/RecordingPublisher';
import type { BuildOrder } from './BuildOrder';
import { RunnerLostError } from './runners';

jest.setTimeout(120_000);

const ADMIN = { actor: 'user:default/admin' };

describe('builds', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const directory = createMockDirectory();
  let emulator: GitHubEmulator;
  let repository: { host: string; id: number; commit: string };

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: GITHUB_SEED,
    });
    const answer = await fetch(
      `${emulator.apiBaseUrl}/repos/envoy-plugins/token-auth/commits/v1.0.0`,
      { headers: { authorization: 'Bearer portal-token' } },
    );
    const { sha } = await answer.json();
    repository = {
      host: emulator.host,
      id:
        emulator.state.repositories.find('envoy-plugins', 'token-auth')?.id ??
        0,
      commit: sha,
    };
  });

  afterAll(async () => {
    await emulator.close();
  });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    let db: Knex;
    let pool: FakeRunnerPool;
    let publisher: RecordingPublisher;
    const started: { stop(): Promise<void> }[] = [];
    let workDirectory: string;
    let nth = 0;

    beforeEach(async () => {
      db = await databases.init(databaseId);
      await db.migrate.latest({
        directory: resolve(__dirname, '../../migrations'),
      });
      pool = new FakeRunnerPool();
      publisher = new RecordingPublisher();
      nth += 1;
      workDirectory = directory.resolve(`work-${databaseId}-${nth}`);
    });

    afterEach(async () => {
      await Promise.all(started.splice(0).map(each => each.stop()));
    });

    const start = (
      options: Partial<Parameters<typeof startBuilding>[0]> = {},
    ) => {
      const portal = startBuilding({
        gitHub: { host: emulator.host, apiBaseUrl: emulator.apiBaseUrl },
        db,
        pool,
        publisher,
        workDirectory,
        auth: mockServices.auth(),
        logger: mockServices.logger.mock(),
        ...options,
      });
      started.push(portal);
      return portal;
    };
    type Portal = ReturnType<typeof start>;

    const order = async (
      portal: Portal,
      changes: Parameters<typeof releaseOrder>[1] = {},
    ) =>
      (await portal.builds.order(releaseOrder(repository, changes))).build.id;
    const end = async (portal: Portal, id: string) =>
      portal.builds.ended(id, { signal: AbortSignal.timeout(30_000) });
    const inState = async (portal: Portal, id: string, state: string) =>
      waitFor(async () =>
        expect((await portal.builds.get(id)).state).toBe(state),
      );
    const foldersLeft = async () => {
      const workers = existsSync(workDirectory)
        ? await readdir(workDirectory)
        : [];
      return (
        await Promise.all(
          workers.map(worker => readdir(`${workDirectory}/${worker}`)),
        )
      ).flat();
    };
    const records = async () => {
      const { items } = await new DatabaseAuditRecordStore(db).list({
        limit: 100,
      });
      return items
        .reverse()
        .map(({ action, actor, outcome }) => `${action} ${actor} ${outcome}`);
    };

    it('builds a release once, however often it is ordered, and publishes it', async () => {
      const portal = start();
      const orders = await Promise.all(
        [1, 2, 3].map(() => portal.builds.order(releaseOrder(repository))),
      );
      const ids = new Set(orders.map(({ build }) => build.id));
      expect(ids.size).toBe(1);
      expect(orders.filter(({ created }) => created)).toHaveLength(1);
      const [id] = ids;

      const build = await end(portal, id);
      expect(build).toMatchObject({
        state: 'passed',
        attempts: 1,
        runner: 'fake-1',
        go: '1.26.8',
        version: '1.0.0',
        image: 'registry.example.com/token-auth@sha256:0',
        commitUrl: `http://${emulator.host}/envoy-plugins/token-auth/commit/${repository.commit}`,
        libraries: [{ platform: 'linux/amd64', bytes: 36 }],
        proofs: [
          {
            envoy: '1.40.0',
            outcome: 'passed',
            cases: [{ name: 'answers', outcome: 'passed', differences: [] }],
          },
        ],
        allowedActions: [],
      });
      expect(build.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
        'source from GitHub passed',
        'build linux/amd64 passed',
        'proof 1.40.0 passed',
        'image passed',
      ]);
      await expect(portal.builds.log(id, {})).resolves.toEqual({
        lines: [{ number: 1, step: 'build linux/amd64', text: 'go build' }],
        last: 1,
        open: false,
      });
      expect(publisher.published).toEqual(['v1.0.0']);
      await portal.allTold();
      expect(portal.told).toMatchObject([
        {
          to: 'group:default/gateway',
          text: 'v1.0.0 was built, proven and published as registry.example.com/token-auth@sha256:0.',
          link: `/envoy-go-plugins/builds/${id}`,
        },
      ]);
      await expect(records()).resolves.toEqual([
        'build.order system succeeded',
        'build.pass system succeeded',
      ]);
      await waitFor(async () => expect(await foldersLeft()).toEqual([]));
      await expect(portal.builds.retry(id, ADMIN)).rejects.toThrow(
        ConflictError,
      );
      await expect(portal.builds.cancel(id, ADMIN)).rejects.toThrow(
        'it is "passed"',
      );
    });

    it('orders together with something else, or not at all', async () => {
      const portal = start({ works: false });
      await expect(
        db.transaction(async transaction => {
          await portal.builds.order(releaseOrder(repository), { transaction });
          throw new Error('something else failed');
        }),
      ).rejects.toThrow('something else failed');
      await expect(portal.builds.list({})).resolves.toMatchObject({
        totalItems: 0,
      });
    });

    it('always builds a rebuild anew, without a release before waiting for it', async () => {
      const portal = start();
      const rebuild: Partial<BuildOrder> = {
        kind: 'rebuild',
        requestedBy: 'user:default/admin',
        reason: 'A newer Envoy',
      };
      const first = await order(portal, rebuild);
      const second = await order(portal, rebuild);
      expect(first).not.toBe(second);
      await end(portal, first);
      await expect(end(portal, second)).resolves.toMatchObject({
        state: 'passed',
        requestReason: 'A newer Envoy',
      });
    });

    it('takes nothing while no runner is free, and as many as are', async () => {
      pool.slots = 0;
      pool.behaviour = neverEnd;
      const portal = start();
      const ids = [];
      for (const version of ['1.0.0', '1.0.1', '1.0.2']) {
        ids.push(await order(portal, { version }));
      }
      await expect(portal.builds.hasRunners()).resolves.toBe(false);
      pool.slots = 2;
      await waitFor(() => expect(pool.jobs).toHaveLength(2));
      const { states } = await portal.builds.list({});
      expect(states).toEqual([
        { state: 'building', count: 2 },
        { state: 'queued', count: 1 },
      ]);
      // They are prepared side by side
      expect(new Set(pool.jobs.map(({ buildId }) => buildId))).toEqual(
        new Set(ids.slice(0, 2)),
      );
    });

    it('builds requests before releases before rebuilds, and plugins in turn', async () => {
      const portal = start({ works: false });
      const ids = new Map<string, string>();
      const put = async (
        label: string,
        changes: Parameters<typeof releaseOrder>[1],
      ) => ids.set(await order(portal, changes), label);
      await put('rebuild', { kind: 'rebuild' });
      for (const version of ['1.0.0', '1.0.1', '1.0.2', '1.0.3']) {
        await put(`many ${version}`, { name: 'many', version });
      }
      await put('few 2.0.0', { name: 'few', version: '2.0.0' });
      await put('few 2.0.1', { name: 'few', version: '2.0.1' });
      await put('request', {
        kind: 'request',
        name: 'new',
        release: undefined,
        requestId: 'r-1',
      });
      portal.worker.start();
      for (const id of ids.keys()) {
        await end(portal, id);
      }
      expect(pool.jobs.map(({ buildId }) => ids.get(buildId))).toEqual([
        'request',
        'many 1.0.0',
        'few 2.0.0',
        'many 1.0.1',
        'few 2.0.1',
        'many 1.0.2',
        'many 1.0.3',
        'rebuild',
      ]);
    });

    it('builds last what was missed, unless somebody waits for it', async () => {
      const portal = start({ works: false });
      const put = (version: string, changes = {}) =>
        order(portal, { name: `plugin-${version}`, version, ...changes });
      const missed = await put('1.0.0', { missed: true });
      const told = await put('1.0.1', { missed: true });
      await expect(put('1.0.1')).resolves.toBe(told);
      await expect(put('1.0.1', { missed: true })).resolves.toBe(told);
      const wished = await put('1.0.2', { missed: true });
      await portal.builds.cancel(wished, ADMIN);
      await portal.builds.retry(wished, ADMIN);
      const rebuilt = await put('1.0.3', { kind: 'rebuild' });
      const released = await put('1.0.4');
      portal.worker.start();
      await end(portal, missed);
      const built = pool.jobs.map(({ buildId }) => buildId);
      expect(new Set(built.slice(0, 3))).toEqual(
        new Set([told, wished, released]),
      );
      expect(built.slice(3)).toEqual([rebuilt, missed]);
    });

    it('lists what runs, then what waits, then what is over, for whom it is', async () => {
      const portal = start();
      const over = await order(portal, { version: '0.9.0' });
      await end(portal, over);
      pool.behaviour = neverEnd;
      const running = await order(portal, { version: '1.0.0' });
      await inState(portal, running, 'building');
      const waiting = await order(portal, { name: 'bare', version: '1.0.1' });
      const asked = await order(portal, {
        kind: 'request',
        name: 'new',
        release: undefined,
        requestId: 'r-1',
        requestedBy: 'user:default/Author',
      });
      const list = async (...args: Parameters<Portal['builds']['list']>) =>
        (await portal.builds.list(...args)).items.map(({ id }) => id);
      await expect(list({})).resolves.toEqual([running, asked, waiting, over]);
      await expect(
        list({}, { hidden: ['envoygoplugin:default/token-auth'] }),
      ).resolves.toEqual([asked, waiting]);
      await expect(
        list({}, { hidden: [], requestsOf: 'user:default/other' }),
      ).resolves.toEqual([running, waiting, over]);
      const known = db
        .select({ entity_ref: 'ref' })
        .from(db.select(db.raw(`'envoygoplugin:default/bare' as ref`)).as('a'));
      await expect(
        list({}, { hidden: [], known, requestsOf: 'user:default/author' }),
      ).resolves.toEqual([asked, waiting]);
      await expect(
        list({}, { hidden: [], requestsOf: 'user:default/author' }),
      ).resolves.toHaveLength(4);
      await expect(list({ text: 'TOKEN v0.9' })).resolves.toEqual([over]);
      await expect(list({ text: 'fake-1 %' })).resolves.toEqual([]);
      await expect(list({ kind: ['request'] })).resolves.toEqual([asked]);
      await expect(list({ plugin: 'default/Bare' })).resolves.toEqual([
        waiting,
      ]);
      await expect(
        portal.builds.list({ state: ['queued'], limit: 1 }),
      ).resolves.toMatchObject({ totalItems: 2, items: [{ id: asked }] });
    });

    it('tells why a release failed, and publishes nothing of it', async () => {
      pool.behaviour = async () =>
        resultOf({
          outcome: 'failed',
          reason: 'In Envoy 1.40.0 "refuses" expected 403 and got 200',
        });
      const portal = start();
      const id = await order(portal);
      await expect(end(portal, id)).resolves.toMatchObject({
        state: 'failed',
        reason: 'In Envoy 1.40.0 "refuses" expected 403 and got 200',
        allowedActions: ['retry'],
      });
      expect(publisher.published).toEqual([]);
      expect(publisher.refused).toEqual([
        {
          tag: 'v1.0.0',
          reason: 'In Envoy 1.40.0 "refuses" expected 403 and got 200',
        },
      ]);
      await portal.allTold();
      expect(portal.told[0].text).toBe(
        'v1.0.0 was not published: In Envoy 1.40.0 "refuses" expected 403 and got 200. Look at the steps and the log, mend it, and release a new version.',
      );
      await expect(records()).resolves.toEqual([
        'build.order system succeeded',
        'build.fail system failed',
      ]);

      pool.behaviour = buildIt;
      await portal.builds.retry(id, ADMIN);
      await expect(end(portal, id)).resolves.toMatchObject({
        state: 'passed',
        attempts: 2,
        reason: undefined,
      });
      const { lines } = await portal.builds.log(id, {});
      expect(lines[0]).toEqual({
        number: 1,
        step: 'portal',
        text: 'Attempt 2',
      });
    });

    it('tries again what is transient, with pauses, and then gives up', async () => {
      let attempts = 0;
      pool.behaviour = async (job, options) => {
        attempts += 1;
        if (attempts === 1) {
          throw new RunnerLostError('fake-1', 'its connection ended');
        }
        if (attempts === 2) {
          return resultOf({ outcome: 'could-not-run', reason: 'No Envoy' });
        }
        return buildIt(job, options);
      };
      let pushes = 0;
      publisher.during = async () => {
        pushes += 1;
        if (pushes === 1) {
          throw new Error('The registry did not answer');
        }
      };
      const portal = start();
      await expect(end(portal, await order(portal))).resolves.toMatchObject({
        state: 'passed',
        attempts: 4,
      });

      publisher.during = async () => {
        throw new Error('The registry did not answer');
      };
      const id = await order(portal, { version: '1.0.1' });
      await expect(end(portal, id)).resolves.toMatchObject({
        state: 'could-not-run',
        attempts: 5,
        reason: 'The registry did not answer',
      });
      expect(publisher.refused).toEqual([
        { tag: 'v1.0.1', reason: 'The registry did not answer' },
      ]);
      await portal.allTold();
      expect(portal.told.at(-1)?.text).toContain('v1.0.1 could not be built');
    });

    it('waits as long as it was told to', async () => {
      pool.behaviour = async () => {
        throw new RunnerLostError('fake-1', 'its connection ended');
      };
      const portal = start({ retryDelaysMs: [600_000] });
      const id = await order(portal);
      await waitFor(async () =>
        expect(await portal.builds.get(id)).toMatchObject({
          state: 'queued',
          attempts: 1,
          reason: expect.stringContaining('was lost'),
          nextAttemptAt: expect.any(String),
          allowedActions: ['cancel'],
        }),
      );
      await expect(
        portal.builds.cancel(id, { ...ADMIN, reason: 'Not needed' }),
      ).resolves.toMatchObject({ state: 'cancelled', reason: 'Not needed' });
    });

    it('asks GitHub again when it said it may, and not when the commit is gone', async () => {
      emulator.faults.add({
        fault: { type: 'cut' },
        path: /\/tarball\//,
        times: 1,
      });
      let laterMs = 0;
      const portal = start({ now: () => new Date(Date.now() + laterMs) });
      const id = await order(portal);
      await waitFor(async () => {
        const { state, nextAttemptAt } = await portal.builds.get(id);
        expect(state).toBe('queued');
        expect(Date.parse(nextAttemptAt ?? '')).toBeGreaterThan(
          Date.now() + 5_000,
        );
      });
      laterMs = 60_000;
      await expect(end(portal, id)).resolves.toMatchObject({
        state: 'passed',
        attempts: 2,
      });
      const gone = await order(portal, {
        version: '1.0.1',
        commit: 'a'.repeat(40),
      });
      await expect(end(portal, gone)).resolves.toMatchObject({
        state: 'could-not-run',
        attempts: 1,
        reason: expect.stringContaining('GitHub does not show the portal'),
      });
    });

    it('fails what cannot be published, ever', async () => {
      publisher.during = async () => {
        throw new InputError('1.0.0 is published with another content');
      };
      const portal = start();
      await expect(end(portal, await order(portal))).resolves.toMatchObject({
        state: 'failed',
        attempts: 1,
        reason: '1.0.0 is published with another content',
      });
    });

    it('ends what takes too long', async () => {
      pool.behaviour = neverEnd;
      const portal = start({ timeoutMs: 300 });
      await expect(end(portal, await order(portal))).resolves.toMatchObject({
        state: 'could-not-run',
        attempts: 1,
        reason:
          'It took longer than 0.3 s, which is the most that a build may take here',
      });
      expect(pool.free()).toBe(1);
    });

    it('publishes releases of one plugin one after the other, of others at the same time', async () => {
      pool.slots = 3;
      const atOnce: Record<string, number> = {};
      const most: Record<string, number> = {};
      publisher.during = async ({ build: { plugin } }) => {
        atOnce[plugin.name] = (atOnce[plugin.name] ?? 0) + 1;
        most[plugin.name] = Math.max(
          most[plugin.name] ?? 0,
          atOnce[plugin.name],
        );
        await waitFor(() => expect(publisher.most).toBeGreaterThan(1));
        atOnce[plugin.name] -= 1;
      };
      const portal = start();
      const ids = [
        await order(portal, { version: '1.0.0' }),
        await order(portal, { version: '1.0.1' }),
        await order(portal, { name: 'bare', version: '1.0.2' }),
      ];
      for (const id of ids) {
        await expect(end(portal, id)).resolves.toMatchObject({
          state: 'passed',
        });
      }
      expect([most, publisher.most]).toEqual([{ 'token-auth': 1, bare: 1 }, 2]);
    });

    it.each(['building', 'publishing'] as const)(
      'cancels what is %s on another replica',
      async state => {
        const hang = async (signal: AbortSignal) =>
          new Promise<never>((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        if (state === 'building') {
          pool.behaviour = neverEnd;
        } else {
          publisher.during = async (_release, { signal }) => hang(signal);
        }
        const portal = start();
        const other = start({ works: false });
        const id = await order(portal);
        await inState(portal, id, state);
        await other.builds.cancel(id, { ...ADMIN, reason: 'It is wrong' });
        await expect(end(other, id)).resolves.toMatchObject({
          state: 'cancelled',
          reason: 'It is wrong',
          allowedActions: ['retry'],
        });
        expect(publisher.published).toEqual([]);
        await waitFor(() => expect(pool.free()).toBe(1));
        await expect(records()).resolves.toEqual([
          'build.order system succeeded',
          'build.cancel user:default/admin succeeded',
        ]);
      },
    );

    it('gives back what it has when it stops, which counts as no attempt', async () => {
      pool.behaviour = neverEnd;
      const portal = start();
      const id = await order(portal);
      await inState(portal, id, 'building');
      await portal.stop();
      await expect(portal.builds.get(id)).resolves.toMatchObject({
        state: 'queued',
        attempts: 0,
      });
      pool.behaviour = buildIt;
      await expect(end(start(), id)).resolves.toMatchObject({
        state: 'passed',
        attempts: 1,
      });
    });

    it('keeps long logs, reads them in parts, and tells of changes seldom', async () => {
      pool.behaviour = async (job, options) => {
        for (let line = 1; line <= 3_000; line += 1) {
          options.onLog({ step: 'test', line: `line ${line}\0` });
        }
        return buildIt(job, options);
      };
      const portal = start();
      const id = await order(portal);
      const { logLines } = await end(portal, id);
      expect(logLines).toBe(3_001);
      const part = await portal.builds.log(id, { after: 1_990, limit: 20 });
      expect(part.lines.map(({ number }) => number)).toEqual(
        Array.from({ length: 20 }, (_, index) => 1_991 + index),
      );
      expect(part.lines[0].text).toBe('line 1991\uFFFD');
      expect(part).toMatchObject({ last: 2_010, open: true });
      await expect(portal.builds.log(id, { after: 3_001 })).resolves.toEqual({
        lines: [],
        last: 3_001,
        open: false,
      });
      await waitFor(() => expect(portal.signals.length).toBeGreaterThan(0));
      expect(portal.signals.length).toBeLessThan(10);
    });

    it('removes logs of builds that ended long ago, and nothing else of them', async () => {
      let laterMs = 0;
      const portal = start({ now: () => new Date(Date.now() + laterMs) });
      const old = await end(portal, await order(portal));
      const wished = await end(
        portal,
        await order(portal, { version: '1.0.1' }),
      );
      pool.behaviour = async (_job, { onLog }) => {
        onLog({ step: 'test', line: 'FAIL' });
        return resultOf({ outcome: 'failed', reason: 'FAIL' });
      };
      const failed = await end(
        portal,
        await order(portal, { version: '1.0.2' }),
      );
      const { signal } = new AbortController();
      await expect(portal.logs.removeOld(signal)).resolves.toBe(0);
      laterMs = 91 * 24 * 60 * 60_000;
      const young = await end(
        portal,
        await order(portal, { version: '1.0.3' }),
      );
      pool.behaviour = neverEnd;
      const running = await order(portal, { version: '1.0.4' });
      await inState(portal, running, 'building');
      await expect(portal.logs.removeOld(signal)).resolves.toBe(3);
      await expect(portal.logs.removeOld(signal)).resolves.toBe(0);

      const { logLines, ...rest } = old;
      expect(logLines).toBe(1);
      await expect(portal.builds.get(old.id)).resolves.toEqual({
        ...rest,
        logLines: 0,
        logRemovedAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
      });
      await expect(portal.builds.log(wished.id, {})).resolves.toEqual({
        lines: [],
        last: 0,
        open: false,
      });
      await expect(portal.builds.get(young.id)).resolves.toEqual(young);
      const { items } = await new DatabaseAuditRecordStore(db).list({
        action: ['build.remove-logs'],
      });
      expect(items).toMatchObject([
        { actor: 'system', outcome: 'succeeded', subject: 'builds' },
      ]);

      pool.behaviour = buildIt;
      await portal.builds.cancel(running, ADMIN);
      await portal.builds.retry(failed.id, ADMIN);
      await expect(end(portal, failed.id)).resolves.toMatchObject({
        state: 'passed',
        logLines: 2,
        logRemovedAt: undefined,
      });
    });

    it('says in the record what is built', async () => {
      const portal = start({ works: false });
      const id = await order(portal);
      await portal.builds.cancel(id, { ...ADMIN, reason: 'Too early' });
      await portal.builds.retry(id, ADMIN);
      await order(portal, {
        kind: 'request',
        release: undefined,
        requestId: 'r-1',
      });
      portal.worker.start();
      await end(portal, id);
      const { items } = await new DatabaseAuditRecordStore(db).list({});
      expect(items.map(({ message }) => message).reverse()).toEqual(
        expect.arrayContaining([
          'Queued the build of token-auth v1.0.0',
          'Cancelled the build of token-auth v1.0.0: Too early',
          'Had token-auth v1.0.0 built once more',
          `Queued a build of token-auth at ${repository.commit.slice(
            0,
            12,
          )} for the checks of a request to publish`,
          'Built token-auth v1.0.0',
        ]),
      );
    });

    it('knows no build that there is not', async () => {
      const portal = start({ works: false });
      await expect(portal.builds.get('none')).rejects.toThrow(NotFoundError);
      await expect(portal.builds.log('\0', {})).rejects.toThrow(NotFoundError);
      await expect(
        portal.builds.ended('none', { signal: AbortSignal.timeout(1_000) }),
      ).rejects.toThrow(NotFoundError);
      const id = await order(portal);
      const aborted = new AbortController();
      const ended = portal.builds.ended(id, { signal: aborted.signal });
      aborted.abort(new Error('enough'));
      await expect(ended).rejects.toThrow('enough');
    });
  });
});
