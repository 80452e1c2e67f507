import type {
  AuditRecord,
  NewPublishDecision,
  PublishCheckResult,
  PublishDecision,
  PublishRequestList,
  PublishRequestQuery,
  PublishRequestState,
  PublishStep,
  PublishStepId,
  PublishTimelineEntry,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Lease } from '../leases';
import type { PublishTransition } from './PublishTransition';

/** What steps have to know of those before them. */
export interface SagaNotes {
  /** When the transfer was last asked for; ISO 8601. */
  transferAskedAt?: string;
  /** How often. */
  transfersAsked?: number;
  /** Since when it is the author's turn to transfer it; ISO 8601. */
  handOverSince?: string;
  /** What the branch ends with, where the portal committed something on top of the reviewed commit. */
  commit?: string;
}

/** A request, as it is kept. Absent texts are `undefined`. */
export interface StoredPublishRequest {
  id: string;
  state: PublishRequestState;
  host: string;
  repositoryId: number;
  repository: string;
  repositoryUrl: string;
  target: string;
  branch: string;
  commit: string;
  name: string;
  title?: string;
  description?: string;
  descriptionText?: string;
  previousDescriptionText?: string;
  author: string;
  authorLogin: string;
  createdAt: string;
  updatedAt: string;
  submittedAt?: string;
  discussionUrl?: string;
  plugin?: { namespace: string; name: string };
  /** When GitHub last accepted the author's transfer. */
  handedOverAt?: string;
  saga: SagaNotes;
  failures: number;
}

/** All there is to a request. */
export interface PublishRequestParts {
  request: StoredPublishRequest;
  checks: PublishCheckResult[];
  decisions: PublishDecision[];
  timeline: PublishTimelineEntry[];
  steps: PublishStep[];
}

/** A request that is a worker's for a while. */
export interface LeasedPublishRequest extends StoredPublishRequest {
  lease: Lease;
}

/** What can be known of a request only when its files are read. */
export type PublishRequestFacts = Pick<
  StoredPublishRequest,
  | 'repository'
  | 'repositoryUrl'
  | 'target'
  | 'branch'
  | 'commit'
  | 'name'
  | 'title'
  | 'description'
  | 'descriptionText'
  | 'previousDescriptionText'
>;

/** Who does something, and what is to be told of it. */
export interface PublishAct {
  /** Entity ref, or `system`. */
  actor: string;
  at: string;
  /** What the timeline says. */
  text: string;
  /** More for the record; never a secret. */
  details?: AuditRecord['details'];
}

/**
 * Keeps requests. Every change of a state is one transaction with its entries in the
 * timeline and the record.
 *
 * Methods that take a {@link LeasedPublishRequest} answer `false`, and change nothing, where
 * it is another worker's by now.
 */
export interface PublishRequestStore {
  /** @throws ConflictError when there is one under way for the repository or the target */
  create(
    request: Omit<
      StoredPublishRequest,
      'state' | 'updatedAt' | 'saga' | 'failures'
    >,
    act: PublishAct,
  ): Promise<void>;
  /** @throws NotFoundError */
  get(id: string): Promise<StoredPublishRequest>;
  /** @throws NotFoundError */
  getParts(id: string): Promise<PublishRequestParts>;
  /** @param author - entity ref; without it, everybody's, those that wait longest first */
  list(
    query: PublishRequestQuery,
    options: { author?: string; neededApprovals: number },
  ): Promise<PublishRequestList>;
  /** Names that requests under way will have, by their repositories. */
  namesUnderWay(
    host: string,
  ): Promise<{ name: string; repositoryId: number; id: string }[]>;
  /** Who had a repository published, the last time. */
  findPublisher(
    host: string,
    repositoryId: number,
  ): Promise<{ author: string; authorLogin: string } | undefined>;
  /** Requests under way of some repositories. */
  findUnderWay(
    host: string,
    repositoryIds: number[],
  ): Promise<{ id: string; repositoryId: number }[]>;

  /**
   * What people do.
   *
   * @throws ConflictError when the state does not allow it
   */
  transition(
    id: string,
    transition: PublishTransition,
    act: PublishAct,
  ): Promise<void>;
  /**
   * Writes down a decision; an approval changes the state once there are enough.
   *
   * @throws ConflictError when the state does not allow it, the request is about another
   *   commit by now, or whoever approves did so already
   */
  decide(
    id: string,
    decision: NewPublishDecision & { by: string; neededApprovals: number },
    act: PublishAct,
  ): Promise<void>;
  comment(
    id: string,
    comment: { actor: string; at: string; text: string; url?: string },
  ): Promise<void>;
  /**
   * Writes down that GitHub accepted the author's transfer, and has it looked at soon.
   *
   * @throws ConflictError when it is not being published
   */
  noteHandOver(id: string, act: PublishAct): Promise<void>;
  /** Has a request that waits looked at soon. */
  hurry(id: string): Promise<void>;

  /** Takes a request that waits for a worker, or whose worker is gone. */
  claim(options: {
    owner: string;
    now: string;
    until: string;
  }): Promise<LeasedPublishRequest | undefined>;
  renew(request: LeasedPublishRequest, until: string): Promise<boolean>;
  /** Gives it back, to be taken again then. */
  release(
    request: LeasedPublishRequest,
    options: { nextAttemptAt?: string; failures: number },
  ): Promise<boolean>;
  /** Begins the checks anew. */
  beginChecks(
    request: LeasedPublishRequest,
    facts: PublishRequestFacts,
    checks: { id: string; title: string }[],
  ): Promise<boolean>;
  saveCheck(
    request: LeasedPublishRequest,
    result: PublishCheckResult,
  ): Promise<boolean>;
  /** Where a check is that is not done yet. */
  saveProgress(
    request: LeasedPublishRequest,
    checkId: string,
    where: { text: string; buildId?: string },
  ): Promise<boolean>;
  /** Whether the checks of a request run, and of this commit. */
  isChecking(of: { id: string; commit: string }): Promise<boolean>;
  /** What the worker does; the lease ends where there is nothing more to do for it. */
  settle(
    request: LeasedPublishRequest,
    transition: PublishTransition,
    act: PublishAct,
  ): Promise<boolean>;
  /** Begins a step, or begins it again. */
  beginStep(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    at: string,
  ): Promise<boolean>;
  logStep(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    line: { at: string; text: string },
  ): Promise<boolean>;
  noteSaga(request: LeasedPublishRequest, notes: SagaNotes): Promise<boolean>;
  notePlugin(
    request: LeasedPublishRequest,
    plugin: { namespace: string; name: string },
  ): Promise<boolean>;
  finishStep(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    act: PublishAct,
  ): Promise<boolean>;
  /** The step waits, and with it the request. */
  postponeStep(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    options: { until: string; error?: string; failures: number },
  ): Promise<boolean>;
  /** The step failed, and with it the request. */
  failStep(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    error: string,
    act: PublishAct,
  ): Promise<boolean>;
}
