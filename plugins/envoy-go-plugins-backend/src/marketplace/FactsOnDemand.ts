import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { PluginLink } from './RepositoryStore';

/** The same plugin is not read more often because somebody looks at it, in milliseconds. */
const INTERVAL_MS = 60_000;

/** How many plugins wait at most. */
const WAITING = 200;

/**
 * Has plugins read whose page somebody opened before GitHub was asked about them, one after
 * the other. The page does not wait for it.
 */
export class FactsOnDemand {
  readonly #read: (link: PluginLink, signal: AbortSignal) => Promise<void>;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #queue = new Map<string, PluginLink>();
  readonly #asked = new Map<string, number>();
  readonly #stopping = new AbortController();
  #reading: Promise<void> | undefined;

  constructor(options: {
    read: (link: PluginLink, signal: AbortSignal) => Promise<void>;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#read = options.read;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  /** Has a plugin read, unless that was just tried. */
  readSoon(link: PluginLink): void {
    const now = this.#now().getTime();
    for (const [entityRef, at] of this.#asked) {
      if (at > now - INTERVAL_MS) {
        break;
      }
      this.#asked.delete(entityRef);
    }
    if (
      this.#asked.has(link.entityRef) ||
      this.#queue.size >= WAITING ||
      this.#stopping.signal.aborted
    ) {
      return;
    }
    this.#asked.set(link.entityRef, now);
    this.#queue.set(link.entityRef, link);
    this.#reading ??= this.#readAll();
  }

  /** Reads nothing further, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reading;
  }

  async #readAll(): Promise<void> {
    const { signal } = this.#stopping;
    for (const [entityRef, link] of this.#queue) {
      if (signal.aborted) {
        break;
      }
      this.#queue.delete(entityRef);
      try {
        await this.#read(link, signal);
      } catch (error) {
        this.#logger.debug(
          `${entityRef} could not be read for who looked at it: ${
            toError(error).message
          }`,
        );
      }
    }
    this.#reading = undefined;
  }
}
