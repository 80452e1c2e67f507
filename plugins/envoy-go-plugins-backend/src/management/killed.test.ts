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
  RepositoryCatalog,
  managementSeed,
  startManagement,
} from '../testing/managementPortal';
import { waitFor } from '../testing/waitFor';
import { MANAGEMENT_STEPS } from './managementSteps';

// Starts a process for each point at which one dies
jest.setTimeout(240_000);

type Portal = ReturnType<typeof startManagement>;
type Ask = (
  management: Portal['management'],
  person: Parameters<Portal['management']['get']>[1],
) => Promise<unknown>;

const PLUGIN = { namespace: 'default', name: 'header-tag' };
const REF = 'envoygoplugin:default/header-tag';
const REASON = 'It is time';

const CASES: {
  action: keyof typeof MANAGEMENT_STEPS;
  requests: string[];
  ask: Ask;
}[] = [
  {
    action: 'deprecate',
    requests: [
      'POST /git/refs$',
      'PUT /contents/',
      'POST /pulls$',
      'PUT /merge$',
      'DELETE /git/refs/',
    ],
    ask: (management, person) =>
      management.deprecate(PLUGIN, { reason: REASON }, person),
  },
  {
    action: 'yank',
    requests: ['PATCH /releases/'],
    ask: (management, person) =>
      management.yank(PLUGIN, { version: '1.0.0', reason: REASON }, person),
  },
  {
    action: 'unpublish',
    requests: ['DELETE /rulesets/', 'DELETE /protection$', 'POST /transfer$'],
    ask: (management, person) =>
      management.unpublish(PLUGIN, { reason: REASON }, person),
  },
];

describe('managing plugins, killed', () => {
  const directory = createMockDirectory();

  it.each(CASES)(
    'goes on with $action where it was, wherever its process dies',
    async ({ action, requests, ask }) => {
      const emulator = await startGitHubEmulator({
        stateDir: directory.resolve(`${action}-state`),
        seed: managementSeed([PLUGIN.name]),
      });
      const database = {
        client: 'better-sqlite3',
        connection: { filename: directory.resolve(`${action}.sqlite`) },
        useNullAsDefault: true,
      };
      const db = knexFactory(database);
      const portal = startManagement({
        gitHub: emulator,
        db,
        auth: mockServices.auth(),
        logger: mockServices.logger.mock(),
        works: false,
        sends: false,
      });
      const steps = MANAGEMENT_STEPS[action];
      const diesAfter = [...requests, ...steps.map(id => `step ${id}`)];
      const script = new ChildScript(
        require.resolve('../__testUtils__/managementReplica.ts'),
        {
          MANAGEMENT_REPLICA: JSON.stringify({
            gitHub: {
              host: emulator.host,
              url: emulator.url,
              apiBaseUrl: emulator.apiBaseUrl,
            },
            database,
            diesAfter,
          }),
        },
      );
      try {
        await db.migrate.latest({
          directory: resolve(__dirname, '../../migrations'),
        });
        await RepositoryCatalog.createTables(db);
        await db.schema.createTable('deaths', table => {
          table.text('point').primary();
        });
        await portal.catalog.register(PLUGIN.name);
        const github = portal.door.asPortal({
          host: emulator.host,
          lane: 'page',
        });
        const at = { owner: 'envoy-plugins', repo: PLUGIN.name };
        await github.rest.repos.updateBranchProtection({
          ...at,
          branch: 'main',
          required_status_checks: null,
          enforce_admins: false,
          required_pull_request_reviews: null,
          restrictions: null,
        });
        await github.rest.repos.createRepoRuleset({
          ...at,
          name: 'envoy-go-plugins: releases',
          target: 'tag',
          enforcement: 'active',
          conditions: { ref_name: { include: ['~ALL'], exclude: [] } },
          rules: [{ type: 'update' }],
        });
        await ask(portal.management, {
          credentials: mockCredentials.user('user:default/admin'),
        });
        const operation = async () =>
          (await portal.store.list([REF], { limit: 1 }))[0];
        const deaths = async () => (await db('deaths')).length;

        await script.start();
        for (let died = 1; died <= diesAfter.length; died += 1) {
          await waitFor(
            async () => expect(await deaths()).toBe(died),
            30_000,
            50,
          );
          await script.kill();
          await script.start();
        }
        await waitFor(
          async () => expect((await operation()).operation.state).toBe('done'),
          30_000,
          50,
        );
        await script.kill();

        // One record of each step, however often it was begun
        const record = new DatabaseAuditRecordStore(db);
        const { items } = await record.list({
          action: ['plugin.step'],
          limit: 100,
        });
        expect(items.map(({ details }) => details?.step).reverse()).toEqual(
          steps,
        );
        expect((await record.verify()).problems).toEqual([]);
        const { data: there } = await github.rest.repos.get(at);
        const [pulls, branches, releases] = await Promise.all([
          github.rest.pulls.list({
            owner: there.owner.login,
            repo: there.name,
            state: 'all',
          }),
          github.rest.repos.listBranches({
            owner: there.owner.login,
            repo: there.name,
          }),
          github.rest.repos.listReleases({
            owner: there.owner.login,
            repo: there.name,
          }),
        ]);
        expect({
          owner: there.owner.login,
          pulls: pulls.data.length,
          branches: branches.data.map(({ name }) => name),
          yanked: releases.data.filter(({ body }) =>
            body?.startsWith(`[YANKED] ${REASON}\n\nFor good`),
          ).length,
        }).toEqual({
          owner: action === 'unpublish' ? 'home' : 'envoy-plugins',
          pulls: action === 'deprecate' ? 1 : 0,
          branches: ['main'],
          yanked: action === 'yank' ? 1 : 0,
        });
      } finally {
        await script.kill();
        await portal.stop();
        await emulator.close();
        await db.destroy();
      }
    },
  );
});
