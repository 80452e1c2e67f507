import type { LoggerService } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError, toError } from '@backstage/errors';
import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubDoor,
  GitHubUnavailableError,
  type RepositoryPointer,
  type RepositoryReading,
} from '../github';
import { locationKey } from './repositoryOf';
import type { RepositoryRefresher } from './RepositoryRefresher';
import type {
  PluginLink,
  RepositoryStore,
  StoredRepository,
} from './RepositoryStore';
import { SNAPSHOTS_PER_QUERY } from './SnapshotReader';
import { UnansweredError } from './UnansweredError';

/** Repositories of which parts are read at the same time. */
const CONCURRENCY = 4;

/** Repositories with outdated parts that are looked for in one go. */
const OUTDATED_AT_ONCE = 50;

/** When to ask again where GitHub does not say, in milliseconds. */
const ASK_AGAIN_MS = 60_000;

/** When to ask again where there is no repository, in milliseconds. */
const LOOK_AGAIN_MS = 300_000;

/**
 * How old facts are when GitHub is asked again, as a part of how old they may be at most:
 * some time between these, so that what came at once is spread over time.
 */
const EARLIEST = 0.6;
const LATEST = 0.8;

/** So many repositories may be missing at once, or this part of those that were asked for. */
const MISSING_AT_ONCE = 5;
const MISSING_PART = 0.1;

/** What a sweep did. */
export interface SweepResult {
  /** Of how many plugins GitHub was asked. */
  asked: number;
  /** Of how many repositories outdated parts were read. */
  refreshed: number;
  /** Why it ended before everything was done. */
  stoppedBecause?: string;
}

/** What is asked about one plugin. */
class LinkQuestions {
  readonly link: PluginLink;
  /** Of the repository that it is linked with, wherever that is now. */
  readonly byId?: RepositoryPointer;
  /** Where that is not known, or it is elsewhere now: of the one in the place of the plugin. */
  readonly byName?: RepositoryPointer;

  constructor(link: PluginLink) {
    const { repository, location } = link;
    this.link = link;
    if (repository) {
      const { nodeId, owner } = repository.snapshot;
      this.byId = { nodeId, owner };
    }
    if (
      !repository ||
      repository.deletedAt ||
      locationKey(repository.snapshot) !== locationKey(location)
    ) {
      this.byName = { owner: location.owner, name: location.name };
    }
  }

  get pointers(): RepositoryPointer[] {
    return [this.byId, this.byName].filter(pointer => pointer !== undefined);
  }
}

/**
 * Compares the world with what is known of it: asks for many repositories in one query, and
 * reads of those that are different what is different. It asks for new plugins at once, and
 * for each of the others before its facts are too old. It ends when GitHub's budget leaves
 * nothing for sweeps.
 */
export class RepositorySweep {
  readonly #door: GitHubDoor;
  readonly #store: RepositoryStore;
  readonly #refresher: RepositoryRefresher;
  readonly #logger: LoggerService;
  readonly #maxFactsAgeMs: number;
  readonly #now: () => Date;
  readonly #random: () => number;
  readonly #stopping = new AbortController();
  #sweeping: Promise<void> | undefined;
  #sweepAgain = false;

  constructor(options: {
    door: GitHubDoor;
    store: RepositoryStore;
    refresher: RepositoryRefresher;
    logger: LoggerService;
    /** In milliseconds. */
    maxFactsAgeMs: number;
    now: () => Date;
    /** From 0 to 1. */
    random?: () => number;
  }) {
    this.#door = options.door;
    this.#store = options.store;
    this.#refresher = options.refresher;
    this.#logger = options.logger;
    this.#maxFactsAgeMs = options.maxFactsAgeMs;
    this.#now = options.now;
    this.#random = options.random ?? Math.random;
  }

  /** Asks for all that is due, and reads what is outdated. */
  async sweep(signal?: AbortSignal): Promise<SweepResult> {
    const result: SweepResult = { asked: 0, refreshed: 0 };
    try {
      result.asked = await this.#sweepSnapshots(signal);
      result.refreshed = await this.#sweepParts(signal);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableError) && !signal?.aborted) {
        throw error;
      }
      result.stoppedBecause = toError(error).message;
      this.#logger.info(
        `GitHub is asked about the other plugins later: ${result.stoppedBecause}`,
      );
    }
    return result;
  }

  /**
   * Sweeps at once, and so asks for new plugins. Called while that goes on, it is done once
   * more afterwards.
   */
  sweepSoon(): void {
    this.#sweepAgain = true;
    this.#sweeping ??= this.#sweepWhileAsked();
  }

  /**
   * Asks for some plugins now, and reads all that is outdated of them.
   *
   * @throws ServiceUnavailableError when GitHub cannot be asked
   */
  async read(
    links: PluginLink[],
    options: { lane: GitHubLane; signal?: AbortSignal },
  ): Promise<void> {
    for (const repository of await this.#readSnapshots(links, options)) {
      if (repository.partsDue) {
        await this.#refresher.readParts(
          repository,
          await this.#refresher.listOutdated(repository),
          options,
        );
      }
    }
  }

  /** Asks for nothing further, and waits for the answers that are under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#sweeping;
  }

  async #sweepSnapshots(signal?: AbortSignal): Promise<number> {
    let asked = 0;
    for (;;) {
      signal?.throwIfAborted();
      const due = await this.#store.listLinksDue({
        before: this.#now().toISOString(),
        limit: 1,
      });
      if (due.length === 0) {
        return asked;
      }
      // A query for one costs as much as one for a hundred: those that are due soon go along
      const links = await this.#store.listLinksDue({
        before: this.#after((LATEST - EARLIEST) * this.#maxFactsAgeMs),
        limit: SNAPSHOTS_PER_QUERY,
      });
      await this.#readSnapshots(links, { lane: 'sweep', signal });
      asked += links.length;
    }
  }

  async #sweepParts(signal?: AbortSignal): Promise<number> {
    const done = new Set<string>();
    for (;;) {
      const queue = (await this.#store.listPartsDue(OUTDATED_AT_ONCE)).filter(
        ({ host, id }) => !done.has(`${host} ${id}`),
      );
      if (queue.length === 0) {
        return done.size;
      }
      const workers = Array.from({ length: CONCURRENCY }, async () => {
        for (;;) {
          signal?.throwIfAborted();
          const repository = queue.shift();
          if (!repository) {
            return;
          }
          done.add(`${repository.host} ${repository.id}`);
          await this.#refresher.readParts(
            repository,
            await this.#refresher.listOutdated(repository),
            { lane: 'sweep', signal },
          );
        }
      });
      const settled = await Promise.allSettled(workers);
      for (const worker of settled) {
        if (worker.status === 'rejected') {
          throw worker.reason;
        }
      }
    }
  }

  /** @returns the repositories that GitHub described */
  async #readSnapshots(
    links: PluginLink[],
    options: { lane: GitHubLane; signal?: AbortSignal },
  ): Promise<StoredRepository[]> {
    // Before asking: other backends then go on with others
    await this.#store.setDue(
      links.map(link => ({ link, at: this.#nextTime() })),
    );
    const described: StoredRepository[] = [];
    let unavailable: UnansweredError | undefined;
    for (const host of new Set(links.map(link => link.location.host))) {
      const asked = links
        .filter(link => link.location.host === host)
        .map(link => new LinkQuestions(link));
      const pointers = asked.flatMap(({ pointers: some }) => some);
      const readings = await this.#ask(host, pointers, options);
      const answers = new Map(
        pointers.map((pointer, index) => [pointer, readings[index]]),
      );
      const believed = this.#believe(host, asked, answers);
      for (const question of asked) {
        const outcome = await this.#settle(question, believed, options);
        if (outcome.repository) {
          described.push(outcome.repository);
        }
        unavailable ??= outcome.unavailable;
      }
    }
    if (unavailable) {
      throw unavailable;
    }
    return described;
  }

  async #ask(
    host: string,
    repositories: RepositoryPointer[],
    options: { lane: GitHubLane; signal?: AbortSignal },
  ): Promise<RepositoryReading[]> {
    try {
      return await this.#door.readRepositories({
        host,
        repositories,
        ...options,
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      const reason = toError(error).message;
      const retryAt =
        error instanceof GitHubUnavailableError ? error.retryAt : undefined;
      return repositories.map(() => ({
        outcome: 'unanswered',
        reason,
        retryAt,
      }));
    }
  }

  /** Makes of many repositories that are missing at once questions without an answer. */
  #believe(
    host: string,
    asked: LinkQuestions[],
    answers: Map<RepositoryPointer, RepositoryReading>,
  ): Map<RepositoryPointer, RepositoryReading> {
    const known = asked.flatMap(({ byId, link }) =>
      byId && !link.repository?.deletedAt ? [byId] : [],
    );
    const missing = known.filter(
      pointer => answers.get(pointer)?.outcome === 'missing',
    );
    if (
      missing.length <= MISSING_AT_ONCE ||
      missing.length <= known.length * MISSING_PART
    ) {
      return answers;
    }
    const reason = `GitHub at ${host} no longer had ${missing.length} of ${known.length} repositories when asked for them at once, which is not believed.`;
    this.#logger.warn(reason);
    const believed = new Map(answers);
    for (const pointer of missing) {
      believed.set(pointer, { outcome: 'unanswered', reason });
    }
    return believed;
  }

  async #settle(
    { link, byId, byName }: LinkQuestions,
    answers: Map<RepositoryPointer, RepositoryReading>,
    options: { lane: GitHubLane; signal?: AbortSignal },
  ): Promise<{
    repository?: StoredRepository;
    unavailable?: UnansweredError;
  }> {
    const there = byName && answers.get(byName);
    if (
      there?.outcome === 'found' &&
      there.repository.id !== link.repository?.id
    ) {
      await this.#refresher.link(link, there.repository);
      return { repository: await this.#store.get(there.repository) };
    }
    const reading = (byId && answers.get(byId)) ?? there;
    if (!reading) {
      return {};
    }
    const outcome = link.repository
      ? await this.#refresher.settle(link.repository, reading, options)
      : await this.#settleUnknown(link, reading);
    if (outcome.outcome === 'stored') {
      return { repository: outcome.repository };
    }
    const retryAt =
      outcome.outcome === 'unanswered' ? outcome.retryAt : undefined;
    const soon =
      outcome.outcome === 'unanswered' ? ASK_AGAIN_MS : LOOK_AGAIN_MS;
    await this.#store.setDue([
      {
        link,
        at:
          [this.#nextTime(), retryAt?.toISOString() ?? this.#after(soon)]
            .sort()
            .at(0) ?? this.#nextTime(),
      },
    ]);
    return outcome.outcome === 'unanswered'
      ? { unavailable: new UnansweredError(outcome) }
      : {};
  }

  async #settleUnknown(
    link: PluginLink,
    reading: RepositoryReading,
  ): Promise<
    | { outcome: 'stored'; repository: StoredRepository }
    | { outcome: 'unknown' }
    | { outcome: 'unanswered'; reason: string; retryAt?: Date }
  > {
    if (reading.outcome === 'found') {
      await this.#refresher.link(link, reading.repository);
      const repository = await this.#store.get(reading.repository);
      return repository
        ? { outcome: 'stored', repository }
        : { outcome: 'unknown' };
    }
    const { host, owner, name } = link.location;
    const reason =
      reading.outcome === 'missing'
        ? `GitHub at ${host} has no repository ${owner}/${name}, or does not show it to the portal.`
        : reading.reason;
    await this.#store.setLinkFailure(link, {
      reason,
      at: this.#now().toISOString(),
    });
    return reading.outcome === 'missing' ? { outcome: 'unknown' } : reading;
  }

  #nextTime(): string {
    const part = EARLIEST + (LATEST - EARLIEST) * this.#random();
    return this.#after(part * this.#maxFactsAgeMs);
  }

  #after(ms: number): string {
    return new Date(this.#now().getTime() + ms).toISOString();
  }

  async #sweepWhileAsked(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      while (this.#sweepAgain && !signal.aborted) {
        this.#sweepAgain = false;
        await this.sweep(signal);
      }
    } catch (error) {
      this.#logger.warn(
        `The facts about new plugins are left to the next sweep: ${
          toError(error).message
        }`,
      );
    } finally {
      this.#sweeping = undefined;
    }
  }
}
