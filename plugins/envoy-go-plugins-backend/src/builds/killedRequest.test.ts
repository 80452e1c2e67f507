import { resolve } from 'node:path';
import {
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import knexFactory from 'knex';
import { ChildScript } from '../testing/ChildScript';
import { startBuilding } from '../testing/buildPortal';
import {
  pluginFiles,
  publishingSeed,
  signedIn,
  startPublishing,
} from '../testing/publishingPortal';
import { waitFor } from '../testing/waitFor';
import {
  type Behaviour,
  FakeRunnerPool,
  buildIt,
} from './__testUtils__/FakeRunnerPool';

// Starts a process for each point at which one dies
jest.setTimeout(60_000);

const POINTS = ['ordering', 'queued', 'building'] as const;

/** As {@link buildIt}, with all that checks of requests read. */
const buildAll: Behaviour = async (job, options) => {
  const { onStep } = options;
  for (const name of ['vet', 'test', 'library linux/amd64']) {
    onStep({ name, state: 'passed' });
  }
  const result = await buildIt(job, options);
  const [row] = result.report.compatibility;
  return {
    ...result,
    report: {
      ...result.report,
      compatibility: ['1.38.3', '1.39.3', '1.40.0'].map(envoy => ({
        ...row,
        requested: envoy,
        envoy,
      })),
    },
    vulnerabilities: { outcome: 'passed', vulnerabilities: [] },
  };
};

describe('a request whose backend is killed while it waits for its build', () => {
  const directory = createMockDirectory();
  let emulator: GitHubEmulator;

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: publishingSeed(
        POINTS.map(name => ({ name, files: pluginFiles(name) })),
      ),
    });
  });

  afterAll(async () => {
    await emulator.close();
  });

  it.each(POINTS)(
    'is checked by another one, with one build (%s)',
    async point => {
      const database = {
        client: 'better-sqlite3',
        connection: { filename: directory.resolve(`${point}.sqlite`) },
        useNullAsDefault: true,
      };
      const db = knexFactory(database);
      await db.migrate.latest({
        directory: resolve(__dirname, '../../migrations'),
      });
      const gitHub = {
        host: emulator.host,
        url: emulator.url,
        apiBaseUrl: emulator.apiBaseUrl,
      };
      const workDirectory = directory.resolve(`work-${point}`);
      const services = {
        gitHub,
        db,
        auth: mockServices.auth(),
        logger: mockServices.logger.mock(),
      };
      const building = startBuilding({
        ...services,
        workDirectory,
        pool: new FakeRunnerPool({ slots: 8, behaviour: buildAll }),
        works: false,
        sends: false,
      });
      const publishing = startPublishing({
        ...services,
        builds: building.builds,
        checks: [],
        runnerPatienceMs: 60_000,
        works: false,
        sends: false,
      });
      const replica = new ChildScript(
        require.resolve('../__testUtils__/requestReplica.ts'),
        {
          REQUEST_REPLICA: JSON.stringify({
            gitHub,
            database,
            workDirectory,
            builds: point === 'building',
            diesOrdering: point === 'ordering',
          }),
          NODE_COMPILE_CACHE: directory.resolve('compiled'),
        },
      );
      const author = signedIn(
        mockCredentials.user('user:default/author'),
        'author-token',
      );
      const listed = async () => (await building.builds.list({})).items;
      try {
        const { id } = await publishing.requests.create(
          `${emulator.url}/author/${point}`,
          author,
        );
        const see = () => publishing.requests.get(id, author);
        await replica.start();
        const reached = async () => {
          const [build] = await listed();
          const { checkResults } = await see();
          const proof = checkResults.find(({ checkId }) => checkId === 'proof');
          return build?.state === point && proof?.buildId === build.id;
        };
        await waitFor(
          async () =>
            expect(
              point === 'ordering' ? !replica.isRunning : await reached(),
            ).toBe(true),
          30_000,
        );
        await replica.kill();
        const [before, ...none] = await listed();
        expect([before?.state ?? 'ordering', none]).toEqual([point, []]);
        await expect(see()).resolves.toMatchObject({ state: 'checking' });

        building.worker.start();
        publishing.begin();
        await waitFor(
          async () => expect((await see()).state).toBe('ready'),
          30_000,
        );
        const [build, ...others] = await listed();
        expect(others).toEqual([]);
        expect(build).toMatchObject({
          kind: 'request',
          requestId: id,
          state: 'passed',
          attempts: point === 'building' ? 2 : 1,
        });
        expect(build.id).toBe(before?.id ?? build.id);
        const { checkResults, checks } = await see();
        expect(checks).toEqual({ passed: 11, failed: 0, couldNotRun: 0 });
        expect(
          checkResults.flatMap(({ checkId, buildId }) =>
            buildId === build.id ? [checkId] : [],
          ),
        ).toEqual(['builds', 'unit-tests', 'proof', 'vulnerabilities']);
      } finally {
        await replica.kill();
        await publishing.stop();
        await building.stop();
        await db.destroy();
      }
    },
  );
});
