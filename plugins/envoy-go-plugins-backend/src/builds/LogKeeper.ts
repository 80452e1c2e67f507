import type { LoggerService } from '@backstage/backend-plugin-api';
import type { BuildStore } from './BuildStore';

/** So many builds' logs are removed in one transaction. */
const AT_ONCE = 50;

/** Removes logs of builds that ended long ago. What came of the builds stays. */
export class LogKeeper {
  readonly #store: Pick<BuildStore, 'removeLogs'>;
  readonly #keepMs: number;
  readonly #logger: LoggerService;
  readonly #now: () => Date;

  constructor(options: {
    store: Pick<BuildStore, 'removeLogs'>;
    /** For how long logs are kept after a build has ended, in milliseconds. */
    keepMs: number;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#store = options.store;
    this.#keepMs = options.keepMs;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  /** @returns of how many builds the log was removed */
  async removeOld(signal: AbortSignal): Promise<number> {
    const now = this.#now();
    const endedBefore = new Date(now.getTime() - this.#keepMs).toISOString();
    let removed = 0;
    let last = AT_ONCE;
    while (last === AT_ONCE && !signal.aborted) {
      last = await this.#store.removeLogs({
        endedBefore,
        at: now.toISOString(),
        limit: AT_ONCE,
      });
      removed += last;
    }
    if (removed > 0) {
      this.#logger.info(
        `Removed the logs of ${removed} builds that ended before ${endedBefore}`,
      );
    }
    return removed;
  }
}
