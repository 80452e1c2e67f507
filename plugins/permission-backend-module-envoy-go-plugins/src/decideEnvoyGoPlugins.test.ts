import { mockCredentials } from '@backstage/backend-test-utils';
import { catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import {
  AuthorizeResult,
  createPermission,
} from '@backstage/plugin-permission-common';
import type { PolicyQueryUser } from '@backstage/plugin-permission-node';
import {
  envoyGoPluginsAdministerPermission,
  envoyGoPluginsManagePermission,
  envoyGoPluginsParticipatePermission,
  envoyGoPluginsReadPermission,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type EnvoyGoPluginsDecisionOptions,
  decideEnvoyGoPlugins,
} from './decideEnvoyGoPlugins';
import { EnvoyGoPluginsPolicy } from './EnvoyGoPluginsPolicy';

const { ALLOW, DENY, CONDITIONAL } = AuthorizeResult;

function user(userEntityRef: string, ...groups: string[]): PolicyQueryUser {
  return {
    credentials: mockCredentials.user(userEntityRef),
    info: {
      userEntityRef,
      ownershipEntityRefs: [userEntityRef, ...groups],
    },
  };
}

const GUEST = user('user:development/guest');
const AUTHOR = user('user:default/author', 'group:default/gateway');
const ADMIN = user('user:default/admin', 'group:default/Admins');
const GUEST_ADMIN = user('user:development/guest', 'group:default/admins');

const options: EnvoyGoPluginsDecisionOptions = {
  adminTeam: 'group:default/admins',
  people: { isOnGitHub: async ref => ref.startsWith('user:default/') },
  hidden: { hiddenFrom: async () => [] },
};

describe('decideEnvoyGoPlugins', () => {
  it.each([
    [envoyGoPluginsReadPermission, [ALLOW, ALLOW, ALLOW, ALLOW, ALLOW]],
    [envoyGoPluginsParticipatePermission, [DENY, DENY, ALLOW, ALLOW, DENY]],
    [envoyGoPluginsManagePermission, [DENY, DENY, ALLOW, ALLOW, DENY]],
    [envoyGoPluginsAdministerPermission, [DENY, DENY, DENY, ALLOW, DENY]],
  ])('decides %j', async (permission, results) => {
    const everybody = [undefined, GUEST, AUTHOR, ADMIN, GUEST_ADMIN];
    const decisions = await Promise.all(
      everybody.map(one => decideEnvoyGoPlugins({ permission }, one, options)),
    );
    expect(decisions.map(decision => decision?.result)).toEqual(results);
  });

  it('lets nobody administer where no team is named', async () => {
    await expect(
      decideEnvoyGoPlugins(
        { permission: envoyGoPluginsAdministerPermission },
        ADMIN,
        { ...options, adminTeam: undefined },
      ),
    ).resolves.toEqual({ result: DENY });
  });

  it('has nothing to say about the rest', async () => {
    const permission = createPermission({
      name: 'other.create',
      attributes: { action: 'create' },
    });
    await expect(
      decideEnvoyGoPlugins({ permission }, GUEST, options),
    ).resolves.toBeUndefined();
    await expect(
      decideEnvoyGoPlugins(
        { permission: catalogEntityReadPermission },
        GUEST,
        options,
      ),
    ).resolves.toBeUndefined();
  });

  it('hides what it is told of, and leaves the rest of the catalog', async () => {
    const asked: unknown[] = [];
    const decision = await decideEnvoyGoPlugins(
      { permission: catalogEntityReadPermission },
      AUTHOR,
      {
        ...options,
        hidden: {
          hiddenFrom: async ref => {
            asked.push(ref);
            return [
              'envoygoplugin:default/secret',
              'envoygoplugin:edge/other',
              'envoygoplugin:default/third',
            ];
          },
        },
      },
    );
    expect(asked).toEqual(['user:default/author']);
    const named = (namespace: string, names: string[]) => ({
      allOf: [
        expect.objectContaining({
          rule: 'HAS_METADATA',
          params: { key: 'namespace', value: namespace },
        }),
        expect.objectContaining({ rule: 'IS_NAMED', params: { names } }),
      ],
    });
    expect(decision).toMatchObject({
      result: CONDITIONAL,
      pluginId: 'catalog',
      conditions: {
        not: {
          allOf: [
            { rule: 'IS_ENTITY_KIND', params: { kinds: ['EnvoyGoPlugin'] } },
            {
              anyOf: [
                named('default', ['secret', 'third']),
                named('edge', ['other']),
              ],
            },
          ],
        },
      },
    });
  });

  it('hides all plugins, and nothing else, where it cannot be found out', async () => {
    await expect(
      decideEnvoyGoPlugins(
        { permission: catalogEntityReadPermission },
        AUTHOR,
        { ...options, hidden: { hiddenFrom: async () => 'all' } },
      ),
    ).resolves.toMatchObject({
      conditions: {
        not: { rule: 'IS_ENTITY_KIND', params: { kinds: ['EnvoyGoPlugin'] } },
      },
    });
  });
});

describe('EnvoyGoPluginsPolicy', () => {
  const policy = new EnvoyGoPluginsPolicy(options);

  it.each([
    ['create', DENY, ALLOW],
    ['update', DENY, ALLOW],
    ['delete', DENY, ALLOW],
    [undefined, DENY, ALLOW],
    ['read', ALLOW, ALLOW],
  ] as const)('lets guests and people %s', async (action, guest, person) => {
    const permission = createPermission({
      name: 'other.thing',
      attributes: { action },
    });
    await expect(policy.handle({ permission }, GUEST)).resolves.toEqual({
      result: guest,
    });
    await expect(policy.handle({ permission })).resolves.toEqual({
      result: guest,
    });
    await expect(policy.handle({ permission }, AUTHOR)).resolves.toEqual({
      result: person,
    });
  });

  it('lets only the admin team administer', async () => {
    const permission = envoyGoPluginsAdministerPermission;
    await expect(policy.handle({ permission }, AUTHOR)).resolves.toEqual({
      result: DENY,
    });
    await expect(policy.handle({ permission }, ADMIN)).resolves.toEqual({
      result: ALLOW,
    });
  });
});
