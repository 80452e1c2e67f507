import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { EnvoyGoPluginsAdministrationClient } from './EnvoyGoPluginsAdministrationClient';
import { gitHubTokenProblem } from './gitHubTokenProblem';

describe('EnvoyGoPluginsAdministrationClient', () => {
  let server: Server;
  let requests: { line: string; token?: unknown; body?: unknown }[];
  let answer: { status: number; body?: unknown };
  let client: EnvoyGoPluginsAdministrationClient;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const body = await text(request);
      requests.push({
        line: `${request.method} ${request.url}`,
        token: request.headers['x-github-token'],
        ...(body && { body: JSON.parse(body) }),
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(
        answer.body === undefined ? '' : JSON.stringify(answer.body),
      );
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    client = new EnvoyGoPluginsAdministrationClient({
      discoveryApi: {
        getBaseUrl: async pluginId => `http://127.0.0.1:${port}/${pluginId}`,
      },
      fetchApi: { fetch },
    });
  });

  afterAll(async () => {
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  beforeEach(() => {
    requests = [];
    answer = { status: 200, body: [] };
  });

  it('asks for deliveries, the webhooks, the budget and the record', async () => {
    await client.listDeliveries({
      text: 'token auth',
      event: ['push', 'release'],
      state: ['dead'],
      repository: 'envoy-plugins/token-auth',
      from: '2026-01-01T00:00:00Z',
      limit: 25,
    });
    await client.getDelivery('a/b');
    await client.getWebhooks();
    await client.getGitHubBudgets();
    await client.listRecord({ actor: 'user:default/admin', offset: 0 });
    expect(requests.map(({ line }) => line)).toEqual([
      'GET /envoy-go-plugins/admin/deliveries?q=token+auth&event=push&event=release&state=dead&repository=envoy-plugins%2Ftoken-auth&from=2026-01-01T00%3A00%3A00Z&limit=25',
      'GET /envoy-go-plugins/admin/deliveries/a%2Fb',
      'GET /envoy-go-plugins/admin/webhooks',
      'GET /envoy-go-plugins/admin/github/budgets',
      'GET /envoy-go-plugins/admin/record?actor=user%3Adefault%2Fadmin&offset=0',
    ]);
    expect(requests.every(({ token }) => token === undefined)).toBe(true);
  });

  it('replays and reconciles', async () => {
    await client.replayDeliveries({ deliveryIds: ['d-1'] });
    await client.reconcileWebhooks();
    expect(requests).toEqual([
      {
        line: 'POST /envoy-go-plugins/admin/deliveries/replay',
        body: { deliveryIds: ['d-1'] },
      },
      { line: 'POST /envoy-go-plugins/admin/webhooks/reconcile' },
    ]);
  });

  it('changes members, teams and invitations with the token of whoever does it', async () => {
    answer = { status: 204 };
    const gitHubToken = 'own';
    await client.setMemberRole({ login: 'jo', role: 'admin', gitHubToken });
    await client.removeMember({ login: 'jo', gitHubToken });
    await client.invite({ invitee: 'mo', role: 'member', gitHubToken });
    await client.cancelInvitation({ id: 7, gitHubToken });
    await client.setTeamMember({
      slug: 'gate way',
      login: 'jo',
      role: 'maintainer',
      gitHubToken,
    });
    await client.removeTeamMember({ slug: 'a', login: 'jo', gitHubToken });
    const admin = '/envoy-go-plugins/admin';
    expect(requests).toEqual([
      {
        line: `PUT ${admin}/members/jo`,
        token: 'own',
        body: { role: 'admin' },
      },
      { line: `DELETE ${admin}/members/jo`, token: 'own' },
      {
        line: `POST ${admin}/invitations`,
        token: 'own',
        body: { invitee: 'mo', role: 'member' },
      },
      { line: `DELETE ${admin}/invitations/7`, token: 'own' },
      {
        line: `PUT ${admin}/teams/gate%20way/members/jo`,
        token: 'own',
        body: { role: 'maintainer' },
      },
      { line: `DELETE ${admin}/teams/a/members/jo`, token: 'own' },
    ]);
  });

  it('lists members, invitations and teams', async () => {
    await client.listMembers({ text: 'jo', role: 'admin', team: 'gateway' });
    await client.listInvitations();
    await client.listTeams();
    expect(requests.map(({ line }) => line)).toEqual([
      'GET /envoy-go-plugins/admin/members?q=jo&role=admin&team=gateway',
      'GET /envoy-go-plugins/admin/invitations',
      'GET /envoy-go-plugins/admin/teams',
    ]);
  });

  it('tells when another token is needed, and what it needs', async () => {
    answer = {
      status: 403,
      body: {
        error: {
          name: 'InsufficientGitHubScopesError',
          message: 'Your token lacks admin:org',
          neededScopes: ['admin:org'],
        },
        response: { statusCode: 403 },
      },
    };
    const failure = await client
      .removeMember({ login: 'jo', gitHubToken: 'own' })
      .catch(error => error);
    expect(gitHubTokenProblem(failure)).toEqual({
      message: 'Your token lacks admin:org',
      neededScopes: ['admin:org'],
    });

    answer = {
      status: 401,
      body: {
        error: { name: 'GitHubTokenError', message: 'It expired' },
        response: { statusCode: 401 },
      },
    };
    const expired = await client
      .removeMember({ login: 'jo', gitHubToken: 'own' })
      .catch(error => error);
    expect(gitHubTokenProblem(expired)).toEqual({
      message: 'It expired',
      neededScopes: [],
    });
  });

  it('does not take other failures for a problem of the token', async () => {
    answer = {
      status: 403,
      body: {
        error: { name: 'NotAllowedError', message: 'No' },
        response: { statusCode: 403 },
      },
    };
    const failure = await client.getWebhooks().catch(error => error);
    expect(failure.cause.name).toBe('NotAllowedError');
    expect(gitHubTokenProblem(failure)).toBeUndefined();
    expect(gitHubTokenProblem(undefined)).toBeUndefined();
  });
});
