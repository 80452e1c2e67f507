import { Octokit } from '@octokit/rest';
import { resolve } from 'node:path';
import {
  SCOPES,
  startGitHub,
  type TestGitHub,
} from '../__testUtils__/startGitHub';
import { type Portal, startPortal } from '../__testUtils__/startPortal';

const TOKEN_AUTH = resolve(
  __dirname,
  '../../../../examples/plugins/token-auth',
);

describe('the template "Envoy Go filter from an example"', () => {
  let github: TestGitHub;
  let portal: Portal;
  let token: string;

  beforeAll(async () => {
    github = await startGitHub([
      {
        owner: 'acme',
        name: 'token-auth',
        author: 'admin',
        directory: TOKEN_AUTH,
      },
    ]);
    token = await github.createToken('author', SCOPES);
    const { host, apiBaseUrl, portalToken } = github;
    portal = await startPortal({ host, apiBaseUrl, token: portalToken });
    await portal.register(
      `${github.url}/acme/token-auth/blob/main/catalog-info.yaml`,
    );
    await portal.entityAppears('envoygoplugin:default/token-auth');
  }, 60_000);

  afterAll(async () => {
    await portal?.stop();
    await github?.close();
  });

  const create = (example: string, name: string) =>
    portal.create({
      template: 'envoy-go-filter-from-example',
      values: {
        example,
        name,
        description: 'Lets requests with a known key pass',
        owner: 'user:default/author',
        repoUrl: `${github.host}?owner=author&repo=${name}`,
      },
      token,
    });

  it('makes a plugin of its own out of token-auth', async () => {
    const task = await create('envoygoplugin:default/token-auth', 'api-key');
    expect({ status: task.status, log: task.log }).toEqual({
      status: 'completed',
      log: expect.stringContaining('Renamed token-auth to api-key in'),
    });
    expect(task.output?.text?.[0].content).toContain(
      'Created from token-auth.',
    );
    await expect(
      portal.entityAppears('envoygoplugin:default/api-key'),
    ).resolves.toMatchObject({
      metadata: {
        title: 'api-key',
        description: 'Lets requests with a known key pass',
        annotations: { 'github.com/project-slug': 'author/api-key' },
      },
      spec: {
        owner: 'user:default/author',
        lifecycle: 'experimental',
        filterName: 'api-key',
      },
    });
    const octokit = new Octokit({ auth: token, baseUrl: github.apiBaseUrl });
    const { data } = await octokit.rest.repos.getContent({
      owner: 'author',
      repo: 'api-key',
      path: 'cmd/envoy-module/main.go',
      mediaType: { format: 'raw' },
    });
    expect(String(data)).toContain('_ "github.com/author/api-key"');
    await expect(
      octokit.rest.licenses.getForRepo({ owner: 'author', repo: 'api-key' }),
    ).resolves.toMatchObject({ data: { license: { spdx_id: 'Apache-2.0' } } });
  }, 60_000);

  it('says so when there is no such example, and leaves nothing behind', async () => {
    const task = await create('envoygoplugin:default/never', 'my-filter');
    expect({ status: task.status, log: task.log }).toEqual({
      status: 'failed',
      log: expect.stringContaining(
        'Entity envoygoplugin:default/never not found',
      ),
    });
    expect(github.hasRepository('author/my-filter')).toBe(false);
  }, 30_000);
});
