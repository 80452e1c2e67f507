import { Fault } from '../faults/Faults';
import { Violation } from '../truth/TruthCheck';

/** The path of the GraphQL API in the log. */
export const GRAPHQL_PATH = '/graphql';

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
  /** What it cost of the rate limit: 1 or nothing for REST, points for GraphQL. */
  cost: number;
  /** What a test made go wrong with it. */
  fault?: Fault['type'];
}

/** How much was asked for since the start or the last reset, whatever became of it. */
export interface Usage {
  /** Requests to the REST API. */
  rest: number;
  /** Those of them that were answered with 304, which cost nothing. */
  conditional304: number;
  /** What they cost altogether. */
  restCost: number;
  /** Requests to the GraphQL API. */
  graphqlRequests: number;
  /** What they cost altogether. */
  graphqlPoints: number;
  /** Requests that went wrong because a test wanted that. */
  faults: number;
  /** Requests by method and endpoint: `GET /repos/{owner}/{repo}`, `POST /graphql`. */
  byEndpoint: Record<string, number>;
}

/** What was asked and answered since the start, for tests to look at; the oldest are forgotten. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = [];
  readonly #violations: Violation[] = [];
  readonly #kept: number;
  #usage = noUsage();

  constructor(options: { kept: number }) {
    this.#kept = options.kept;
  }

  add(request: LoggedRequest): void {
    this.#count(request);
    this.#requests.push(request);
    if (this.#requests.length > this.#kept) {
      this.#requests.shift();
    }
  }

  /** What was counted; a copy. */
  usage(): Usage {
    return { ...this.#usage, byEndpoint: { ...this.#usage.byEndpoint } };
  }

  resetUsage(): void {
    this.#usage = noUsage();
  }

  #count(request: LoggedRequest): void {
    const usage = this.#usage;
    if (request.path === GRAPHQL_PATH) {
      usage.graphqlRequests += 1;
      usage.graphqlPoints += request.cost;
    } else {
      usage.rest += 1;
      usage.restCost += request.cost;
      usage.conditional304 += request.status === 304 ? 1 : 0;
    }
    usage.faults += request.fault ? 1 : 0;
    const endpoint = `${request.method} ${request.endpoint ?? request.path}`;
    usage.byEndpoint[endpoint] = (usage.byEndpoint[endpoint] ?? 0) + 1;
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

function noUsage(): Usage {
  return {
    rest: 0,
    conditional304: 0,
    restCost: 0,
    graphqlRequests: 0,
    graphqlPoints: 0,
    faults: 0,
    byEndpoint: {},
  };
}
