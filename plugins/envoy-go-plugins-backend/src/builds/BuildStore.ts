import type {
  Build,
  BuildList,
  BuildLogPart,
  BuildQuery,
  BuildStepStatus,
  BuildSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { Lease } from '../leases';
import type { BuildOrder, OrderedRelease } from './BuildOrder';
import type { BuildTransition } from './BuildTransition';
import type { BuildViewer } from './Builds';

/** A build as it is stored, without what pages alone need. */
export interface StoredBuild extends BuildSummary {
  release?: OrderedRelease;
  /** How often it was begun since somebody or an event queued it last. */
  tries: number;
}

/** A build that is a worker's until its lease runs out. */
export interface LeasedBuild extends StoredBuild {
  lease: Lease;
}

/** Who does something to a build, and when. */
export interface BuildAct {
  /** Entity ref, or `system`. */
  actor: string;
  /** ISO 8601, UTC. */
  at: string;
  /** A sentence, for the record. */
  text: string;
}

/** What a build came to; what is left out stays. */
export type BuildFacts = Partial<
  Pick<
    Build,
    'go' | 'libraries' | 'proofs' | 'vulnerabilities' | 'image' | 'runner'
  >
>;

/** What became of a build that its worker had. */
export interface BuildSettlement {
  transition: Exclude<BuildTransition, 'begin' | 'retry' | 'publish'>;
  reason?: string;
  facts?: BuildFacts;
  /** ISO 8601, UTC; where it is postponed. */
  nextAttemptAt?: string;
}

/** A line that was printed. */
export interface PrintedLine {
  step: string;
  text: string;
}

/**
 * What is to be built, and what came of it. Writes of workers answer `false`, and change
 * nothing, where the build is not theirs any more.
 */
export interface BuildStore {
  /** Adds it unless there is the same, which goes earlier where this one would. */
  add(
    order: BuildOrder,
    build: { id: string; at: string; text: string },
    transaction?: Knex.Transaction,
  ): Promise<{ build: StoredBuild; created: boolean }>;
  /** @throws NotFoundError */
  get(id: string): Promise<StoredBuild>;
  /** With all that is known; `allowedActions` are those that its state allows. @throws NotFoundError */
  getDetails(id: string): Promise<Omit<Build, 'commitUrl'>>;
  list(query: BuildQuery, viewer?: BuildViewer): Promise<BuildList>;
  /** @throws NotFoundError */
  log(
    id: string,
    range: { after: number; limit: number },
  ): Promise<BuildLogPart>;
  /** GitHub's ids of the releases of a repository that were ever ordered. */
  listReleases(repository: {
    host: string;
    repositoryId: number;
  }): Promise<number[]>;
  /** Those of a release that are not over. */
  listUnfinished(release: {
    host: string;
    repositoryId: number;
    releaseId: number;
  }): Promise<StoredBuild[]>;
  /** Since when a repository's releases are built: from now on, when it was not known. */
  followedSince(
    repository: { host: string; repositoryId: number },
    now: string,
  ): Promise<string>;

  /**
   * Cancels what nobody has; of what a worker has it notes the wish.
   *
   * @returns the build as it is then
   * @throws NotFoundError, ConflictError when it is over
   */
  cancel(id: string, act: BuildAct & { reason?: string }): Promise<StoredBuild>;
  /** @throws NotFoundError, ConflictError unless it may be tried again */
  retry(id: string, act: BuildAct): Promise<StoredBuild>;

  /**
   * Takes the next, and begins it: of those that come first by kind, of the plugin of which
   * the fewest are under way, then of that which had its turn longest ago.
   */
  claim(options: {
    owner: string;
    now: string;
    until: string;
  }): Promise<LeasedBuild | undefined>;
  renew(build: LeasedBuild, until: string): Promise<boolean>;
  /** Which of these are to be stopped. */
  listToCancel(
    ids: string[],
  ): Promise<{ id: string; actor: string; reason?: string }[]>;
  /** Stores which runner has it, steps as they are now, and lines to be appended. */
  progress(
    build: LeasedBuild,
    progress: {
      runner?: string;
      steps: BuildStepStatus[];
      lines: PrintedLine[];
    },
  ): Promise<boolean>;
  /** Its image is being made; of one plugin only one at a time. */
  beginPublishing(
    build: LeasedBuild,
    change: { at: string; facts: BuildFacts },
  ): Promise<'begun' | 'occupied' | 'lost'>;
  settle(
    build: LeasedBuild,
    settlement: BuildSettlement,
    act: BuildAct,
  ): Promise<boolean>;
  /**
   * Takes away from workers what they gave no sign of: it is queued again, or ends where it
   * was to be stopped or was begun too often.
   *
   * @returns those builds, as they are then
   */
  recover(options: { now: string; mostTries: number }): Promise<StoredBuild[]>;

  /**
   * Removes logs of builds that ended before a time, of at most so many.
   *
   * @returns of how many builds
   */
  removeLogs(options: {
    endedBefore: string;
    at: string;
    limit: number;
  }): Promise<number>;
}
