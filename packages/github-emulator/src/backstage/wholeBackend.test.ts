import { setTimeout } from 'node:timers/promises';
import {
  mockServices,
  startTestBackend,
  TestBackend,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import catalogBackend from '@backstage/plugin-catalog-backend';
import catalogModuleGithub from '@backstage/plugin-catalog-backend-module-github';
import catalogModuleGithubOrg from '@backstage/plugin-catalog-backend-module-github-org';
import authBackend from '@backstage/plugin-auth-backend';
import authModuleGithubProvider from '@backstage/plugin-auth-backend-module-github-provider';
import { setupTestEmulator } from '../__testUtils__/setupTestEmulator';

/** Follows redirects by hand, keeping cookies as a browser does for each host. */
class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        ...Object.fromEntries(new Headers(init.headers)),
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair] = cookie.split(';');
      const [name, ...value] = pair.split('=');
      jar.set(name, value.join('='));
    }
    return response;
  }

  /** Opens a page, chooses an account on the emulator's, and returns what the last redirect leads to. */
  async signIn(start: string, login: string): Promise<Response> {
    const asked = await this.open(start);
    const authorize = asked.headers.get('location') ?? '';
    const page = await (await this.open(authorize)).text();
    const fields = new URLSearchParams();
    for (const [, name, value] of page.matchAll(
      /<input type="hidden" name="([^"]*)" value="([^"]*)">/g,
    )) {
      fields.set(name, value.replace(/&amp;/g, '&'));
    }
    fields.set('login', login);
    const chosen = await this.open(
      new URL('/login/oauth/authorize', authorize).toString(),
      { method: 'POST', body: fields },
    );
    return await this.open(chosen.headers.get('location') ?? '');
  }
}

describe('the unchanged Backstage backend', () => {
  const emulator = setupTestEmulator();
  let backend: TestBackend;
  let base: string;

  beforeAll(async () => {
    const { host, url, apiBaseUrl } = emulator.running;
    const schedule = {
      frequency: { minutes: 30 },
      timeout: { minutes: 3 },
    };
    backend = await startTestBackend({
      features: [
        catalogBackend,
        catalogModuleGithub,
        catalogModuleGithubOrg,
        authBackend,
        authModuleGithubProvider,
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'http://localhost:3000' },
            backend: {
              baseUrl: 'http://localhost:7007',
              reading: { allow: [{ host }] },
            },
            integrations: {
              github: [{ host, apiBaseUrl, token: 'bot-token' }],
            },
            auth: {
              environment: 'development',
              providers: {
                github: {
                  development: {
                    clientId: 'portal-id',
                    clientSecret: 'portal-secret',
                    enterpriseInstanceUrl: url,
                    signIn: {
                      resolvers: [
                        { resolver: 'usernameMatchingUserEntityName' },
                      ],
                    },
                  },
                },
              },
            },
            catalog: {
              orphanStrategy: 'keep',
              processingInterval: { seconds: 1 },
              providers: {
                github: {
                  plugins: { organization: 'envoy-plugins', host, schedule },
                },
                githubOrg: {
                  id: 'local',
                  githubUrl: url,
                  orgs: ['envoy-plugins'],
                  schedule,
                },
              },
            },
          },
        }),
      ],
    });
    base = `http://localhost:${backend.server.port()}`;
  }, 60_000);

  afterAll(async () => {
    await backend.stop();
  });

  async function entities(filter: string): Promise<Entity[]> {
    const response = await fetch(
      `${base}/api/catalog/entities?filter=${filter}`,
      {
        headers: {
          authorization: `Bearer mock-user-token`,
        },
      },
    );
    return await response.json();
  }

  /** Waits until the catalog has something. */
  async function eventually(
    filter: string,
    found: (list: Entity[]) => boolean,
  ): Promise<Entity[]> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const list = await entities(filter);
      if (found(list)) {
        return list;
      }
      if (Date.now() > deadline) {
        throw new Error(`The catalog has ${JSON.stringify(list)}`);
      }
      await setTimeout(100);
    }
  }

  it('ingests people and teams with its organisation provider', async () => {
    const groups = await eventually('kind=group', list => list.length >= 3);
    expect(groups.map(({ metadata }) => metadata.name).sort()).toEqual([
      'admins',
      'edge',
      'gateway',
    ]);
    const users = await eventually('kind=user', list => list.length >= 4);
    expect(users.map(({ metadata }) => metadata.name).sort()).toEqual([
      'admin',
      'author',
      'contributor',
      'portal-bot',
    ]);
    const [author] = users.filter(({ metadata }) => metadata.name === 'author');
    expect(author.spec).toMatchObject({
      profile: { displayName: 'Amir Author', email: 'author@example.test' },
      memberOf: ['gateway'],
    });
    const [edge] = groups.filter(({ metadata }) => metadata.name === 'edge');
    expect(edge.spec).toMatchObject({ parent: 'gateway' });
  }, 40_000);

  it('ingests catalog-info.yaml files with its entity provider', async () => {
    const [component] = await eventually(
      'kind=component',
      list => list.length === 1,
    );
    expect(component.metadata).toMatchObject({
      name: 'token-auth',
      annotations: {
        'backstage.io/managed-by-location': `url:${emulator.url}/envoy-plugins/token-auth/tree/main/catalog-info.yaml`,
      },
    });
  }, 40_000);

  it('signs people in through the authorize page', async () => {
    await eventually('kind=user', list => list.length >= 4);
    const browser = new Browser();
    const done = await browser.signIn(
      `${base}/api/auth/github/start?env=development&scope=read:user,repo&origin=http://localhost:3000`,
      'author',
    );
    expect(done.status).toBe(200);
    const message = decodeURIComponent(
      /decodeURIComponent\('([^']*)'\)/.exec(await done.text())?.[1] ?? '{}',
    );
    const answer = JSON.parse(message);
    expect(answer).toMatchObject({
      type: 'authorization_response',
      response: {
        profile: { email: 'author@example.test', displayName: 'Amir Author' },
        providerInfo: {
          accessToken: expect.stringMatching(/^gho_/),
          scope: 'read:user repo',
        },
        backstageIdentity: {
          identity: { userEntityRef: 'user:default/author' },
        },
      },
    });
    const refreshed = await browser.open(
      `${base}/api/auth/github/refresh?env=development&scope=read:user`,
      { headers: { 'x-requested-with': 'XMLHttpRequest' } },
    );
    expect(await refreshed.json()).toMatchObject({
      backstageIdentity: {
        identity: { userEntityRef: 'user:default/author' },
      },
    });
  }, 40_000);

  it('finds the description of a repository from its address alone', async () => {
    const response = await fetch(`${base}/api/catalog/analyze-location`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer mock-user-token',
      },
      body: JSON.stringify({
        location: {
          type: 'url',
          target: `${emulator.url}/envoy-plugins/token-auth`,
        },
      }),
    });
    const { existingEntityFiles } = await response.json();
    expect(existingEntityFiles).toContainEqual(
      expect.objectContaining({
        location: {
          type: 'url',
          target: `${emulator.url}/envoy-plugins/token-auth/blob/main/catalog-info.yaml`,
        },
        entity: expect.objectContaining({
          kind: 'Component',
          metadata: expect.objectContaining({ name: 'token-auth' }),
        }),
      }),
    );
  }, 40_000);
});
