import type { JsonObject } from '@backstage/types';
import { Octokit } from '@octokit/rest';
import { parse } from 'yaml';
import {
  SCOPES,
  startGitHub,
  type TestGitHub,
} from '../__testUtils__/startGitHub';
import { type Portal, startPortal } from '../__testUtils__/startPortal';

describe('the template "Envoy Go filter"', () => {
  let github: TestGitHub;
  let portal: Portal;
  let author: string;

  beforeAll(async () => {
    github = await startGitHub();
    author = await github.createToken('author', SCOPES);
    const { host, apiBaseUrl, portalToken } = github;
    portal = await startPortal({ host, apiBaseUrl, token: portalToken });
  }, 60_000);

  afterAll(async () => {
    await portal?.stop();
    await github?.close();
  });

  const create = (values: JsonObject, token = author) =>
    portal.create({
      template: 'envoy-go-filter',
      values: {
        name: 'geo-fence',
        description: 'Refuses requests from elsewhere',
        owner: 'group:default/gateway',
        category: 'access',
        repoUrl: `${github.host}?owner=acme&repo=${values.name ?? 'geo-fence'}`,
        ...values,
      },
      token,
    });

  it('makes a repository in the name of the user, and registers it', async () => {
    const task = await create({
      title: 'Geo fence',
      readsBody: true,
      countsMetrics: true,
      configFields: [
        {
          name: 'countries',
          type: 'string[]',
          required: true,
          description: 'Where requests may come from',
        },
      ],
    });
    expect({ status: task.status, log: task.log }).toEqual({
      status: 'completed',
      log: expect.stringContaining('can be created'),
    });
    expect(task.output?.links).toEqual([
      {
        title: 'Repository',
        url: `${github.url}/acme/geo-fence.git`,
        icon: 'github',
      },
      {
        title: 'Open in the catalog',
        icon: 'catalog',
        entityRef: 'envoygoplugin:default/geo-fence',
      },
    ]);
    expect(task.output?.text?.[0].content).toContain(
      `git clone ${github.url}/acme/geo-fence.git\ncd geo-fence\nmake run`,
    );

    await expect(
      portal.entityAppears('envoygoplugin:default/geo-fence'),
    ).resolves.toMatchObject({
      metadata: {
        title: 'Geo fence',
        annotations: { 'github.com/project-slug': 'acme/geo-fence' },
      },
      spec: {
        owner: 'group:default/gateway',
        category: 'access',
        filterName: 'geo-fence',
        config: { schema: { required: ['countries'] } },
      },
    });

    const octokit = new Octokit({ auth: author, baseUrl: github.apiBaseUrl });
    const at = { owner: 'acme', repo: 'geo-fence' };
    const { data: tree } = await octokit.rest.git.getTree({
      ...at,
      tree_sha: 'main',
      recursive: 'true',
    });
    expect(
      tree.tree.filter(({ type }) => type === 'blob').map(({ path }) => path),
    ).toEqual([
      '.github/workflows/ci.yaml',
      '.gitignore',
      'Dockerfile',
      'LICENSE',
      'Makefile',
      'README.md',
      'catalog-info.yaml',
      'cmd/envoy-module/main.go',
      'config.go',
      'config_test.go',
      'envoy-proof.yaml',
      'filter.go',
      'filter_test.go',
      'go.mod',
      'go.sum',
    ]);
    const read = async (path: string) => {
      const { data } = await octokit.rest.repos.getContent({
        ...at,
        path,
        mediaType: { format: 'raw' },
      });
      return String(data);
    };
    expect(await read('go.mod')).toMatch(
      /^module github.com\/acme\/geo-fence\n/,
    );
    expect(await read('filter.go')).toContain('package geofence\n');
    expect(parse(await read('envoy-proof.yaml')).config).toEqual({
      countries: ['example'],
    });
    // A workflow has expressions of its own, which are none of the template's.
    expect(await read('.github/workflows/ci.yaml')).toContain(
      'ENVOY_VERSIONS=${{ matrix.envoy }}',
    );
    const { data: repository } = await octokit.rest.repos.get(at);
    expect(repository).toMatchObject({
      private: false,
      topics: ['envoy', 'envoy-go-plugin'],
      description: 'Refuses requests from elsewhere',
    });
    expect(
      github
        .requests()
        .filter(({ method }) => method === 'POST')
        .map(({ login }) => login),
    ).toEqual(expect.arrayContaining(['author']));
  }, 60_000);

  it.each<[string, JsonObject, string, string]>([
    [
      'a name that the catalog has',
      { repoUrl: 'HOST?owner=acme&repo=another' },
      'The name is taken: the catalog already has a plugin "geo-fence". Choose another name.',
      'acme/another',
    ],
    [
      'a name that is a keyword of Go',
      { name: 'select' },
      'The name "select" would make the Go package "select", which is a keyword of Go; choose another name, such as "select-filter".',
      'acme/select',
    ],
    [
      'an illegal module path',
      { name: 'my-filter', modulePath: 'acme/my filter' },
      '"acme/my filter" is no Go module path',
      'acme/my-filter',
    ],
    [
      'a field that Go could not tell from another',
      {
        name: 'my-filter',
        configFields: [
          { name: 'userId', type: 'string' },
          { name: 'userID', type: 'string' },
        ],
      },
      'Configuration field 2: The names "userId" and "userID" differ only in capitals',
      'acme/my-filter',
    ],
    [
      'an organisation in which the user may create nothing',
      { name: 'my-filter', repoUrl: 'HOST?owner=strict&repo=my-filter' },
      'You (author) may not create a repository in the organisation "strict" on HOST: its members may not create repositories. Choose your own account, or ask one of its owners.',
      'strict/my-filter',
    ],
  ])(
    'refuses %s, and leaves nothing behind',
    async (_, values, sentence, slug) => {
      const withHost = JSON.parse(
        JSON.stringify(values).replaceAll('HOST', github.host),
      );
      const task = await create(withHost);
      expect({ status: task.status, log: task.log }).toEqual({
        status: 'failed',
        log: expect.stringContaining(sentence.replaceAll('HOST', github.host)),
      });
      expect(github.hasRepository(slug)).toBe(false);
    },
    30_000,
  );

  it('refuses a repository that exists, and does not touch it', async () => {
    const task = await create({
      name: 'my-filter',
      repoUrl: `${github.host}?owner=acme&repo=taken`,
    });
    expect(task).toMatchObject({
      status: 'failed',
      log: expect.stringContaining(
        `The name is taken: there is already a repository ${github.url}/acme/taken. Choose another name.`,
      ),
    });
    expect(github.hasRepository('acme/taken')).toBe(true);
  }, 30_000);

  it('removes the repository again when GitHub refuses the push', async () => {
    const { repositories } = github.state;
    const createEmpty = repositories.create.bind(repositories);
    jest
      .spyOn(repositories, 'create')
      .mockImplementationOnce(async repository =>
        repositories.update(await createEmpty(repository), { archived: true }),
      );
    const task = await create({ name: 'half-made' });
    expect({ status: task.status, log: task.log }).toEqual({
      status: 'failed',
      log: expect.stringContaining(
        `The repository ${github.url}/acme/half-made had been created but was still empty; it is removed again.`,
      ),
    });
    expect(github.hasRepository('acme/half-made')).toBe(false);
  }, 30_000);

  it('says how to finish when the repository is complete but cannot be registered', async () => {
    // The portal itself cannot read what is private to a person.
    const task = await create({
      name: 'private-one',
      repoUrl: `${github.host}?owner=author&repo=private-one`,
      visibility: 'private',
    });
    expect({ status: task.status, log: task.log }).toEqual({
      status: 'failed',
      log: expect.stringContaining(
        `To finish, register it at http://localhost:3000/catalog-import with ${github.url}/author/private-one/blob/main/catalog-info.yaml`,
      ),
    });
    expect(github.hasRepository('author/private-one')).toBe(true);
  }, 30_000);

  it('lets a task go on where the portal proves nothing', async () => {
    const task = await create({ name: 'unproven', prove: true });
    expect({ status: task.status, log: task.log }).toEqual({
      status: 'completed',
      log: expect.stringContaining(
        'Not proven: this portal does not build plugins.',
      ),
    });
  }, 30_000);

  it('asks GitHub nothing that GitHub does not know', () => {
    expect(github.violations()).toEqual([]);
  });
});
