import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { GITHUB_LANES } from './RequestBudget';

/**
 * Lets so many requests be under way at the same time, those of the first lane first. GitHub
 * does not like many at once.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
export class RequestQueue {
  readonly #most: number;
  readonly #waiting: Record<GitHubLane, Set<() => void>> = {
    urgent: new Set(),
    page: new Set(),
    sweep: new Set(),
  };
  #underWay = 0;

  /** @param most - how many at the same time */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether nothing is under way, and nothing waits. */
  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  /**
   * Does the work when it is its turn.
   *
   * @throws the reason of the signal when it is aborted before
   */
  async run<T>(
    lane: GitHubLane,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    if (this.#underWay < this.#most) {
      this.#underWay += 1;
    } else {
      await this.#turn(lane, signal);
    }
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  async #turn(
    lane: GitHubLane,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const waiting = this.#waiting[lane];
    await new Promise<void>((resolve, reject) => {
      const onTurn = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      function onAbort() {
        waiting.delete(onTurn);
        reject(signal?.reason);
      }
      waiting.add(onTurn);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Hands the place over to who is next. */
  #next(): void {
    for (const lane of GITHUB_LANES) {
      for (const onTurn of this.#waiting[lane]) {
        this.#waiting[lane].delete(onTurn);
        onTurn();
        return;
      }
    }
    this.#underWay -= 1;
  }
}
