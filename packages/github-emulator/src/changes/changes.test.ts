import { createMockDirectory } from '@backstage/backend-test-utils';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { Receiver } from '../__testUtils__/Receiver';
import { setupTestEmulator } from '../__testUtils__/setupTestEmulator';
import { TEST_SEED } from '../__testUtils__/testSeed';
import { runGit } from '../git/runGit';
import { startGitHubEmulator } from '../startGitHubEmulator';

// Git runs as a process for some steps: slow where many tests run side by side.
jest.setTimeout(60_000);

const MANY = 300;
const ORG = 'envoy-plugins';

const PLANT = {
  owner: ORG,
  author: 'author',
  count: MANY,
  description: (at: number) => `Filter number ${at}`,
  topics: ['envoy-go-plugin'],
  files: (at: number) => ({
    'README.md': `# Plugin ${at}\n`,
    'catalog-info.yaml': `metadata: { name: plugin-${at} }\n`,
    'docs/more/deep.md': 'deep\n',
    LICENSE: 'Apache License\n  Version 2.0, January 2004\n',
    'filter.go': 'package filter\n',
  }),
  releases: [
    { tag: 'v0.1.0', daysAgo: 20, prerelease: true },
    { tag: 'v1.0.0', daysAgo: 3, notes: 'For good.' },
  ],
  stars: (at: number) => (at % 2 ? ['admin', 'contributor'] : []),
};

describe('many repositories', () => {
  const emulator = setupTestEmulator();
  const directory = createMockDirectory();
  const receiver = new Receiver();

  beforeAll(async () => {
    await receiver.open();
    await emulator.running.plant(PLANT);
    await emulator.client('admin').orgs.createWebhook({
      org: ORG,
      name: 'web',
      events: ['*'],
      config: { url: receiver.url, content_type: 'json' },
    });
  });
  afterAll(() => receiver.close());

  async function told() {
    await emulator.running.deliveriesSettled();
    return receiver.take();
  }

  const folderOf = (name: string) => {
    const { state } = emulator.running;
    const repository = state.repositories.find(ORG, name);
    return state.repositories.git({ id: Number(repository?.id) }).directory;
  };

  it('are like others, in both APIs', async () => {
    const client = emulator.client('author');
    const { data: page } = await client.repos.listForOrg({
      org: ORG,
      per_page: 100,
      page: 4,
    });
    expect(page).toHaveLength(1);
    const plugin = { owner: ORG, repo: 'plugin-00007' };
    const { data } = await client.repos.get(plugin);
    expect(data).toMatchObject({
      description: 'Filter number 7',
      stargazers_count: 2,
      language: 'Go',
      license: { spdx_id: 'Apache-2.0' },
    });
    const { data: readme } = await client.repos.getReadme(plugin);
    expect(Buffer.from(readme.content, 'base64').toString()).toBe(
      '# Plugin 7\n',
    );
    const { data: listed } = await client.repos.getContent({
      ...plugin,
      path: 'docs/more',
    });
    expect(listed).toMatchObject([{ name: 'deep.md', size: 5 }]);
    const { data: contributors } = await client.repos.listContributors(plugin);
    expect(contributors).toMatchObject([{ login: 'author', contributions: 2 }]);
    const graph = await client.graphql(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Repository {
        stargazerCount
        releases(first: 5) { totalCount nodes { tagName tagCommit { oid committedDate } } }
        refs(refPrefix: "refs/tags/", first: 10, orderBy: { field: TAG_COMMIT_DATE, direction: DESC }) { nodes { name target { ... on Commit { messageHeadline author { email } } } } }
        object(expression: "HEAD:docs") { ... on Tree { entries { name type } } }
        readme: object(expression: "v1.0.0:README.md") { ... on Blob { text } }
      } } }`,
      { ids: [data.node_id] },
    );
    expect(graph).toMatchObject({
      nodes: [
        {
          stargazerCount: 2,
          releases: { totalCount: 2, nodes: [{ tagName: 'v1.0.0' }, {}] },
          refs: {
            nodes: [
              {
                name: 'v1.0.0',
                target: {
                  messageHeadline: 'Release v1.0.0',
                  author: { email: 'author@example.test' },
                },
              },
              { name: 'v0.1.0' },
            ],
          },
          object: { entries: [{ name: 'more', type: 'tree' }] },
          readme: { text: '# Plugin 7\n' },
        },
      ],
    });
    await expect(fs.access(folderOf('plugin-00007'))).rejects.toThrow();
  });

  it('change without a folder of their own, and everybody is told', async () => {
    const { changes } = emulator.running;
    await told();
    const name = `${ORG}/plugin-00002`;
    await changes.star(name, { by: 'contributor' });
    const sha = await changes.push(name, {
      by: 'author',
      files: {
        'README.md': '# Changed\n',
        'docs/new.md': 'new\n',
        LICENSE: undefined,
      },
    });
    const release = await changes.release(name, {
      by: 'author',
      tag: 'v2.0.0',
    });
    await changes.moveTag(name, { by: 'author', tag: 'v1.0.0', to: sha });
    await emulator.running.deliveriesSettled();
    expect(receiver.received[1].payload).toMatchObject({
      forced: false,
      commits: [
        {
          id: sha,
          added: ['docs/new.md'],
          removed: ['LICENSE'],
          modified: ['README.md'],
        },
      ],
    });
    expect(await told()).toEqual([
      'star.created',
      'push',
      'create',
      'push',
      'release.created',
      'release.published',
      'release.released',
      'push',
    ]);
    await expect(fs.access(folderOf('plugin-00002'))).rejects.toThrow();
    const client = emulator.client('author');
    const plugin = { owner: ORG, repo: 'plugin-00002' };
    const { data: tags } = await client.repos.listTags(plugin);
    expect(
      tags.filter(tag => tag.commit.sha === sha).map(tag => tag.name),
    ).toEqual(['v2.0.0', 'v1.0.0']);
    const { data: latest } = await client.repos.getLatestRelease(plugin);
    expect(latest.id).toBe(release.id);
    const { data: files } = await client.repos.getContent({
      ...plugin,
      path: '',
    });
    expect(files).toMatchObject(
      ['README.md', 'catalog-info.yaml', 'docs', 'filter.go'].map(one => ({
        name: one,
      })),
    );
    expect((await client.repos.get(plugin)).data.license).toBeNull();
  });

  it('change silently', async () => {
    const { changes } = emulator.running;
    const name = `${ORG}/plugin-00004`;
    const silently = { silently: true };
    await changes.star(name, { by: 'author' }, silently);
    await changes.push(
      name,
      { by: 'author', files: { 'README.md': 'x' } },
      silently,
    );
    await changes.release(name, { by: 'author', tag: 'v3.0.0' }, silently);
    expect(await told()).toEqual([]);
    const { data } = await emulator
      .client('author')
      .repos.getLatestRelease({ owner: ORG, repo: 'plugin-00004' });
    expect(data.tag_name).toBe('v3.0.0');
    await changes.push(name, { by: 'author', files: { 'README.md': 'y' } });
    expect(await told()).toEqual(['push']);
    // Those that were never planted change in the same way.
    await changes.push(
      `${ORG}/token-auth`,
      { by: 'author', files: { 'README.md': 'z' } },
      silently,
    );
    expect(await told()).toEqual([]);
  });

  it('can be cloned and pushed to', async () => {
    const remote = emulator.url.replace('//', '//author:author-token@');
    const clone = directory.resolve('clone');
    await runGit([
      'clone',
      '--quiet',
      `${remote}/${ORG}/plugin-00009.git`,
      clone,
    ]);
    expect(await fs.readFile(path.join(clone, 'README.md'), 'utf8')).toBe(
      '# Plugin 9\n',
    );
    const git = (...args: string[]) =>
      runGit([
        '-C',
        clone,
        '-c',
        'user.name=a',
        '-c',
        'user.email=a@b.c',
        ...args,
      ]);
    await fs.writeFile(path.join(clone, 'new.txt'), 'new');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'By git');
    await git('push', '--quiet', 'origin', 'HEAD:main');
    const plugin = { owner: ORG, repo: 'plugin-00009' };
    const { data } = await emulator.client('author').repos.getCommit({
      ...plugin,
      ref: 'main',
    });
    expect(data.commit.message).toBe('By git');
    const { data: tags } = await emulator
      .client('author')
      .repos.listTags(plugin);
    expect(tags.map(({ name }) => name)).toEqual(['v1.0.0', 'v0.1.0']);
    await emulator.running.changes.push(`${ORG}/plugin-00009`, {
      by: 'author',
      files: { 'new.txt': 'newer' },
    });
    expect(await told()).toEqual(['push', 'push']);
  });

  it('are there after a restart', async () => {
    const stateDir = directory.resolve('state');
    const first = await startGitHubEmulator({ stateDir, seed: TEST_SEED });
    await first.plant({ ...PLANT, count: 3 });
    const sha = await first.changes.push(`${ORG}/plugin-00001`, {
      by: 'author',
      files: { 'README.md': 'kept' },
    });
    await first.close();
    const second = await startGitHubEmulator({ stateDir, seed: TEST_SEED });
    const git = second.state.repositories.git({
      id: Number(second.state.repositories.find(ORG, 'plugin-00001')?.id),
    });
    expect(await git.resolveCommit('main')).toBe(sha);
    await second.close();
  });
});
