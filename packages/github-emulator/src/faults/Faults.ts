/** What can go wrong with a request. */
export type Fault =
  | {
      /** An error status, as GitHub's front ends answer when what is behind them fails. */
      type: 'status';
      status: number;
      /** The body; GitHub's page of that status unless given. */
      body?: string;
      headers?: Record<string, string>;
    }
  | {
      /** The connection ends without an answer. */
      type: 'cut';
    }
  | {
      /** The answer comes late. */
      type: 'delay';
      milliseconds: number;
    }
  | {
      /** The answer's body ends in its midst, and the connection with it. */
      type: 'truncate';
      /** How much of the body arrives; half of it unless given. */
      bytes?: number;
    }
  | {
      /** GitHub's secondary rate limit (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api). */
      type: 'secondary-rate-limit';
      /** 403 unless said otherwise. */
      status?: 403 | 429;
      /** Seconds; 60 unless said otherwise, `none` for an answer without the header. */
      retryAfter?: number | 'none';
    };

/** Requests by what API they are for. */
export type RequestKind = 'rest' | 'graphql' | 'git';

/** Which requests go wrong, and how. */
export interface FaultRule {
  fault: Fault;
  /** Any unless given. */
  kind?: RequestKind;
  /** Any unless given. */
  method?: string;
  /** The path below `/api/v3` (REST), `/graphql`, or the path of git; any unless given. A text must be all of it. */
  path?: string | RegExp;
  /** Only GraphQL queries that ask for more repositories than these. */
  moreRepositoriesThan?: number;
  /** How many requests go wrong; 1 unless given, `Infinity` for all. */
  times?: number;
  /** How many matching requests are left alone before; none unless given. */
  skip?: number;
  /** Whether a request of which the answer is lost (`status`, `cut`) takes effect all the same. */
  takesEffect?: boolean;
}

/** A rule that is in force. */
export interface PlantedFault {
  /** How many requests went wrong by it. */
  readonly count: number;
  /** Takes the rule away. */
  remove(): void;
}

/** A request as rules see it. */
export interface FaultableRequest {
  kind: RequestKind;
  method: string;
  path: string;
  /** How many repositories a GraphQL query asks for. */
  repositories(): number;
}

interface RuleState {
  rule: FaultRule;
  matched: number;
  count: number;
}

/** Makes requests go wrong, for tests of what happens then. Nothing of it can be reached over HTTP. */
export class Faults {
  #rules: RuleState[] = [];

  /** Puts a rule into force. Where several match a request the oldest counts. */
  add(rule: FaultRule): PlantedFault {
    const state: RuleState = { rule, matched: 0, count: 0 };
    this.#rules.push(state);
    return {
      get count() {
        return state.count;
      },
      remove: () => {
        this.#rules = this.#rules.filter(one => one !== state);
      },
    };
  }

  /** Answers 502 to every GraphQL query that asks for more repositories than these, as GitHub does when one takes too long. */
  limitGraphqlRepositories(most: number): PlantedFault {
    return this.add({
      kind: 'graphql',
      moreRepositoriesThan: most,
      times: Infinity,
      fault: { type: 'status', status: 502 },
    });
  }

  /** Takes all rules away. */
  clear(): void {
    this.#rules = [];
  }

  /** The rule that a request falls under, which counts it. */
  take(request: FaultableRequest): FaultRule | undefined {
    for (const state of this.#rules) {
      const { rule } = state;
      if (state.count < (rule.times ?? 1) && matches(rule, request)) {
        state.matched += 1;
        if (state.matched > (rule.skip ?? 0)) {
          state.count += 1;
          return rule;
        }
      }
    }
    return undefined;
  }
}

function matches(rule: FaultRule, request: FaultableRequest): boolean {
  const { kind, method, path, moreRepositoriesThan } = rule;
  if (
    (kind !== undefined && kind !== request.kind) ||
    (method !== undefined && method !== request.method) ||
    (typeof path === 'string' && path !== request.path) ||
    (path instanceof RegExp && request.path.search(path) < 0)
  ) {
    return false;
  }
  return (
    moreRepositoriesThan === undefined ||
    (request.kind === 'graphql' &&
      request.repositories() > moreRepositoriesThan)
  );
}
