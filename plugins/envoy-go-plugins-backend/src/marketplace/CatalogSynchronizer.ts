import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import {
  ENVOY_GO_PLUGIN_KIND,
  type EnvoyGoPluginEntity,
  isEnvoyGoPluginEntity,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { counted } from './counted';
import type { PluginStore, UpsertResult } from './PluginStore';

/** Entities that are read from the catalog in one request. */
const PAGE_SIZE = 500;

/**
 * After so many passes in a row that did not see it a plugin is deleted even when so
 * many are missing that one pass alone is not believed.
 */
const PASSES_TO_BELIEVE = 3;

/** What a pass over the catalog did. */
export interface ReconcileResult {
  seen: number;
  added: number;
  changed: number;
  deleted: number;
}

/** Of which plugins the catalog had something else than the marketplace; entity refs. */
export interface ReadResult {
  different: string[];
  same: string[];
}

/** Carries the catalog's plugins over into the marketplace's read model. */
export class CatalogSynchronizer {
  readonly #catalog: CatalogService;
  readonly #auth: AuthService;
  readonly #store: PluginStore;
  readonly #logger: LoggerService;
  readonly #onPluginsChanged: () => void;

  constructor(options: {
    catalog: CatalogService;
    auth: AuthService;
    store: PluginStore;
    logger: LoggerService;
    /** Called when plugins were added, changed or deleted. */
    onPluginsChanged: () => void;
  }) {
    this.#catalog = options.catalog;
    this.#auth = options.auth;
    this.#store = options.store;
    this.#logger = options.logger;
    this.#onPluginsChanged = options.onPluginsChanged;
  }

  /**
   * Reads some entities anew. Those that the catalog does not have are left as they are:
   * only a pass over the whole catalog deletes.
   *
   * @param entityRefs - up to 500
   * @returns the refs of those that the catalog has
   */
  async read(entityRefs: string[]): Promise<ReadResult> {
    const { items } = await this.#catalog.getEntitiesByRefs(
      { entityRefs },
      await this.#credentials(),
    );
    const { added, changed, unchanged, refused } = await this.#upsert(
      items.filter(item => item !== undefined),
    );
    return {
      different: [...added, ...changed],
      same: [...unchanged, ...refused.map(({ entityRef }) => entityRef)],
    };
  }

  /**
   * Makes the read model equal to the catalog, page by page. What the catalog no longer
   * has is deleted only when the whole pass succeeded, the catalog says so a second time,
   * asked for those plugins by name, and the pass is credible: when nothing was seen, or
   * more than half of all plugins is missing, three passes in a row must agree.
   *
   * @throws whatever the catalog threw; what was read until then is kept
   */
  async reconcile(signal?: AbortSignal): Promise<ReconcileResult> {
    const seen = new Set<string>();
    const result: ReconcileResult = {
      seen: 0,
      added: 0,
      changed: 0,
      deleted: 0,
    };
    const pages = this.#catalog.streamEntities(
      { filter: { kind: ENVOY_GO_PLUGIN_KIND }, pageSize: PAGE_SIZE },
      await this.#credentials(),
    );
    for await (const page of pages) {
      signal?.throwIfAborted();
      for (const entity of page) {
        seen.add(stringifyEntityRef(entity));
      }
      const { added, changed } = await this.#upsert(page);
      result.added += added.length;
      result.changed += changed.length;
    }
    result.seen = seen.size;
    result.deleted = await this.#deleteMissed(seen);
    this.#logger.info(
      `Saw ${counted(result.seen, 'plugin')} in the catalog: ${
        result.added
      } new, ${result.changed} changed, ${result.deleted} deleted`,
    );
    return result;
  }

  async #deleteMissed(seen: Set<string>): Promise<number> {
    const missed = await this.#store.recordPass(seen);
    if (missed.length === 0) {
      return 0;
    }
    const total = await this.#store.countAll();
    const credible = seen.size > 0 && missed.length * 2 <= total;
    const candidates = missed.filter(
      plugin => credible || plugin.missedPasses >= PASSES_TO_BELIEVE,
    );
    if (candidates.length < missed.length) {
      this.#logger.warn(
        `The catalog had ${counted(seen.size, 'plugin')}, and not ${
          missed.length
        } of the ${total} that are known; that is not believed before ${PASSES_TO_BELIEVE} passes in a row have said so`,
      );
    }
    const gone = await this.#withoutThoseInCatalog(
      candidates.map(plugin => plugin.entityRef),
    );
    if (gone.length > 0) {
      await this.#store.delete(gone);
      this.#logger.info(
        `Deleted plugins that the catalog no longer has: ${gone.join(', ')}`,
      );
      this.#onPluginsChanged();
    }
    return gone.length;
  }

  async #withoutThoseInCatalog(entityRefs: string[]): Promise<string[]> {
    const gone: string[] = [];
    for (let start = 0; start < entityRefs.length; start += PAGE_SIZE) {
      const page = entityRefs.slice(start, start + PAGE_SIZE);
      const { items } = await this.#catalog.getEntitiesByRefs(
        { entityRefs: page, fields: ['kind', 'metadata.name'] },
        await this.#credentials(),
      );
      gone.push(...page.filter((_, index) => items[index] === undefined));
    }
    return gone;
  }

  async #upsert(entities: Entity[]): Promise<UpsertResult> {
    const plugins: EnvoyGoPluginEntity[] = [];
    for (const entity of entities) {
      if (isEnvoyGoPluginEntity(entity)) {
        plugins.push(entity);
      } else {
        this.#logger.warn(
          `Left out ${stringifyEntityRef(entity)}: its apiVersion is "${
            entity.apiVersion
          }"`,
        );
      }
    }
    const result = await this.#store.upsert(plugins);
    for (const { entityRef, reason } of result.refused) {
      this.#logger.warn(`Left out ${entityRef}: ${reason}`);
    }
    if (result.added.length + result.changed.length > 0) {
      this.#onPluginsChanged();
    }
    return result;
  }

  async #credentials() {
    return { credentials: await this.#auth.getOwnServiceCredentials() };
  }
}
