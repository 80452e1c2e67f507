import { createMockDirectory } from '@backstage/backend-test-utils';
import { GitHubEmulator } from '../index';
import { startGitHubEmulator } from '../startGitHubEmulator';
import { readSeed } from './readSeed';

jest.setTimeout(30_000);

const FILE = `
accounts:
  - { login: author, name: Amir, email: author@example.test }
  - { login: machine, isMachine: true }
organizations:
  - login: org
    owners: [machine]
    members: [author]
    teams: [{ name: Gate Way, members: [author] }]
tokens:
  - { account: machine, token: '\${PORTAL_TOKEN}' }
applications:
  - { name: Portal, clientId: '\${ID}', clientSecret: 's-\${SECRET}' }
folders:
  - folder: plugins
    defaults: { owner: org, author: author, topics: [envoy], daysAgo: 3, licenseTemplate: apache-2.0 }
repositories:
  - owner: org
    name: known
    directory: plugins/known
    author: author
    description: A known one
    teams: { Gate Way: push }
    stars: [author]
    releases:
      - { tag: v1.1.0, notes: Newer, daysAgo: 0.5 }
      - { tag: v1.0.0, notes: Old, daysAgo: 20 }
    issues:
      - { title: Help, author: author, labels: [bug] }
  - { owner: org, name: later, author: author, directory: plugins/later }
`;

describe('plantSeed', () => {
  const directory = createMockDirectory();
  const environment = {
    PORTAL_TOKEN: 'from-environment',
    ID: 'id',
    SECRET: 'x',
  };
  const now = new Date('2026-11-22T12:00:00Z');
  let emulator: GitHubEmulator;

  beforeAll(async () => {
    directory.setContent({
      'github.yaml': FILE,
      plugins: {
        known: {
          'README.md': '# Known',
          'filter.go': 'package known',
          Dockerfile: 'FROM scratch',
          '.gitignore': 'secret.txt\n',
          'secret.txt': 'not this',
          build: { 'lib.so': 'nor this' },
          '.github': { workflows: { 'ci.yaml': 'on: push' } },
        },
        other: { 'README.md': '# Other' },
        '.hidden': { x: 'x' },
        'a-file': 'x',
      },
    });
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: await readSeed(directory.path, environment),
      clock: () => now,
    });
  });

  afterAll(async () => {
    await emulator.close();
  });

  const files = async (name: string, ref: string) => {
    const { repositories } = emulator.state;
    const repository = repositories.find('org', name);
    if (!repository) {
      throw new Error(`There is no ${name}`);
    }
    const git = repositories.git(repository);
    const tree = await git.listTree((await git.resolveCommit(ref)) ?? '', {
      recursive: true,
    });
    return tree.filter(({ type }) => type === 'blob').map(({ path }) => path);
  };

  it('makes a repository of every folder that is there', () => {
    expect(emulator.state.repositories.list().map(({ name }) => name)).toEqual([
      'known',
      'other',
    ]);
    expect(emulator.state.repositories.find('org', 'other')).toMatchObject({
      topics: ['envoy'],
      createdAt: '2026-11-19T12:00:00Z',
    });
  });

  it('puts a repository under the licence that it is to have', async () => {
    expect(await files('other', 'main')).toEqual(['LICENSE', 'README.md']);
    expect(emulator.state.repositories.find('org', 'other')).toMatchObject({
      license: 'Apache-2.0',
    });
  });

  it('leaves out what was built and what git ignores', async () => {
    expect(await files('known', 'main')).toEqual([
      '.github/workflows/ci.yaml',
      '.gitignore',
      'Dockerfile',
      'README.md',
      'filter.go',
    ]);
  });

  it('gives each release a commit and a time of its own', async () => {
    const { repositories, releases } = emulator.state;
    const known = repositories.find('org', 'known');
    expect(known && releases.list(known)).toMatchObject([
      { tagName: 'v1.1.0', publishedAt: '2026-11-22T00:00:00Z' },
      { tagName: 'v1.0.0', publishedAt: '2026-11-02T12:00:00Z' },
    ]);
    expect(await files('known', 'v1.0.0')).not.toContain('Dockerfile');
    expect(await files('known', 'v1.1.0')).toContain('Dockerfile');
    const commits = known && (await repositories.git(known).log('v1.1.0'));
    expect(commits).toMatchObject([
      {
        message: 'Release v1.1.0',
        author: {
          name: 'Amir',
          email: 'author@example.test',
          date: '2026-11-22T00:00:00Z',
        },
      },
      { author: { date: '2026-11-02T12:00:00Z' } },
    ]);
    expect(known).toMatchObject({
      pushedAt: '2026-11-22T00:00:00Z',
      languages: expect.objectContaining({ Go: expect.any(Number) }),
    });
  });

  it('takes secrets from the environment', () => {
    expect(emulator.state.oauth.find('from-environment')).toBeDefined();
    expect(emulator.state.oauth.application('id')).toMatchObject({
      clientSecret: 's-x',
    });
  });
});

describe('readSeed', () => {
  const directory = createMockDirectory();

  it('names what is wrong with a file', async () => {
    directory.setContent({
      'wrong.yaml': 'accounts: [{ login: a, nick: b }]\nrepositories: 5',
      'secret.yaml':
        "accounts: []\ntokens: [{ account: a, token: '${NOT_SET}' }]",
    });
    await expect(readSeed(directory.resolve('wrong.yaml'))).rejects.toThrow(
      /wrong.yaml is no seed: .*\/accounts\/0 must NOT have additional properties \(nick\); \/repositories must be array/,
    );
    await expect(
      readSeed(directory.resolve('secret.yaml'), {}),
    ).rejects.toThrow(/environment variable NOT_SET, which is not set/);
    directory.addContent({ 'broken.yaml': 'accounts: [' });
    await expect(readSeed(directory.resolve('broken.yaml'))).rejects.toThrow(
      /broken.yaml is no YAML: .* at line 1, column 12/,
    );
    await expect(readSeed(directory.resolve('none.yaml'))).rejects.toThrow(
      /There is no .*none.yaml/,
    );
  });
});
