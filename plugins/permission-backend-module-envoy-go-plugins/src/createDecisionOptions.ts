import type {
  AuthService,
  DiscoveryService,
  LoggerService,
  RootConfigService,
} from '@backstage/backend-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { EnvoyGoPluginsDecisionOptions } from './decideEnvoyGoPlugins';
import { GitHubPeople } from './GitHubPeople';
import { HiddenPluginsClient } from './HiddenPluginsClient';

const ADMIN_TEAM_KEY = 'envoyGoPlugins.adminTeam';

/**
 * Makes, of a backend's services, what `decideEnvoyGoPlugins` needs to know.
 *
 * @throws InputError when `envoyGoPlugins.adminTeam` is not the ref of a group
 * @public
 */
export function createDecisionOptions(services: {
  auth: AuthService;
  catalog: CatalogService;
  config: RootConfigService;
  discovery: DiscoveryService;
  logger: LoggerService;
}): EnvoyGoPluginsDecisionOptions {
  return {
    adminTeam: readAdminTeam(services.config),
    people: new GitHubPeople(services),
    hidden: new HiddenPluginsClient(services),
  };
}

function readAdminTeam(config: RootConfigService): string | undefined {
  const ref = config.getOptionalString(ADMIN_TEAM_KEY);
  if (ref === undefined) {
    return undefined;
  }
  const group = parse(ref);
  if (group?.kind.toLocaleLowerCase('en-US') !== 'group') {
    throw new InputError(
      `${ADMIN_TEAM_KEY}: found "${ref}", allowed is the ref of a group such as "group:default/admins"`,
    );
  }
  return stringifyEntityRef(group);
}

function parse(ref: string) {
  try {
    return parseEntityRef(ref, {
      defaultKind: 'Group',
      defaultNamespace: 'default',
    });
  } catch {
    return undefined;
  }
}
