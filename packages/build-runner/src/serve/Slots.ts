/** Lets so many in at once; the others wait in their order. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * @returns gives the slot back
   * @throws the signal's reason when it is aborted first
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
    } else {
      await new Promise<void>((enter, reject) => {
        this.#waiting.push(enter);
        const abort = () => {
          const index = this.#waiting.indexOf(enter);
          // It may have been let in meanwhile
          if (index >= 0) {
            this.#waiting.splice(index, 1);
            reject(signal.reason);
          }
        };
        signal.addEventListener('abort', abort, { once: true });
      });
    }
    return () => {
      const next = this.#waiting.shift();
      if (next) {
        next();
      } else {
        this.#free += 1;
      }
    };
  }
}
