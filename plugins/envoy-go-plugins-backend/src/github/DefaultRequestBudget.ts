import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type {
  GitHubBudget,
  GitHubLane,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  BudgetStore,
  BudgetUsage,
  CredentialPause,
  ObservedRateLimit,
  StoredCredential,
} from './BudgetStore';
import { clockTime } from './clockTime';
import type { GitHubCredential } from './GitHubCredential';
import { GitHubUnavailableError } from './GitHubUnavailableError';
import { mergeRateLimits } from './mergeRateLimits';
import {
  GITHUB_LANES,
  LANE_LEAVES,
  type RateLimit,
  type RequestBudget,
  type Reservation,
} from './RequestBudget';

/** How old what other replicas said may be, and how long what is used waits to be written, in milliseconds. */
const SHARE_MS = 1_000;

const USAGE_BUCKET_MS = 5 * 60_000;
const HISTORY_MS = 24 * 3600_000;

/** GitHub: "wait for at least one minute", then "an exponentially increasing amount of time". */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3600_000;

/** What this replica knows of a credential. */
interface Account {
  /** Without the token, which is not kept. */
  credential: Omit<StoredCredential, 'pause'>;
  pause: CredentialPause | undefined;
  rateLimits: Map<string, ObservedRateLimit>;
  /** What was sent and is not answered yet, by resource. */
  underWay: Map<string, number>;
  /** What is not written yet, by resource. */
  observed: Map<string, ObservedRateLimit>;
  used: Map<string, BudgetUsage>;
  /** In milliseconds since 1970. */
  readAt: number;
  reading: Promise<void> | undefined;
}

/**
 * Counts what this replica sends between GitHub's answers, and shares what those say with the
 * others through a store: each second or so, and at once where it decides who may ask.
 */
export class DefaultRequestBudget implements RequestBudget {
  readonly #store: BudgetStore;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #accounts = new Map<string, Account>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #forgotAt = 0;

  constructor(options: {
    store: BudgetStore;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#store = options.store;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  reserve: RequestBudget['reserve'] = async ({
    credential,
    resource,
    lane,
    cost,
  }) => {
    const account = await this.#account(credential);
    const now = this.#now();
    const refusal = whyNot({
      pause: account.pause,
      rateLimit: account.rateLimits.get(resource),
      underWay: account.underWay.get(resource) ?? 0,
      label: credential.label,
      lane,
      cost,
      now,
    });
    if (refusal) {
      throw refusal;
    }
    return this.#newReservation(account, { resource, lane, cost });
  };

  pause: RequestBudget['pause'] = async (credential, asked) => {
    const account = await this.#account(credential);
    const now = this.#now();
    const last = account.pause;
    if (!asked && last && last.until > now) {
      // Requests that were under way when it began
      return last.until;
    }
    const until = asked ?? new Date(now.getTime() + nextPauseMs(last, now));
    const pause: CredentialPause = {
      from: now,
      until,
      reason: `GitHub at ${credential.host} asked the portal (${
        credential.label
      }) to slow down, so it is not asked anything until ${clockTime(until)}.`,
    };
    if (!last || last.until < until) {
      account.pause = pause;
      this.#logger.warn(pause.reason);
    }
    await this.#store.pause(account.credential, pause);
    return account.pause?.until ?? until;
  };

  async list(): Promise<GitHubBudget[]> {
    await this.#write();
    const now = this.#now();
    const stored = await this.#store.list(new Date(now.getTime() - HISTORY_MS));
    return stored.flatMap(({ credential, rateLimits, usage }) =>
      rateLimits.map(rateLimit => {
        const { resource } = rateLimit;
        const current = inWindow(rateLimit, now);
        const pause =
          credential.pause && credential.pause.until > now
            ? credential.pause
            : undefined;
        return {
          credential: credential.id,
          label: credential.label,
          host: credential.host,
          resource,
          limit: current.limit,
          remaining: current.remaining,
          resetAt: rateLimit.resetAt.toISOString(),
          observedAt: rateLimit.observedAt.toISOString(),
          pausedUntil: pause?.until.toISOString(),
          pauseReason: pause?.reason,
          lanes: GITHUB_LANES.map(lane => {
            const refusal = whyNot({
              pause,
              rateLimit,
              underWay: 0,
              label: credential.label,
              lane,
              cost: 1,
              now,
            });
            return {
              lane,
              open: refusal === undefined,
              reason: refusal?.message,
            };
          }),
          history: historyOf(usage.filter(one => one.resource === resource)),
        };
      }),
    );
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#write();
  }

  /** What is known of a credential, by all replicas a second ago at most. */
  async #account(credential: GitHubCredential): Promise<Account> {
    let account = this.#accounts.get(credential.id);
    if (!account) {
      const { id, host, label, kind } = credential;
      account = {
        credential: { id, host, label, kind },
        pause: undefined,
        rateLimits: new Map(),
        underWay: new Map(),
        observed: new Map(),
        used: new Map(),
        readAt: -Infinity,
        reading: undefined,
      };
      this.#accounts.set(credential.id, account);
    }
    if (this.#now().getTime() - account.readAt >= SHARE_MS) {
      account.reading ??= this.#read(account);
      await account.reading;
    }
    return account;
  }

  async #read(account: Account): Promise<void> {
    try {
      const stored = await this.#store.read(account.credential.id);
      for (const rateLimit of stored?.rateLimits ?? []) {
        this.#observe(account, rateLimit);
      }
      if (
        stored?.pause &&
        !(account.pause && account.pause.until >= stored.pause.until)
      ) {
        account.pause = stored.pause;
      }
      account.readAt = this.#now().getTime();
    } finally {
      account.reading = undefined;
    }
  }

  /** @returns whether it opens or closes lanes */
  #observe(account: Account, observed: ObservedRateLimit): boolean {
    const { resource } = observed;
    const known = account.rateLimits.get(resource);
    const merged = known ? mergeRateLimits(known, observed) : observed;
    account.rateLimits.set(resource, merged);
    return openLanes(known) !== openLanes(merged);
  }

  #newReservation(
    account: Account,
    request: { resource: string; lane: GitHubLane; cost: number },
  ): Reservation {
    const { resource, lane } = request;
    const { underWay } = account;
    const count = (cost: number) =>
      underWay.set(resource, (underWay.get(resource) ?? 0) + cost);
    count(request.cost);
    return {
      cancel: () => {
        count(-request.cost);
      },
      settle: async ({ rateLimit, cost, notModified }) => {
        count(-request.cost);
        this.#use(account, {
          resource: rateLimit?.resource ?? resource,
          lane,
          cost,
          notModified,
        });
        if (rateLimit && this.#see(account, rateLimit)) {
          await this.#write();
        } else {
          this.#writeSoon();
        }
      },
    };
  }

  /** @returns whether it opens or closes lanes */
  #see(account: Account, rateLimit: RateLimit): boolean {
    const observed = { ...rateLimit, observedAt: this.#now() };
    const unwritten = account.observed.get(rateLimit.resource);
    account.observed.set(
      rateLimit.resource,
      unwritten ? mergeRateLimits(unwritten, observed) : observed,
    );
    return this.#observe(account, observed);
  }

  #use(
    account: Account,
    use: {
      resource: string;
      lane: GitHubLane;
      cost: number;
      notModified: boolean;
    },
  ): void {
    const time = this.#now().getTime();
    const bucketAt = new Date(time - (time % USAGE_BUCKET_MS));
    const key = `${use.resource} ${use.lane} ${bucketAt.getTime()}`;
    const before = account.used.get(key);
    account.used.set(key, {
      resource: use.resource,
      lane: use.lane,
      bucketAt,
      used: (before?.used ?? 0) + use.cost,
      notModified: (before?.notModified ?? 0) + (use.notModified ? 1 : 0),
    });
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#write().catch(error =>
        this.#logger.warn(
          `What was used of GitHub's budgets could not be written down, and is with the next that is: ${
            toError(error).message
          }`,
        ),
      );
    }, SHARE_MS).unref();
  }

  /** One at a time, so that what a write that failed took is there for the next. */
  async #write(): Promise<void> {
    const writing = this.#writing
      .catch(() => undefined)
      .then(() => this.#writeAll());
    this.#writing = writing;
    await writing;
  }

  async #writeAll(): Promise<void> {
    const now = this.#now();
    for (const account of this.#accounts.values()) {
      const { credential, observed, used } = account;
      if (observed.size === 0 && used.size === 0) {
        continue;
      }
      account.observed = new Map();
      account.used = new Map();
      try {
        await this.#store.write({
          credential,
          usedAt: now,
          rateLimits: [...observed.values()],
          usage: [...used.values()],
        });
      } catch (error) {
        giveBack(account, { observed, used });
        throw error;
      }
    }
    if (now.getTime() - this.#forgotAt > USAGE_BUCKET_MS) {
      this.#forgotAt = now.getTime();
      const before = now.getTime() - HISTORY_MS;
      await this.#store.deleteBefore(new Date(before));
      for (const [id, account] of this.#accounts) {
        if (account.readAt < before && account.used.size === 0) {
          this.#accounts.delete(id);
        }
      }
    }
  }
}

/** What could not be written is written with the next. */
function giveBack(
  account: Account,
  unwritten: Pick<Account, 'observed' | 'used'>,
): void {
  for (const [resource, observed] of unwritten.observed) {
    const since = account.observed.get(resource);
    account.observed.set(
      resource,
      since ? mergeRateLimits(observed, since) : observed,
    );
  }
  for (const [key, usage] of unwritten.used) {
    const since = account.used.get(key);
    account.used.set(key, {
      ...usage,
      used: usage.used + (since?.used ?? 0),
      notModified: usage.notModified + (since?.notModified ?? 0),
    });
  }
}

/**
 * How things stand now: counting has started anew since where that time has come, and then at
 * least one request finds out.
 */
function inWindow(rateLimit: ObservedRateLimit, now: Date): ObservedRateLimit {
  return rateLimit.resetAt <= now
    ? { ...rateLimit, remaining: Math.max(1, rateLimit.limit) }
    : rateLimit;
}

/** How much a lane leaves to those before it. */
function floorOf(lane: GitHubLane, limit: number): number {
  return Math.ceil(limit * LANE_LEAVES[lane]);
}

/** For how many lanes there is something left. */
function openLanes(rateLimit: ObservedRateLimit | undefined): number {
  return GITHUB_LANES.filter(
    lane => !rateLimit || rateLimit.remaining > floorOf(lane, rateLimit.limit),
  ).length;
}

function whyNot(options: {
  pause: CredentialPause | undefined;
  rateLimit: ObservedRateLimit | undefined;
  underWay: number;
  label: string;
  lane: GitHubLane;
  cost: number;
  now: Date;
}): GitHubUnavailableError | undefined {
  const { pause, rateLimit, underWay, label, lane, cost, now } = options;
  if (pause && pause.until > now) {
    return new GitHubUnavailableError(pause.reason, {
      reason: 'paused',
      retryAt: pause.until,
    });
  }
  if (!rateLimit) {
    return undefined;
  }
  const { limit, remaining, resource, resetAt } = inWindow(rateLimit, now);
  const left = remaining - underWay;
  const floor = floorOf(lane, limit);
  if (left - cost >= floor) {
    return undefined;
  }
  const retryAt = resetAt > now ? resetAt : undefined;
  const until = retryAt ? ` until ${clockTime(retryAt)}` : '';
  return new GitHubUnavailableError(
    left - cost < 0
      ? `The portal's requests to GitHub (${resource}, ${label}) are used up${until}.`
      : `Of the portal's ${limit} requests to GitHub (${resource}, ${label}) ${left} are left${until}, and those are kept for ${
          lane === 'sweep' ? 'events and pages' : 'events'
        }.`,
    { reason: 'budget', retryAt },
  );
}

function nextPauseMs(last: CredentialPause | undefined, now: Date): number {
  if (!last || now.getTime() - last.until.getTime() > LONGEST_PAUSE_MS) {
    return FIRST_PAUSE_MS;
  }
  const before = last.until.getTime() - last.from.getTime();
  return Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * before));
}

/** Usage by time. */
function historyOf(usage: BudgetUsage[]): GitHubBudget['history'] {
  const buckets = new Map<string, GitHubBudget['history'][number]>();
  for (const { bucketAt, lane, used, notModified } of usage) {
    const at = bucketAt.toISOString();
    const bucket = buckets.get(at) ?? {
      at,
      used: { urgent: 0, page: 0, sweep: 0 },
      notModified: 0,
    };
    bucket.used[lane] += used;
    bucket.notModified += notModified;
    buckets.set(at, bucket);
  }
  return [...buckets.values()];
}
