import { Violation } from '../truth/TruthCheck';

/** A request that was answered. */
export interface LoggedRequest {
  method: string;
  path: string;
  query: string;
  /** The template of the REST endpoint; undefined when there is none. */
  endpoint?: string;
  status: number;
  /** The login of whoever sent it. */
  login?: string;
}

/** What was asked and answered since the start, for tests to look at; the oldest are forgotten. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = [];
  readonly #violations: Violation[] = [];
  readonly #kept: number;

  constructor(options: { kept: number }) {
    this.#kept = options.kept;
  }

  add(request: LoggedRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > this.#kept) {
      this.#requests.shift();
    }
  }

  addViolations(violations: Violation[]): void {
    this.#violations.push(...violations);
  }

  requests(): LoggedRequest[] {
    return [...this.#requests];
  }

  violations(): Violation[] {
    return [...this.#violations];
  }
}
