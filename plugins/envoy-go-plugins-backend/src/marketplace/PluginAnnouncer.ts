import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
  type EnvoyGoPluginsSignal,
  type PluginPart,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ANNOTATION_USER_LOGIN } from './PluginViewers';

/** That the marketplace changed is not said more often, in milliseconds. */
const MARKETPLACE_INTERVAL_MS = 1_000;

/** Who is told. */
export type Audience = 'everybody' | { logins: string[] };

/**
 * Tells open pages what changed. That one may not have heard of it is nothing bad: pages
 * also look for themselves.
 */
export class PluginAnnouncer {
  readonly #signals: SignalsService;
  readonly #catalog: CatalogService;
  readonly #auth: AuthService;
  readonly #logger: LoggerService;
  #marketplaceTimer: NodeJS.Timeout | undefined;

  constructor(options: {
    signals: SignalsService;
    catalog: CatalogService;
    auth: AuthService;
    logger: LoggerService;
  }) {
    this.#signals = options.signals;
    this.#catalog = options.catalog;
    this.#auth = options.auth;
    this.#logger = options.logger;
  }

  /** Says that parts of what is known of plugins are different now. */
  async pluginsChanged(
    entityRefs: string[],
    parts: Iterable<PluginPart>,
    audience: Audience,
  ): Promise<void> {
    const changed = [...new Set(parts)];
    if (changed.length === 0 || entityRefs.length === 0) {
      return;
    }
    try {
      const recipients = await this.#recipients(audience);
      for (const entityRef of recipients ? entityRefs : []) {
        await this.#publish(
          { type: 'plugin-changed', entityRef, parts: changed },
          recipients,
        );
      }
    } catch (error) {
      this.#logger.warn(
        `Open pages were not told that ${entityRefs.join(', ')} changed: ${
          toError(error).message
        }`,
      );
    }
  }

  /** Says, soon, that plugins came or went, or are in another order. */
  marketplaceChanged(): void {
    this.#marketplaceTimer ??= setTimeout(() => {
      this.#marketplaceTimer = undefined;
      this.#publish(
        { type: 'marketplace-changed' },
        { type: 'broadcast' },
      ).catch(error =>
        this.#logger.warn(
          `Open pages were not told that the marketplace changed: ${
            toError(error).message
          }`,
        ),
      );
    }, MARKETPLACE_INTERVAL_MS);
    // Waiting alone must not keep a process alive
    this.#marketplaceTimer.unref();
  }

  stop(): void {
    clearTimeout(this.#marketplaceTimer);
  }

  async #publish(
    message: EnvoyGoPluginsSignal,
    recipients: Parameters<SignalsService['publish']>[0]['recipients'] = {
      type: 'broadcast',
    },
  ): Promise<void> {
    await this.#signals.publish({
      recipients,
      channel: ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
      message,
    });
  }

  /** @returns `undefined` where nobody in the portal may know */
  async #recipients(
    audience: Audience,
  ): Promise<
    Parameters<SignalsService['publish']>[0]['recipients'] | undefined
  > {
    if (audience === 'everybody') {
      return { type: 'broadcast' };
    }
    if (audience.logins.length === 0) {
      return undefined;
    }
    const { items } = await this.#catalog.getEntities(
      {
        filter: {
          kind: 'User',
          [`metadata.annotations.${ANNOTATION_USER_LOGIN}`]: audience.logins,
        },
        fields: ['kind', 'metadata.namespace', 'metadata.name'],
      },
      { credentials: await this.#auth.getOwnServiceCredentials() },
    );
    return items.length > 0
      ? { type: 'user', entityRef: items.map(user => stringifyEntityRef(user)) }
      : undefined;
  }
}
