/** After so many batches that worked larger ones are tried. */
const GROW_AFTER = 3;

/** How many repositories are asked for at once: fewer when that fails, more when it works. */
export class BatchSize {
  readonly #most: number;
  #current: number;
  #worked = 0;

  /** @param most - and what is begun with */
  constructor(most: number) {
    this.#most = most;
    this.#current = most;
  }

  get current(): number {
    return this.#current;
  }

  /** A batch of so many was too much. */
  failed(size: number): void {
    this.#current = Math.max(1, Math.min(this.#current, Math.floor(size / 2)));
    this.#worked = 0;
  }

  /** A batch of so many was answered. */
  worked(size: number): void {
    if (size < this.#current) {
      return;
    }
    this.#worked += 1;
    if (this.#worked >= GROW_AFTER) {
      this.#worked = 0;
      this.#current = Math.min(this.#most, this.#current * 2);
    }
  }
}
