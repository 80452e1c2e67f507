/**
 * The format Envoy is told to log in: time of day, level, logger, message.
 */
export const ENVOY_LOG_FORMAT = '[%T.%e][%l][%n] %v';

const LOG_LINE = /^\[[\d:.]+\]\[(\w+)\]\[([\w.-]+)\] (.*)$/;
const GO_CRASH = /^(panic: |fatal error: )/;
const MAX_WARNINGS = 50;

/**
 * The last lines of an Envoy's log, and the distinct warnings it gave.
 *
 * @public
 */
export class EnvoyLog {
  readonly #limit: number;
  readonly #onLine?: (line: string) => void;
  readonly #lines: string[] = [];
  readonly #warnings = new Set<string>();
  #crash: string[] | undefined;
  #crashTold = false;
  #rest = '';
  #collectWarnings = true;

  constructor(
    options: { limit?: number; onLine?: (line: string) => void } = {},
  ) {
    this.#limit = options.limit ?? 200;
    this.#onLine = options.onLine;
  }

  /** Takes in what Envoy wrote; lines may arrive in pieces. */
  write(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    lines.forEach(line => this.#take(line));
  }

  /** Takes in an unfinished last line. */
  end(): void {
    if (this.#rest) {
      this.#take(this.#rest);
      this.#rest = '';
    }
  }

  /** From now on warnings are about our stopping Envoy, and of no interest. */
  ignoreWarnings(): void {
    this.#collectWarnings = false;
  }

  /** The first messages of level warning and error, each once, in the order they came. */
  warnings(): string[] {
    return [...this.#warnings];
  }

  /**
   * The lines that best tell why Envoy ended: from a Go panic on when there was one,
   * otherwise the last lines.
   */
  tail(count = 15): string[] {
    return this.#crash
      ? this.#crash.slice(0, count)
      : this.#lines.slice(-count);
  }

  #take(line: string): void {
    this.#onLine?.(line);
    if (!line.trim()) {
      return;
    }
    this.#lines.push(line);
    if (this.#lines.length > this.#limit) {
      this.#lines.shift();
    }
    if (!this.#crash && GO_CRASH.test(line)) {
      this.#crash = [];
    }
    const [, level, logger, message] = LOG_LINE.exec(line) ?? [];
    if (this.#crash && !this.#crashTold) {
      // Go's own trace has names and lines, Envoy's backtrace after it only addresses.
      this.#crashTold =
        logger === 'backtrace' || this.#crash.length >= this.#limit;
      if (!this.#crashTold) {
        this.#crash.push(line);
      }
    }
    if (
      this.#collectWarnings &&
      message &&
      this.#warnings.size < MAX_WARNINGS &&
      (level === 'warning' || level === 'error')
    ) {
      this.#warnings.add(message.trim());
    }
  }
}
