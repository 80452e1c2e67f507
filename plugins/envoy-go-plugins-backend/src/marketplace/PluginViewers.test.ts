import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { PluginViewers } from './PluginViewers';

describe('PluginViewers', () => {
  const user = (name: string, annotations: Record<string, string> = {}) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name, namespace: 'default', annotations },
    spec: {},
  });

  function setUp() {
    const clock = { now: new Date('2026-11-22T14:02:10Z') };
    const catalog = catalogServiceMock({
      entities: [
        user('jo', { 'github.com/user-login': 'Jo-Doe' }),
        user('sam', {
          'github.com/user-login': 'sam',
          'backstage.io/managed-by-origin-location':
            'url:https://github.com/orgs/acme/people',
        }),
        user('kim', {
          'github.com/user-login': 'kim',
          'backstage.io/managed-by-location': 'url:https://example.org/kim',
        }),
        user('guest'),
      ],
    });
    const getEntityByRef = jest.spyOn(catalog, 'getEntityByRef');
    const logger = mockServices.logger.mock();
    const viewers = new PluginViewers({
      auth: mockServices.auth(),
      catalog,
      logger,
      integrates: host => /^(github\.com|ghe\.acme\.org)$/.test(host),
      defaultHost: 'ghe.acme.org',
      now: () => clock.now,
    });
    return { viewers, getEntityByRef, clock, logger };
  }

  it('knows people by their login, on the GitHub that they come from', async () => {
    const { viewers } = setUp();
    await expect(
      viewers.viewerOf(mockCredentials.user('user:default/jo')),
    ).resolves.toEqual({ host: 'ghe.acme.org', login: 'jo-doe' });
    await expect(viewers.viewerOf('user:default/sam')).resolves.toEqual({
      host: 'github.com',
      login: 'sam',
    });
    await expect(viewers.viewerOf('user:default/kim')).resolves.toMatchObject({
      host: 'ghe.acme.org',
    });
  });

  it('knows nobody else', async () => {
    const { viewers } = setUp();
    for (const asking of [
      mockCredentials.service(),
      mockCredentials.none(),
      mockCredentials.user('user:default/guest'),
      'user:default/unknown',
    ]) {
      await expect(viewers.viewerOf(asking)).resolves.toBeUndefined();
    }
  });

  it('asks the catalog now and then only, and again after it did not answer', async () => {
    const { viewers, getEntityByRef, clock, logger } = setUp();
    getEntityByRef.mockRejectedValueOnce(new Error('connect ECONNREFUSED'));
    await expect(viewers.viewerOf('user:default/jo')).resolves.toBeUndefined();
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('user:default/jo sees only what is public'),
    );
    for (let times = 0; times < 3; times++) {
      await expect(viewers.viewerOf('user:default/jo')).resolves.toBeDefined();
    }
    expect(getEntityByRef).toHaveBeenCalledTimes(2);
    clock.now = new Date(clock.now.getTime() + 31_000);
    await viewers.viewerOf('user:default/jo');
    expect(getEntityByRef).toHaveBeenCalledTimes(3);
  });
});
