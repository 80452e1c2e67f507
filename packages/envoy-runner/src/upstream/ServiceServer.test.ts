import { sendRequest } from '../proof/sendRequest';
import { startServices } from '../proof/startServices';

describe('a service of a proof', () => {
  it('answers by the first rule that matches', async () => {
    const services = await startServices({
      authz: [
        {
          request: { path: '/check', headers: { authorization: 'good' } },
          reply: { headers: { 'x-user': 'me' }, delayMs: 1 },
        },
        {
          request: { method: 'POST', body: { contains: 'please' } },
          reply: { body: 'fine' },
        },
        { request: { path: '/check' }, reply: { status: 403 } },
      ],
    });
    const [{ name, port }] = services.clusters;
    const ask = async (request: Parameters<typeof sendRequest>[0]) =>
      (
        await sendRequest(request, {
          host: '127.0.0.1',
          port,
          timeoutMs: 5000,
          waitUntilRead: async () => {},
        })
      ).reply;
    try {
      expect(name).toBe('authz');
      expect(
        await ask({ path: '/check', headers: { Authorization: 'good' } }),
      ).toMatchObject({ status: 200, headers: { 'x-user': 'me' } });
      expect(await ask({ path: '/check' })).toMatchObject({ status: 403 });
      expect(
        await ask({ path: '/check', method: 'POST', body: 'yes, please' }),
      ).toMatchObject({ status: 200, body: 'fine' });
      expect(await ask({ path: '/other' })).toMatchObject({
        status: 404,
        body: 'No rule matches GET /other',
      });
    } finally {
      await services.stop();
    }
  });

  it('does not keep anybody waiting when it is stopped', async () => {
    const services = await startServices({
      slow: [{ reply: { delayMs: 60_000 } }],
    });
    const reply = sendRequest(
      {},
      {
        host: '127.0.0.1',
        port: services.clusters[0].port,
        timeoutMs: 30_000,
        waitUntilRead: async () => {},
      },
    );
    const stopped = services.stop();
    await expect(reply).rejects.toThrow('no reply');
    await stopped;
  });
});
