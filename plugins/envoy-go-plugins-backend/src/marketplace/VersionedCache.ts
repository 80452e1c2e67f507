/**
 * Remembers values that hold for one version of the data, and forgets those that were not
 * used for longest.
 */
export class VersionedCache<T> {
  readonly #size: number;
  // A map keeps the order in which its keys were set: that of use, oldest first
  readonly #entries = new Map<string, { version: string; value: T }>();

  /** @param size - how many values are remembered at most */
  constructor(size: number) {
    this.#size = size;
  }

  get(key: string, version: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry?.version !== version) {
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, version: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, { version, value });
    if (this.#entries.size > this.#size) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
  }
}
