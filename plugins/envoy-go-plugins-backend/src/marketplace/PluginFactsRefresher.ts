import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { ServiceUnavailableError, toError } from '@backstage/errors';
import type { GitHubRepository, GitHubResponseStore } from '../github';
import type { PluginFacts } from './PluginFacts';
import type { PluginStore } from './PluginStore';

/** Plugins about which GitHub is asked at the same time. */
const CONCURRENCY = 4;

/** What was not asked for since so long is forgotten, in milliseconds: 30 days. */
const FORGET_AFTER_MS = 30 * 24 * 3600 * 1000;

/**
 * Keeps stars and latest releases, which lists show and are sorted by, up to date: some
 * plugins at a time, those that GitHub was never asked about first.
 */
export class PluginFactsRefresher {
  readonly #store: PluginStore;
  readonly #facts: PluginFacts;
  readonly #responses: GitHubResponseStore;
  readonly #logger: LoggerService;
  readonly #batchSize: number;
  readonly #refreshAfterMs: number;
  readonly #now: () => Date;
  readonly #stopping = new AbortController();
  #refreshing: Promise<void> | undefined;
  #refreshAgain = false;

  constructor(options: {
    store: PluginStore;
    facts: PluginFacts;
    responses: GitHubResponseStore;
    logger: LoggerService;
    /** At most so many plugins in one run. */
    batchSize: number;
    /** Facts younger than this are left alone, in milliseconds. */
    refreshAfterMs: number;
    now: () => Date;
  }) {
    this.#store = options.store;
    this.#facts = options.facts;
    this.#responses = options.responses;
    this.#logger = options.logger;
    this.#batchSize = options.batchSize;
    this.#refreshAfterMs = options.refreshAfterMs;
    this.#now = options.now;
  }

  /** Refreshes the stalest facts, at most a batch of them. */
  async refreshStalest(signal?: AbortSignal): Promise<void> {
    const now = this.#now().getTime();
    await this.#responses.deleteCheckedBefore(
      new Date(now - FORGET_AFTER_MS).toISOString(),
    );
    const queue = await this.#store.getStalestFacts({
      before: new Date(now - this.#refreshAfterMs).toISOString(),
      limit: this.#batchSize,
    });
    if (queue.length === 0) {
      return;
    }
    // Before asking: other backends then go on with others, and a plugin about which
    // GitHub never answers does not keep the rest waiting.
    await this.#store.setFactsAttempted(
      queue.map(entity => stringifyEntityRef(entity)),
      new Date(now).toISOString(),
    );
    const workers = Array.from({ length: CONCURRENCY }, async () => {
      while (!signal?.aborted) {
        const entity = queue.shift();
        if (!entity) {
          return;
        }
        await this.#facts.refresh(entity);
      }
    });
    await Promise.all(workers);
  }

  /**
   * Refreshes the facts about the plugins of a repository that changed, if there are any.
   * What GitHub was asked after the change is not asked again, so that many changes at
   * once cost little more than one.
   *
   * @param changedAt - ISO 8601, UTC
   * @throws ServiceUnavailableError when GitHub does not answer
   */
  async refreshRepository(
    repository: GitHubRepository,
    changedAt: string,
  ): Promise<void> {
    const entities = await this.#store.getPluginsOf(repository);
    await this.#store.setFactsAttempted(
      entities.map(entity => stringifyEntityRef(entity)),
      this.#now().toISOString(),
    );
    for (const entity of entities) {
      await this.#facts.invalidate(entity, changedAt);
      const result = await this.#facts.refresh(entity);
      if (result.outcome === 'unanswered') {
        throw new ServiceUnavailableError(result.reason);
      }
    }
  }

  /**
   * Refreshes the stalest facts, and so those of new plugins, at once. Called while that
   * goes on, it is done once more afterwards.
   */
  refreshSoon(): void {
    this.#refreshAgain = true;
    this.#refreshing ??= this.#refreshWhileAsked();
  }

  /** Asks about no further plugin, and waits for the answers that are under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#refreshing;
  }

  async #refreshWhileAsked(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      while (this.#refreshAgain && !signal.aborted) {
        this.#refreshAgain = false;
        await this.refreshStalest(signal);
      }
    } catch (error) {
      this.#logger.warn(
        `The facts about new plugins are left to the next run: ${
          toError(error).message
        }`,
      );
    } finally {
      this.#refreshing = undefined;
    }
  }
}
