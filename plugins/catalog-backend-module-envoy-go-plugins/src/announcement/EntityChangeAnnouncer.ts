import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { EventsService } from '@backstage/plugin-events-node';
import { stringifyError } from '@backstage/errors';
import {
  ENVOY_GO_PLUGIN_ENTITY_TOPIC,
  type EnvoyGoPluginEntityEvent,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { descriptionHash } from '../processor/descriptionHash';

const MOST_AT_ONCE = 200;

interface Pending {
  hash: string;
  /** In milliseconds, as `Date.now()`. */
  deadline: number;
}

/**
 * Tells the event bus of changed plugins once the catalog serves the change. A processor
 * sees an entity a second or more before a reader of the catalog does; told then, a listener
 * would read what was there before.
 *
 * What is pending lives in memory and is lost with the process. Listeners look at the whole
 * catalog from time to time.
 */
export class EntityChangeAnnouncer {
  readonly #auth: AuthService;
  readonly #catalog: CatalogService;
  readonly #events: EventsService;
  readonly #logger: LoggerService;
  readonly #intervalMs: number;
  readonly #patienceMs: number;
  readonly #pending = new Map<string, Pending>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /**
   * @param options - `intervalMs`: how often to look whether the catalog serves what is
   * pending; `patienceMs`: how long to keep trying
   */
  constructor(options: {
    auth: AuthService;
    catalog: CatalogService;
    events: EventsService;
    logger: LoggerService;
    intervalMs?: number;
    patienceMs?: number;
  }) {
    this.#auth = options.auth;
    this.#catalog = options.catalog;
    this.#events = options.events;
    this.#logger = options.logger;
    this.#intervalMs = options.intervalMs ?? 500;
    this.#patienceMs = options.patienceMs ?? 120_000;
  }

  /** Announces an entity as soon as the catalog serves it like this. Returns at once. */
  announce(entity: Entity): void {
    this.#pending.set(stringifyEntityRef(entity), {
      hash: descriptionHash(entity),
      deadline: Date.now() + this.#patienceMs,
    });
    this.#schedule();
  }

  /** Forgets what is pending. */
  stop(): void {
    this.#stopped = true;
    this.#pending.clear();
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer || this.#stopped || this.#pending.size === 0) {
      return;
    }
    this.#timer = setTimeout(async () => {
      await this.#announceServed();
      this.#timer = undefined;
      this.#schedule();
    }, this.#intervalMs);
  }

  async #announceServed(): Promise<void> {
    const batch = [...this.#pending].slice(0, MOST_AT_ONCE);
    try {
      const { items } = await this.#catalog.getEntitiesByRefs(
        {
          entityRefs: batch.map(([entityRef]) => entityRef),
          fields: ['metadata', 'spec'],
        },
        { credentials: await this.#auth.getOwnServiceCredentials() },
      );
      for (const [index, [entityRef, pending]] of batch.entries()) {
        const served = items[index];
        const isLate = Date.now() > pending.deadline;
        // Another processor may have changed it on its way, so that it never looks like this.
        if (served && (isLate || descriptionHash(served) === pending.hash)) {
          await this.#publish(entityRef);
          this.#forget(entityRef, pending);
        } else if (isLate) {
          // It was only tried, as when somebody looks at a location before registering it.
          this.#forget(entityRef, pending);
        } else {
          this.#putLast(entityRef, pending);
        }
      }
    } catch (error) {
      for (const [entityRef, pending] of batch) {
        if (Date.now() > pending.deadline) {
          this.#logger.warn(
            `Gave up telling of the change of ${entityRef}; whoever needs it finds it in the catalog: ${stringifyError(
              error,
            )}`,
          );
          this.#forget(entityRef, pending);
        }
      }
    }
  }

  async #publish(entityRef: string): Promise<void> {
    const eventPayload: EnvoyGoPluginEntityEvent = { entityRef };
    await this.#events.publish({
      topic: ENVOY_GO_PLUGIN_ENTITY_TOPIC,
      eventPayload,
    });
  }

  /** Unless the entity has changed once more in the meantime. */
  #forget(entityRef: string, pending: Pending): void {
    if (this.#pending.get(entityRef) === pending) {
      this.#pending.delete(entityRef);
    }
  }

  /** Lets others have their turn. */
  #putLast(entityRef: string, pending: Pending): void {
    if (this.#pending.get(entityRef) === pending) {
      this.#pending.delete(entityRef);
      this.#pending.set(entityRef, pending);
    }
  }
}
