import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import type {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import {
  type EnvoyGoPluginsDecisionOptions,
  decideEnvoyGoPlugins,
  isPerson,
} from './decideEnvoyGoPlugins';

/**
 * A policy for a whole portal: guests see and change nothing, people may do everything but
 * what is for the administrators of Envoy Go Plugins, and nobody sees plugins in private
 * repositories that GitHub does not show them.
 *
 * @public
 */
export class EnvoyGoPluginsPolicy implements PermissionPolicy {
  readonly #options: EnvoyGoPluginsDecisionOptions;

  constructor(options: EnvoyGoPluginsDecisionOptions) {
    this.#options = options;
  }

  async handle(
    request: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    if (
      request.permission.attributes.action !== 'read' &&
      !(await isPerson(user, this.#options.people))
    ) {
      return { result: AuthorizeResult.DENY };
    }
    return (
      (await decideEnvoyGoPlugins(request, user, this.#options)) ?? {
        result: AuthorizeResult.ALLOW,
      }
    );
  }
}
