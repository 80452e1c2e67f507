import type { RootConfigService } from '@backstage/backend-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { isGitHubName } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Whose people they are, and who administers; see `config.d.ts`. */
export interface PeopleConfig {
  /** `github.com`, or the host of a GitHub Enterprise. */
  host: string;
  /** Login of the organisation that is the store. */
  organization?: string;
  /** Entity ref of the group whose members are the administrators, in lower case. */
  adminTeam?: string;
}

/**
 * @param hosts - those that the portal has an integration for
 * @throws InputError when a value is not what `config.d.ts` allows
 */
export function readPeopleConfig(
  config: RootConfigService,
  hosts: string[],
): PeopleConfig {
  const own = config.getOptionalConfig('envoyGoPlugins');
  const organization = own?.getOptionalString('github.organization');
  if (organization !== undefined && !isGitHubName(organization)) {
    throw new InputError(
      `envoyGoPlugins.github.organization: found "${organization}", allowed is the login of an organisation such as "envoy-plugins"`,
    );
  }
  // Every portal has an integration for github.com, whether it is configured or not
  const others = hosts.filter(host => host !== 'github.com');
  return {
    host:
      own?.getOptionalString('github.host') ??
      (others.length === 1 ? others[0] : 'github.com'),
    organization,
    adminTeam: readGroup(own?.getOptionalString('adminTeam')),
  };
}

function readGroup(ref: string | undefined): string | undefined {
  if (ref === undefined) {
    return undefined;
  }
  let group;
  try {
    group = parseEntityRef(ref, {
      defaultKind: 'Group',
      defaultNamespace: 'default',
    });
  } catch {
    group = undefined;
  }
  if (group?.kind.toLocaleLowerCase('en-US') !== 'group') {
    throw new InputError(
      `envoyGoPlugins.adminTeam: found "${ref}", allowed is the ref of a group such as "group:default/admins"`,
    );
  }
  return stringifyEntityRef(group);
}
