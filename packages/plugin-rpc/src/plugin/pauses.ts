/** How long to wait between attempts to reach the core, in ms. @public */
export interface ReconnectOptions {
  /** The first pause. Default 200. */
  initial?: number;
  /** The longest pause. Default 30,000. */
  max?: number;
  /** What each pause is multiplied by. Default 2. */
  factor?: number;
}

/**
 * Growing pauses. Each is drawn between half of what it could be and all of it, so that
 * plugins that lost the same core do not come back in step.
 */
export class Pauses {
  readonly #initial: number;
  readonly #max: number;
  readonly #factor: number;
  readonly #random: () => number;
  #next: number;

  constructor(
    options: ReconnectOptions = {},
    random: () => number = Math.random,
  ) {
    this.#initial = options.initial ?? 200;
    this.#max = options.max ?? 30_000;
    this.#factor = options.factor ?? 2;
    this.#random = random;
    this.#next = this.#initial;
  }

  next(): number {
    const pause = Math.min(this.#next, this.#max);
    this.#next = Math.min(pause * this.#factor, this.#max);
    return pause * (0.5 + this.#random() / 2);
  }

  reset(): void {
    this.#next = this.#initial;
  }
}
