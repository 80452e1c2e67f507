import { parseEntityRef } from '@backstage/catalog-model';
import {
  catalogConditions,
  createCatalogConditionalDecision,
} from '@backstage/plugin-catalog-backend/alpha';
import { RESOURCE_TYPE_CATALOG_ENTITY } from '@backstage/plugin-catalog-common/alpha';
import {
  AuthorizeResult,
  type PermissionCondition,
  type PermissionCriteria,
  type PolicyDecision,
  type ResourcePermission,
  isPermission,
  isResourcePermission,
} from '@backstage/plugin-permission-common';
import type {
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import { isNamed } from '@envoy-go/backstage-plugin-catalog-backend-module-envoy-go-plugins';
import {
  ENVOY_GO_PLUGIN_KIND,
  envoyGoPluginsAdministerPermission,
  envoyGoPluginsManagePermission,
  envoyGoPluginsParticipatePermission,
  envoyGoPluginsPublishPermission,
  envoyGoPluginsReadPermission,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PeopleReader } from './GitHubPeople';
import type { HiddenPluginsReader, PluginsToHide } from './HiddenPluginsClient';

/**
 * What {@link decideEnvoyGoPlugins} needs to know.
 *
 * @public
 */
export interface EnvoyGoPluginsDecisionOptions {
  /** Entity ref of the group whose members are the administrators; without it nobody is. */
  adminTeam: string | undefined;
  /** Tells guests from people. */
  people: PeopleReader;
  /** Which plugins are hidden from whom. */
  hidden: HiddenPluginsReader;
}

/**
 * Decides what concerns Envoy Go plugins, for portals that have a policy of their own:
 *
 * - everybody sees the marketplace, guests too;
 * - whoever the catalog knows a login on GitHub of does things in their own name, and manages
 *   the plugins that they own, which the backend looks at;
 * - members of the admin team administer;
 * - nobody sees plugins in the catalog (and so in the search) that are in private
 *   repositories which GitHub does not show them.
 *
 * @returns `undefined` for what it has nothing to say about: the portal's policy decides
 * @public
 */
export async function decideEnvoyGoPlugins(
  request: PolicyQuery,
  user: PolicyQueryUser | undefined,
  options: EnvoyGoPluginsDecisionOptions,
): Promise<PolicyDecision | undefined> {
  const { permission } = request;
  if (isPermission(permission, envoyGoPluginsReadPermission)) {
    return { result: AuthorizeResult.ALLOW };
  }
  if (
    isPermission(permission, envoyGoPluginsParticipatePermission) ||
    isPermission(permission, envoyGoPluginsManagePermission) ||
    isPermission(permission, envoyGoPluginsPublishPermission)
  ) {
    return allowIf(await isPerson(user, options.people));
  }
  if (isPermission(permission, envoyGoPluginsAdministerPermission)) {
    return allowIf(
      isMember(user, options.adminTeam) &&
        (await isPerson(user, options.people)),
    );
  }
  if (isResourcePermission(permission, RESOURCE_TYPE_CATALOG_ENTITY)) {
    return hide(
      permission,
      await options.hidden.hiddenFrom(user?.info.userEntityRef),
    );
  }
  return undefined;
}

/** Whether somebody is signed in of whom the catalog knows who that is on GitHub. */
export async function isPerson(
  user: PolicyQueryUser | undefined,
  people: PeopleReader,
): Promise<boolean> {
  return user !== undefined && people.isOnGitHub(user.info.userEntityRef);
}

function isMember(
  user: PolicyQueryUser | undefined,
  group: string | undefined,
): boolean {
  return (
    group !== undefined &&
    (user?.info.ownershipEntityRefs ?? []).some(
      ref => lower(ref) === lower(group),
    )
  );
}

function allowIf(condition: boolean): PolicyDecision {
  return {
    result: condition ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
  };
}

function hide(
  permission: ResourcePermission<typeof RESOURCE_TYPE_CATALOG_ENTITY>,
  plugins: PluginsToHide,
): PolicyDecision | undefined {
  if (plugins.length === 0) {
    return undefined;
  }
  const isPlugin = catalogConditions.isEntityKind({
    kinds: [ENVOY_GO_PLUGIN_KIND],
  });
  return createCatalogConditionalDecision(permission, {
    not:
      plugins === 'all'
        ? isPlugin
        : { allOf: [isPlugin, { anyOf: oneOf(plugins) }] },
  });
}

type CatalogCriteria = PermissionCriteria<
  PermissionCondition<typeof RESOURCE_TYPE_CATALOG_ENTITY>
>;

function oneOf(entityRefs: string[]): [CatalogCriteria, ...CatalogCriteria[]] {
  const names = new Map<string, string[]>();
  for (const entityRef of entityRefs) {
    const { namespace, name } = parseEntityRef(entityRef);
    names.set(namespace, [...(names.get(namespace) ?? []), name]);
  }
  const [first, ...rest] = [...names].map(
    ([namespace, some]): CatalogCriteria => ({
      allOf: [
        catalogConditions.hasMetadata({ key: 'namespace', value: namespace }),
        isNamed({ names: some }),
      ],
    }),
  );
  return [first, ...rest];
}

function lower(text: string): string {
  return text.toLocaleLowerCase('en-US');
}
