import { LogBatch, LogLine } from '../wire';

const BATCH_BYTES = 32 * 1024;
const BATCH_LINES = 256;
const LINE_COST = 32;
const MAX_MESSAGE = 16 * 1024;

/** Lines on their way to the core: at most `limit`; the oldest make room. */
export class LogBuffer {
  readonly #limit: number;
  #lines: LogLine[] = [];
  #first = 0;
  #dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#lines.length - this.#first;
  }

  add(line: LogLine): void {
    if (this.size >= this.#limit) {
      this.#first += 1;
      this.#dropped += 1;
      this.#compact();
    }
    this.#lines.push(
      line.message.length > MAX_MESSAGE
        ? { ...line, message: `${line.message.slice(0, MAX_MESSAGE)}…` }
        : line,
    );
  }

  /** Takes the next lines, or gives undefined when there are none. */
  take(): LogBatch | undefined {
    if (this.size === 0) {
      return undefined;
    }
    let end = this.#first;
    let bytes = 0;
    while (
      end < this.#lines.length &&
      end - this.#first < BATCH_LINES &&
      bytes < BATCH_BYTES
    ) {
      bytes += this.#lines[end].message.length + LINE_COST;
      end += 1;
    }
    const lines = this.#lines.slice(this.#first, end);
    this.#first = end;
    this.#compact();
    const dropped = this.#dropped;
    this.#dropped = 0;
    return { lines, dropped };
  }

  #compact(): void {
    if (this.#first > 1024 && this.#first * 2 > this.#lines.length) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
  }
}
