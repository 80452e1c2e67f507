import { gather } from '../events/gather';
import type { OpenPages } from '../signals';

/** Of one build pages hear after that and this often at most, in milliseconds. */
const SIGNAL_INTERVAL_MS = 500;

/** Tells open pages, and whoever waits in this process, that a build moved on. */
export class BuildChanges {
  readonly #pages: OpenPages;
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #gathered = new Map<string, () => void>();

  constructor(pages: OpenPages) {
    this.#pages = pages;
  }

  /** Its state, steps or log are other ones. */
  changed(buildId: string): void {
    for (const listener of this.#listeners.get(buildId) ?? []) {
      listener();
    }
    const known = this.#gathered.get(buildId);
    const signal =
      known ??
      gather(SIGNAL_INTERVAL_MS, () => {
        this.#gathered.delete(buildId);
        this.#pages.tell({ type: 'build-changed', buildId });
      });
    this.#gathered.set(buildId, signal);
    signal();
  }

  /** @returns what ends it */
  listen(buildId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(buildId) ?? new Set();
    this.#listeners.set(buildId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) {
        this.#listeners.delete(buildId);
      }
    };
  }
}
