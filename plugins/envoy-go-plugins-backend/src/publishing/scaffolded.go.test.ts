import {
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import type { Octokit } from '@octokit/rest';
import knexFactory, { type Knex } from 'knex';
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  publishingSeed,
  signedIn,
  startPublishing,
  submitRequest,
} from '../testing/publishingPortal';
import { scaffoldFilter } from '../__testUtils__/scaffoldFilter';
import { waitFor } from '../testing/waitFor';

// Go compiles the SDK, and its tests
jest.setTimeout(300_000);

const EXAMPLE = resolve(__dirname, '../../../../examples/plugins/token-auth');

/** Text that names the module, but is none of its imports. */
const MENTIONS = `package NAME

// See github.com/author/NAME for more.
const home = "github.com/author/NAME"
`;

describe('an author’s repository', () => {
  const directory = createMockDirectory();
  const author = signedIn(
    mockCredentials.user('user:default/author'),
    'author-token',
  );
  const admin = signedIn(mockCredentials.user('user:default/admin'));
  let emulator: GitHubEmulator;
  let db: Knex;
  let portal: ReturnType<typeof startPublishing>;

  beforeAll(async () => {
    const scaffolded = directory.resolve('made-up');
    await scaffoldFilter({
      directory: scaffolded,
      temporary: directory.resolve('scratch'),
      name: 'made-up',
      owner: 'author',
    });
    const copied = directory.resolve('copied');
    await cp(EXAMPLE, copied, { recursive: true });
    await cp(join(scaffolded, 'LICENSE'), join(copied, 'LICENSE'));
    const copy = await filesOf(copied);
    for (const path of Object.keys(copy)) {
      copy[path] = copy[path].replaceAll(
        'github.com/envoy-plugins/token-auth',
        'github.com/author/token-auth',
      );
    }
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: publishingSeed([
        { name: 'made-up', files: await filesOf(scaffolded) },
        {
          name: 'token-auth',
          files: {
            ...copy,
            'home.go': MENTIONS.replace('NAME', 'tokenauth').replaceAll(
              'NAME',
              'token-auth',
            ),
          },
        },
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
    });
  });

  afterAll(async () => {
    await portal.stop();
    await emulator.close();
    await db.destroy();
  });

  it.each(['made-up', 'token-auth'])(
    'passes every check as %s, and compiles under its new path',
    async name => {
      const { id } = await portal.requests.create(
        `${emulator.url}/author/${name}`,
        author,
      );
      await waitFor(async () =>
        expect((await portal.requests.get(id, author)).state).not.toBe(
          'checking',
        ),
      );
      const { checkResults } = await portal.requests.get(id, author);
      expect(checkResults.filter(each => each.outcome !== 'passed')).toEqual(
        [],
      );
      expect(
        checkResults.find(({ checkId }) => checkId === 'module-path'),
      ).toMatchObject({
        summary: `The module's path is "github.com/author/${name}", where the repository is now; it is rewritten at the transfer.`,
        findings: [{ severity: 'notice' }],
      });
      const { commit } = await submitRequest(portal.requests, id, author);
      await portal.requests.decide(id, { kind: 'approve', commit }, admin);
      await waitFor(async () =>
        expect(
          (
            await portal.requests.get(id, author)
          ).allowedActions,
        ).toContain('hand-over'),
      );
      await portal.requests.handOver(id, author);
      await waitFor(async () => {
        const { state, steps } = await portal.requests.get(id, author);
        expect([state, steps.map(({ error }) => error)]).toEqual([
          'published',
          steps.map(() => undefined),
        ]);
      }, 20_000);

      const github = portal.door.asPortal({
        host: emulator.host,
        lane: 'page',
      });
      const at = { owner: 'envoy-plugins', repo: name };
      const { data: head } = await github.rest.repos.getCommit({
        ...at,
        ref: 'main',
      });
      expect(head.parents.map(({ sha }) => sha)).toEqual([commit]);
      expect(head.commit.message).toMatch(
        new RegExp(`^Be the module github.com/envoy-plugins/${name}\n`),
      );
      const changed = (head.files ?? []).map(({ filename }) => filename);
      expect(changed).toEqual(['cmd/envoy-module/main.go', 'go.mod']);
      const checkout = directory.resolve(`published-${name}`);
      await download(github, { ...at, commit: head.sha, to: checkout });
      const go = (...args: string[]) =>
        promisify(execFile)('go', args, { cwd: checkout });
      await go('build', './...');
      await go('vet', './...');
      await expect(go('list', './...')).resolves.toMatchObject({
        stdout: `github.com/envoy-plugins/${name}\ngithub.com/envoy-plugins/${name}/cmd/envoy-module\n`,
      });
      await expect(
        promisify(execFile)('gofmt', ['-l', '.'], { cwd: checkout }),
      ).resolves.toMatchObject({ stdout: '' });
    },
  );
});

async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  const files: Record<string, string> = {};
  for (const entry of entries.filter(each => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = await readFile(path, 'utf8');
  }
  return files;
}

async function download(
  github: Octokit,
  of: { owner: string; repo: string; commit: string; to: string },
): Promise<void> {
  const { owner, repo, commit, to } = of;
  const { data } = await github.rest.git.getTree({
    owner,
    repo,
    tree_sha: commit,
    recursive: '1',
  });
  for (const { path, sha } of data.tree.filter(({ type }) => type === 'blob')) {
    const blob = await github.rest.git.getBlob({ owner, repo, file_sha: sha });
    const file = join(to, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.from(blob.data.content, 'base64'));
  }
}
