import { X509Certificate } from 'node:crypto';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { decodeJwt } from 'jose';
import request from 'supertest';
import envoyGoPluginsPlugin from '../index';
import { BACKEND, NOTIFICATION_SECRET } from './__testUtils__/startTokenPortal';

jest.setTimeout(60_000);

describe('the registry of a portal', () => {
  async function start(registry: object) {
    const { server } = await startTestBackend({
      features: [
        envoyGoPluginsPlugin,
        catalogServiceMock.factory({ entities: [] }),
        mockServices.rootConfig.factory({
          data: {
            envoyGoPlugins: {
              registry,
              // Nothing is to be installed for a test
              tools: { crane: process.execPath },
            },
          },
        }),
      ],
    });
    return request(server);
  }

  it('gets tokens, certificates and somebody to tell, without signing in', async () => {
    const portal = await start({
      repository: 'localhost:1/plugins',
      ...BACKEND,
      tokenServer: {},
      notifications: { secret: NOTIFICATION_SECRET },
    });
    const path = '/api/envoy-go-plugins/registry';
    const answer = await portal
      .get(`${path}/token`)
      .query({
        service: 'localhost:1',
        scope: 'repository:plugins/header-auth:pull,push',
      })
      .auth(BACKEND.username, BACKEND.password);
    expect(answer.status).toBe(200);
    expect(decodeJwt(answer.body.token)).toMatchObject({
      iss: 'envoy-go-plugins',
      access: [{ name: 'plugins/header-auth', actions: ['pull', 'push'] }],
    });
    const { text } = await portal.get(`${path}/certificates`);
    expect(new X509Certificate(text).subject).toBe('CN=envoy-go-plugins');

    const refused = await portal.get(`${path}/token?service=elsewhere`);
    expect(refused.status).toBe(400);
    expect(refused.body.error.message).toMatch(/auth\.token\.service/);

    await portal.post(`${path}/events`).expect(401);
    await portal
      .post(`${path}/events`)
      .set('authorization', `Bearer ${NOTIFICATION_SECRET}`)
      .set('content-type', 'application/vnd.docker.distribution.events.v1+json')
      .send('{"events":[]}')
      .expect(202);
  });

  it('is on its own where nothing of that is configured', async () => {
    const portal = await start({ repository: 'localhost:1/plugins' });
    for (const path of ['token', 'certificates', 'events']) {
      const answer = await portal.get(`/api/envoy-go-plugins/registry/${path}`);
      expect(answer.status).toBe(404);
    }
  });
});
