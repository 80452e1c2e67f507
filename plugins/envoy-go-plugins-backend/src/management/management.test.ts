import { resolve } from 'node:path';
import {
  type TestDatabaseId,
  TestDatabases,
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import type { ManagementOperation } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import type { Knex } from 'knex';
import { DatabaseAuditRecordStore } from '../audit';
import type { BuildOrder } from '../builds';
import {
  RepositoryCatalog,
  managementSeed,
  startManagement,
} from '../testing/managementPortal';
import { waitFor } from '../testing/waitFor';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

const NAMES = ['header-tag', 'geo-fence', 'quota-keeper', 'path-rewriter'];
const ORGANIZATION = 'envoy-plugins';

describe.each(databases.eachSupportedId())(
  'managing plugins on %p',
  (databaseId: TestDatabaseId) => {
    const directory = createMockDirectory();
    const orders: BuildOrder[] = [];
    let emulator: GitHubEmulator;
    let db: Knex;
    let portal: ReturnType<typeof startManagement>;

    beforeAll(async () => {
      emulator = await startGitHubEmulator({
        stateDir: directory.resolve('state'),
        seed: managementSeed(NAMES),
      });
      db = await databases.init(databaseId);
      await db.migrate.latest({
        directory: resolve(__dirname, '../../migrations'),
      });
      await RepositoryCatalog.createTables(db);
      portal = startManagement({
        gitHub: emulator,
        db,
        auth: mockServices.auth(),
        logger: mockServices.logger.mock(),
        builds: {
          order: async (order, { transaction } = {}) => {
            // The order is only there where the rest of the change is
            await transaction?.('test_catalog').insert({
              ref: `build:${order.commit}`,
              entity: '{}',
            });
            orders.push(order);
            return { build: buildOf(order), created: true };
          },
          list: async () => ({ items: [], totalItems: 0, states: [] }),
        },
      });
      for (const name of NAMES) {
        await portal.catalog.register(name);
      }
      await portal.catalog.add('group:default/gateway');
      await portal.catalog.add('group:default/edge');
    });

    afterAll(async () => {
      await portal.stop();
      await emulator.close();
    });

    const admin = { credentials: mockCredentials.user('user:default/admin') };
    const owner = { credentials: mockCredentials.user('user:default/author') };
    const stranger = {
      credentials: mockCredentials.user('user:default/friend'),
    };
    const plugin = (name: string) => ({ namespace: 'default', name });
    const github = () =>
      portal.door.asPortal({ host: emulator.host, lane: 'page' });

    async function description(name: string, ref?: string): Promise<string> {
      const { data } = await github().rest.repos.getContent({
        owner: ORGANIZATION,
        repo: name,
        path: 'catalog-info.yaml',
        ref,
      });
      return 'content' in data
        ? Buffer.from(data.content, 'base64').toString()
        : '';
    }

    /** Waits until the last operation on a plugin is over. */
    async function over(name: string): Promise<ManagementOperation> {
      const last = async () =>
        (
          await portal.store.list([`envoygoplugin:default/${name}`], {
            limit: 1,
          })
        )[0];
      await waitFor(async () => {
        const { operation, steps } = await last();
        expect({ state: operation.state, steps }).not.toMatchObject({
          state: 'running',
        });
      }, 20_000);
      const { operation, steps } = await last();
      return { ...operation, mayRetry: false, steps };
    }

    async function records(action: string) {
      const { items } = await new DatabaseAuditRecordStore(db).list({
        action: [action],
        limit: 100,
      });
      return items;
    }

    it('tells owners, administrators and others what they may do', async () => {
      const allowed = async (person: typeof admin) =>
        (await portal.management.get(plugin('header-tag'), person))
          .allowedActions;
      expect(await allowed(admin)).toEqual([
        'change-owner',
        'deprecate',
        'yank',
        'rebuild',
        'unpublish',
      ]);
      expect(await allowed(owner)).toEqual(['deprecate', 'yank', 'rebuild']);
      expect(await allowed(stranger)).toEqual([]);
    });

    it('refuses each who may not, with what it takes', async () => {
      const { management } = portal;
      const reason = 'Because';
      const name = plugin('header-tag');
      await expect(
        management.changeOwner(name, { owner: 'edge', reason }, owner),
      ).rejects.toThrow(/that is for administrators/);
      await expect(
        management.unpublish(name, { reason }, owner),
      ).rejects.toThrow(/that is for administrators/);
      for (const act of [
        () => management.deprecate(name, { reason }, stranger),
        () => management.yank(name, { version: '1.0.0', reason }, stranger),
        () => management.rebuild(name, { version: '1.0.0', reason }, stranger),
      ]) {
        await expect(act()).rejects.toThrow(
          /that is for its owner, group:default\/gateway, and for administrators/,
        );
      }
      await expect(management.list({}, owner)).rejects.toThrow(
        'No administrator',
      );
    });

    it('refuses what makes no sense before anything is done', async () => {
      const { management } = portal;
      const reason = 'Because';
      const name = plugin('header-tag');
      await expect(
        management.changeOwner(
          name,
          { owner: 'group:default/nobody', reason },
          admin,
        ),
      ).rejects.toThrow(
        'Field "owner" of the body: the catalog has no group or user group:default/nobody',
      );
      await expect(
        management.changeOwner(name, { owner: 'gateway', reason }, admin),
      ).rejects.toThrow(/owns header-tag already/);
      await expect(
        management.deprecate(name, { reason, successor: 'header-tag' }, admin),
      ).rejects.toThrow(/cannot succeed itself/);
      await expect(
        management.deprecate(
          name,
          { reason, successor: 'group:default/edge' },
          admin,
        ),
      ).rejects.toThrow(/the catalog has no envoygoplugin group:default\/edge/);
      await expect(
        management.yank(name, { version: '9.9.9', reason }, admin),
      ).rejects.toThrow(/has no version 9\.9\.9; it has 1\.1\.0, 1\.0\.0/);
      await expect(
        management.unpublish(name, { reason, to: ORGANIZATION }, admin),
      ).rejects.toThrow(/is where plugins are published/);
      await expect(
        management.unpublish(name, { reason, to: 'no-such-one' }, admin),
      ).rejects.toThrow(/there is nobody "no-such-one"/);
      expect((await management.get(name, admin)).operations).toEqual([]);
    });

    it('gives a plugin another owner in its description, by a pull request that it merges', async () => {
      const before = await description('header-tag');
      await portal.management.changeOwner(
        plugin('header-tag'),
        { owner: 'group:default/edge', reason: 'Edge looks after it' },
        admin,
      );
      const operation = await over('header-tag');
      expect(operation).toMatchObject({
        state: 'done',
        title: 'Make group:default/edge the owner',
      });
      expect(await description('header-tag')).toBe(
        before.replace('group:default/gateway', 'group:default/edge'),
      );
      const { data: pulls } = await github().rest.pulls.list({
        owner: ORGANIZATION,
        repo: 'header-tag',
        state: 'all',
      });
      expect(pulls).toMatchObject([
        {
          title: 'Make group:default/edge the owner',
          body: expect.stringContaining('Edge looks after it'),
          merged_at: expect.any(String),
        },
      ]);
      const { owner: now } = await portal.management.get(
        plugin('header-tag'),
        admin,
      );
      expect(now).toBe('group:default/edge');
      await portal.allTold();
      expect(portal.told).toContainEqual(
        expect.objectContaining({
          to: 'group:default/gateway, group:default/edge',
        }),
      );
      expect(await records('plugin.change-owner.done')).toMatchObject([
        {
          subject: 'envoygoplugin:default/header-tag',
          before: { owner: 'group:default/gateway' },
          after: { owner: 'group:default/edge' },
          details: { reason: 'Edge looks after it' },
        },
      ]);
      expect(await records('plugin.step')).toHaveLength(operation.steps.length);
    });

    it('deprecates a plugin with a successor, asked by its owner', async () => {
      await portal.management.deprecate(
        plugin('geo-fence'),
        { reason: 'It is slow', successor: 'quota-keeper' },
        owner,
      );
      expect(await over('geo-fence')).toMatchObject({ state: 'done' });
      expect(
        await portal.management.get(plugin('geo-fence'), stranger),
      ).toMatchObject({
        lifecycle: 'deprecated',
        deprecated: {
          reason: 'It is slow',
          successor: 'envoygoplugin:default/quota-keeper',
        },
        operations: [],
      });
      expect(await description('geo-fence')).toContain(
        '  lifecycle: deprecated\n  deprecation:\n    reason: It is slow\n    successor: envoygoplugin:default/quota-keeper\n',
      );
    });

    it('proposes the change anew where others changed the same lines', async () => {
      const name = 'path-rewriter';
      const calls: string[] = [];
      const stop = interceptOnce(
        input => /\/pulls\/\d+\/merge$/.test(input),
        async () => {
          calls.push('merge');
          const { data } = await github().rest.repos.getContent({
            owner: ORGANIZATION,
            repo: name,
            path: 'catalog-info.yaml',
          });
          const text = await description(name);
          await github().rest.repos.createOrUpdateFileContents({
            owner: ORGANIZATION,
            repo: name,
            path: 'catalog-info.yaml',
            message: 'Experimental for now',
            sha: 'sha' in data ? data.sha : '',
            content: Buffer.from(
              text.replace('lifecycle: production', 'lifecycle: experimental'),
            ).toString('base64'),
          });
        },
      );
      try {
        await portal.management.deprecate(
          plugin(name),
          { reason: 'Replaced' },
          admin,
        );
        expect(await over(name)).toMatchObject({ state: 'done' });
      } finally {
        stop();
      }
      expect(calls).toEqual(['merge']);
      expect(await description(name)).toContain('lifecycle: deprecated');
      const { data: pulls } = await github().rest.pulls.list({
        owner: ORGANIZATION,
        repo: name,
        state: 'all',
      });
      expect(pulls.map(({ merged_at }) => merged_at !== null)).toEqual([
        true,
        false,
      ]);
      const { data: branches } = await github().rest.repos.listBranches({
        owner: ORGANIZATION,
        repo: name,
      });
      expect(branches.map(({ name: branch }) => branch)).toEqual(['main']);
    });

    it('yanks a version on GitHub, once', async () => {
      await portal.management.yank(
        plugin('geo-fence'),
        { version: '1.0.0', reason: 'Lets\neverybody in' },
        owner,
      );
      expect(await over('geo-fence')).toMatchObject({
        state: 'done',
        version: '1.0.0',
      });
      const { data } = await github().rest.repos.getReleaseByTag({
        owner: ORGANIZATION,
        repo: 'geo-fence',
        tag: 'v1.0.0',
      });
      expect(data.body).toBe('[YANKED] Lets everybody in\n\nFor good.');
      await expect(
        portal.management.yank(
          plugin('geo-fence'),
          { version: '1.0.0', reason: 'Again' },
          owner,
        ),
      ).rejects.toThrow('Version 1.0.0 is yanked already');
    });

    it('orders a rebuild with the operation, and neither without the other', async () => {
      const { operations } = await portal.management.rebuild(
        plugin('geo-fence'),
        { version: '1.1.0', reason: 'A new Envoy' },
        owner,
      );
      expect(operations[0]).toMatchObject({
        action: 'rebuild',
        state: 'done',
        buildId: 'build-1',
        version: '1.1.0',
      });
      expect(orders).toMatchObject([
        {
          kind: 'rebuild',
          repository: 'envoy-plugins/geo-fence',
          release: { tag: 'v1.1.0', version: '1.1.0' },
          requestedBy: 'user:default/author',
          reason: 'A new Envoy',
        },
      ]);
      // The same row of the builder's again is refused by the database
      await expect(
        portal.management.rebuild(
          plugin('geo-fence'),
          { version: '1.1.0', reason: 'Again' },
          owner,
        ),
      ).rejects.toThrow();
      const after = await portal.management.get(plugin('geo-fence'), owner);
      expect(after.operations[0].reason).toBe('A new Envoy');
    });

    it('gives a plugin back: out of the catalog, without our rules, with its mark', async () => {
      const name = 'quota-keeper';
      const repo = { owner: ORGANIZATION, repo: name };
      await github().rest.repos.updateBranchProtection({
        ...repo,
        branch: 'main',
        required_status_checks: null,
        enforce_admins: false,
        required_pull_request_reviews: null,
        restrictions: null,
      });
      await github().rest.repos.createRepoRuleset({
        ...repo,
        name: 'envoy-go-plugins: releases',
        target: 'tag',
        enforcement: 'active',
        conditions: { ref_name: { include: ['~ALL'], exclude: [] } },
        rules: [{ type: 'creation' }],
      });
      const { data: there } = await github().rest.repos.get(repo);
      await portal.management.unpublish(
        plugin(name),
        { reason: 'Its author wants it' },
        admin,
      );
      const operation = await over(name);
      expect(operation).toMatchObject({ state: 'done' });
      expect(operation.steps.map(({ state }) => state)).toEqual(
        Array(7).fill('done'),
      );
      const { data: moved } = await github().rest.repos.get({
        owner: 'home',
        repo: name,
      });
      expect(moved.id).toBe(there.id);
      const { data: rules } = await github().rest.repos.getRepoRulesets({
        owner: 'home',
        repo: name,
      });
      expect(rules).toEqual([]);
      expect(
        await portal.catalog.get(`envoygoplugin:default/${name}`),
      ).toBeUndefined();
      expect(
        await portal.store.findUnpublished({
          host: emulator.host,
          repositoryId: there.id,
        }),
      ).toMatchObject({
        movedTo: `home/${name}`,
        reason: 'Its author wants it',
      });
      await portal.allTold();
      expect(portal.told).toContainEqual(
        expect.objectContaining({
          to: 'group:default/gateway, user:default/author',
        }),
      );
      await expect(portal.management.get(plugin(name), admin)).rejects.toThrow(
        /There is no plugin/,
      );
    });

    it('waits until a person accepts what is given back, and asks again', async () => {
      const name = 'path-rewriter';
      await portal.management.unpublish(
        plugin(name),
        { reason: 'Its author wants it', to: 'author' },
        admin,
      );
      const { transfers } = emulator.state;
      await waitFor(() => expect(transfers.offers()).toHaveLength(1), 20_000);
      const [first] = transfers.offers();
      expect(
        (
          await portal.store.list([`envoygoplugin:default/${name}`], {
            limit: 1,
          })
        )[0].operation.state,
      ).toBe('running');
      // Nobody accepted in time: it is asked for again
      await waitFor(
        () => expect(transfers.offers()[0]?.id).not.toBe(first.id),
        20_000,
      );
      transfers.take(transfers.offers()[0].id);
      expect(await over(name)).toMatchObject({ state: 'done' });
      const { data } = await github().rest.repos.get({
        owner: 'author',
        repo: name,
      });
      expect(data.owner.login).toBe('author');
    });

    it('leaves what failed half-way with a state, its reason and a way on', async () => {
      const name = 'header-tag';
      await github().rest.repos.createInOrg({ org: 'home', name });
      await portal.management.unpublish(
        plugin(name),
        { reason: 'Moves home' },
        admin,
      );
      const failed = await over(name);
      expect(failed.state).toBe('failed');
      expect(
        failed.steps.find(({ state }) => state === 'failed'),
      ).toMatchObject({
        title: 'Give the repository back',
        error: expect.stringContaining('already exists'),
      });
      // The catalog has no such plugin any more, but administrators still see it
      await portal.allTold();
      expect(portal.told).toContainEqual(
        expect.objectContaining({ to: 'user:default/admin' }),
      );
      await github().rest.repos.delete({ owner: 'home', repo: name });
      const after = await portal.management.retry(
        plugin(name),
        failed.id,
        admin,
      );
      expect(after.operations[0]).toMatchObject({ id: failed.id });
      expect(await over(name)).toMatchObject({ id: failed.id, state: 'done' });
      expect(await records('plugin.unpublish.failed')).toHaveLength(1);
      expect(await records('plugin.retry')).toHaveLength(1);
    });
  },
);

function buildOf(order: BuildOrder) {
  return {
    id: 'build-1',
    kind: order.kind,
    state: 'queued' as const,
    plugin: order.plugin,
    host: order.host,
    repositoryId: order.repositoryId,
    repository: order.repository,
    commit: order.commit,
    requestedBy: order.requestedBy,
    attempts: 0,
    createdAt: '2026-11-01T00:00:00Z',
  };
}

/** Does something just before the first request that matches. */
function interceptOnce(
  matches: (url: string) => boolean,
  act: () => Promise<void>,
): () => void {
  const send = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    if (matches(String(input))) {
      globalThis.fetch = send;
      await act();
    }
    return send(input, init);
  };
  return () => {
    globalThis.fetch = send;
  };
}
