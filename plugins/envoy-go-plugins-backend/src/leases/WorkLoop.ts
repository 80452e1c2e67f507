/** Looks for work when it is woken, and from time to time anyway, until it is stopped. */
export class WorkLoop {
  readonly #look: () => Promise<void>;
  readonly #pollMs: number;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  #woken = false;
  #wakeUp: (() => void) | undefined;

  /**
   * @param options - `look` does what there is to do, or begins it, and never throws; `pollMs`
   *   is the longest pause before it is called again, in milliseconds
   */
  constructor(options: { look: () => Promise<void>; pollMs: number }) {
    this.#look = options.look;
    this.#pollMs = options.pollMs;
  }

  /** Aborted once it is to stop. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  start(): void {
    this.#loop ??= this.#work();
  }

  /** Looks now, or once more when it is about it. */
  wake(): void {
    this.#woken = true;
    this.#wakeUp?.();
  }

  /** Looks no more, and waits until it does not. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#loop;
  }

  async #work(): Promise<void> {
    while (!this.stopping.aborted) {
      this.#woken = false;
      await this.#look();
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    if (this.#woken) {
      return;
    }
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, this.#pollMs);
      // Waiting alone must not keep a process alive
      timer.unref();
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = undefined;
  }
}
