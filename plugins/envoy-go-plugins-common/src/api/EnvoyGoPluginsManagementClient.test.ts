import { EnvoyGoPluginsManagementClient } from './EnvoyGoPluginsManagementClient';

describe('EnvoyGoPluginsManagementClient', () => {
  const requests: { method?: string; url: string; body?: unknown }[] = [];
  let status = 200;
  const client = new EnvoyGoPluginsManagementClient({
    discoveryApi: {
      getBaseUrl: async plugin => `http://portal/api/${plugin}`,
    },
    fetchApi: {
      fetch: async (input, init) => {
        requests.push({
          method: init?.method,
          url: String(input).replace('http://portal/api/envoy-go-plugins', ''),
          ...(typeof init?.body === 'string' && {
            body: JSON.parse(init.body),
          }),
        });
        return new Response(
          JSON.stringify(
            status === 200
              ? { operations: [] }
              : {
                  error: { name: 'NotAllowedError', message: 'You may not' },
                  response: { statusCode: 403 },
                },
          ),
          { status, headers: { 'content-type': 'application/json' } },
        );
      },
    },
  });
  const plugin = { namespace: 'default', name: 'a/b' };
  const reason = 'Because';

  beforeEach(() => {
    requests.length = 0;
    status = 200;
  });

  it('asks what may be done, and for all plugins', async () => {
    expect(await client.getManagement(plugin)).toEqual({ operations: [] });
    await client.listManagedPlugins({
      text: 'auth',
      lifecycle: ['deprecated', 'production'],
      limit: 25,
    });
    expect(requests).toEqual([
      { method: 'GET', url: '/plugins/default/a%2Fb/management' },
      {
        method: 'GET',
        url: '/admin/plugins?q=auth&lifecycle=deprecated&lifecycle=production&limit=25',
      },
    ]);
  });

  it('does what is asked, with the reason in the body and the rest in the address', async () => {
    await client.changeOwner({ ...plugin, owner: 'group:default/a', reason });
    await client.deprecate({ ...plugin, reason });
    await client.yankVersion({ ...plugin, version: '1.0.0+a/b', reason });
    await client.rebuildVersion({ ...plugin, version: '1.0.0', reason });
    await client.unpublish({ ...plugin, to: 'jo', reason });
    await client.retryOperation({ ...plugin, id: 'x' });
    const at = (path: string) => `/plugins/default/a%2Fb${path}`;
    expect(requests).toEqual([
      {
        method: 'POST',
        url: at('/owner'),
        body: { owner: 'group:default/a', reason },
      },
      { method: 'POST', url: at('/deprecate'), body: { reason } },
      {
        method: 'POST',
        url: at('/versions/1.0.0%2Ba%2Fb/yank'),
        body: { reason },
      },
      { method: 'POST', url: at('/versions/1.0.0/rebuild'), body: { reason } },
      { method: 'POST', url: at('/unpublish'), body: { to: 'jo', reason } },
      { method: 'POST', url: at('/operations/x/retry') },
    ]);
  });

  it('says what the backend refused', async () => {
    status = 403;
    await expect(client.deprecate({ ...plugin, reason })).rejects.toThrow(
      expect.objectContaining({
        name: 'ResponseError',
        statusCode: 403,
        body: expect.objectContaining({
          error: expect.objectContaining({ message: 'You may not' }),
        }),
      }),
    );
  });
});
