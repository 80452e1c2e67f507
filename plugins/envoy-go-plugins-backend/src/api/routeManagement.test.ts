import {
  type TestBackend,
  createMockDirectory,
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { PluginManagement } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import request from 'supertest';
import envoyGoPluginsPlugin from '..';
import { testUser } from '../testing/factsPortal';
import { PORTAL_TOKEN } from '../testing/gitHubSeed';
import { managementSeed } from '../testing/managementPortal';
import { testPlugin } from '../testing/testPlugin';
import { waitFor } from '../testing/waitFor';
import { createAnswerCheck } from './__testUtils__/describedAnswers';
import { groupMembers } from './__testUtils__/groupMembers';

jest.setTimeout(60_000);

describe('managing plugins over HTTP', () => {
  const directory = createMockDirectory();
  const differs = createAnswerCheck();
  let emulator: GitHubEmulator;
  let portal: TestBackend;

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: managementSeed(['header-tag']),
    });
    portal = await startTestBackend({
      features: [
        envoyGoPluginsPlugin,
        groupMembers,
        mockServices.rootConfig.factory({
          data: {
            envoyGoPlugins: {
              adminTeam: 'group:default/admins',
              github: {
                organization: 'envoy-plugins',
                host: emulator.host,
                webhookSecret: 'secret',
                webhookUrl: 'http://127.0.0.1:9/webhooks',
              },
            },
            integrations: {
              github: [
                {
                  host: emulator.host,
                  apiBaseUrl: emulator.apiBaseUrl,
                  token: PORTAL_TOKEN,
                },
              ],
            },
          },
        }),
        catalogServiceMock.factory({
          entities: [
            testPlugin('header-tag', {
              spec: { owner: 'group:default/gateway' },
              metadata: {
                annotations: {
                  'github.com/project-slug': 'envoy-plugins/header-tag',
                  'backstage.io/managed-by-location': `url:${emulator.url}/envoy-plugins/header-tag/blob/main/catalog-info.yaml`,
                },
              },
            }),
            ...['admin', 'author', 'friend'].map(testUser),
          ],
        }),
      ],
    });
    await waitFor(async () => {
      const { body } = await ask('get', '/management', 'admin');
      if (body.allowedActions?.length !== 5) {
        throw new Error('The marketplace does not know the plugin yet');
      }
    }, 30_000);
  });

  afterAll(async () => {
    await portal.stop();
    await emulator.close();
  });

  async function ask(
    method: 'get' | 'post',
    path: string,
    user: string,
    body?: object,
  ) {
    const full = path.startsWith('/admin')
      ? path
      : `/plugins/default/header-tag${path}`;
    const asked = request(portal.server)
      [method](`/api/envoy-go-plugins${full}`)
      .set(
        'authorization',
        mockCredentials.user.header(`user:default/${user}`),
      );
    const answer = await (method === 'post' ? asked.send(body) : asked);
    expect(
      differs({
        method,
        path: full.split('?')[0],
        status: answer.status,
        body: answer.body,
      }),
    ).toBeUndefined();
    return answer;
  }

  const reason = 'Lets everybody in';

  it('shows each what they may do', async () => {
    const { body: owners } = await ask('get', '/management', 'author');
    expect(owners.allowedActions).toEqual(['deprecate', 'yank', 'rebuild']);
    const { body: others } = await ask('get', '/management', 'friend');
    expect(others).toMatchObject({
      allowedActions: [],
      owner: 'group:default/gateway',
      operations: [],
    });
    expect((await ask('get', '/admin/plugins', 'author')).status).toBe(403);
  });

  it.each([
    ['/owner', 'author', { owner: 'group:default/x', reason }, 403],
    ['/unpublish', 'author', { reason }, 403],
    ['/deprecate', 'friend', { reason }, 403],
    ['/versions/1.0.0/yank', 'friend', { reason }, 403],
    ['/versions/1.0.0/rebuild', 'friend', { reason }, 403],
    ['/operations/1/retry', 'friend', undefined, 404],
    ['/deprecate', 'author', { reason: '  ' }, 400],
    ['/deprecate', 'author', {}, 400],
    ['/deprecate', 'author', { reason, successor: 'header-tag' }, 400],
    ['/versions/9.9.9/yank', 'author', { reason }, 404],
  ])('answers %s of %s with %j', async (path, user, body, status) => {
    const answer = await ask('post', path, user, body);
    expect(answer.status).toBe(status);
  });

  it('yanks a version for its owner, and shows it yanked', async () => {
    const { body, status } = await ask(
      'post',
      '/versions/1.0.0/yank',
      'author',
      { reason },
    );
    expect(status).toBe(200);
    expect(body.operations[0]).toMatchObject({
      action: 'yank',
      version: '1.0.0',
      by: 'user:default/author',
    });
    await waitFor(async () => {
      const { body: now } = await ask('get', '/management', 'author');
      const { operations }: PluginManagement = now;
      expect(operations[0]).toMatchObject({ state: 'done' });
    }, 20_000);
    const { body: releases } = await request(portal.server)
      .get('/api/envoy-go-plugins/plugins/default/header-tag/releases')
      .set('authorization', mockCredentials.user.header('user:default/friend'));
    expect(
      releases.value.find(({ tag }: { tag: string }) => tag === 'v1.0.0')
        .yanked,
    ).toMatchObject({ reason });
    const { body: record } = await request(portal.server)
      .get('/api/envoy-go-plugins/admin/record?action=plugin.yank.done')
      .set('authorization', mockCredentials.user.header('user:default/admin'));
    expect(record.items).toMatchObject([
      {
        before: { yanked: false },
        after: { yanked: true, version: '1.0.0' },
        details: { reason },
      },
    ]);
  });

  it('lists all plugins for administrators', async () => {
    const { body, status } = await ask(
      'get',
      '/admin/plugins?q=header',
      'admin',
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      totalItems: 1,
      items: [{ name: 'header-tag', operations: [] }],
      leaving: [],
    });
    expect(
      (await ask('get', '/admin/plugins?lifecycle=deprecated', 'admin')).body
        .totalItems,
    ).toBe(0);
  });
});
