const BURST_SECONDS = 0.1;

/** Something that can be read later. */
export interface Pausable {
  pause(): unknown;
  resume(): unknown;
}

/**
 * Keeps the reading of one log stream to a rate, so that a plugin that floods its log
 * does not take the time of calls. What is not read waits in the plugin, which drops.
 */
export class LogPace {
  readonly #perSecond: number;
  readonly #stream: Pausable;
  #left: number;
  #refilledAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(perSecond: number, stream: Pausable) {
    this.#perSecond = perSecond;
    this.#left = perSecond * BURST_SECONDS;
    this.#stream = stream;
  }

  /** Says that so many lines were read. */
  took(lines: number): void {
    const now = performance.now();
    this.#left = Math.min(
      this.#left + ((now - this.#refilledAt) / 1000) * this.#perSecond,
      this.#perSecond * BURST_SECONDS,
    );
    this.#refilledAt = now;
    this.#left -= lines;
    if (this.#left < 0 && !this.#timer) {
      this.#stream.pause();
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#stream.resume();
      }, (-this.#left / this.#perSecond) * 1000);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stream.resume();
  }
}
