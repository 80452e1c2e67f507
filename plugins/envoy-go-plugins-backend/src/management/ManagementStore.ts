import type {
  AuditFacts,
  ManagementAction,
  ManagementStep,
  PluginLocator,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { Lease } from '../leases';
import type { ManagementStepId } from './managementSteps';

/** What an operation needs to know; by its action. */
export interface OperationParameters {
  /** The description in the repository, from its root. */
  descriptionPath?: string;
  /** Change of owner: entity ref. */
  owner?: string;
  /** Deprecation: entity ref of a plugin. */
  successor?: string;
  /** Yank: GitHub's id of the release, and its tag. */
  releaseId?: number;
  tag?: string;
  /** Unpublication: login of the user or organisation on GitHub that gets it. */
  to?: string;
  /** Entity refs of those who are told in the end. */
  tell: string[];
}

/** What steps have to know of those before them; survives the worker. */
export interface OperationNotes {
  /** How often a change of the description was proposed anew. */
  proposals?: number;
  /** Number of the pull request that proposes it. */
  pull?: number;
  /** That people have to merge it was said. */
  askedToMerge?: boolean;
  /** When the transfer was last asked for; ISO 8601. */
  transferAskedAt?: string;
  transfersAsked?: number;
  /** GitHub answered that it will be. */
  transferAnswered?: boolean;
  /** `OWNER/NAME` after the transfer. */
  movedTo?: string;
}

/** An operation, as it is kept. */
export interface StoredOperation {
  id: string;
  action: ManagementAction;
  state: 'running' | 'done' | 'failed';
  plugin: PluginLocator;
  entityRef: string;
  host: string;
  repositoryId: number;
  /** `OWNER/NAME`, as it was when it was asked for. */
  repository: string;
  /** What it does, in words. */
  title: string;
  by: string;
  reason: string;
  version?: string;
  buildId?: string;
  parameters: OperationParameters;
  notes: OperationNotes;
  before?: AuditFacts;
  after?: AuditFacts;
  startedAt: string;
  endedAt?: string;
  failures: number;
}

/** An operation that is a worker's for a while. */
export interface LeasedOperation extends StoredOperation {
  lease: Lease;
}

/** An operation with its steps. */
export interface OperationWithSteps {
  operation: StoredOperation;
  steps: (ManagementStep & { id: ManagementStepId; startedAt?: string })[];
}

/** What is asked for. */
export type NewOperation = Omit<
  StoredOperation,
  'state' | 'notes' | 'failures' | 'endedAt' | 'buildId'
>;

/**
 * Keeps what is done to plugins. Every change of a state, and every step that ends, is one
 * transaction with its entry in the record.
 *
 * Methods that take a {@link LeasedOperation} answer `false`, and change nothing, where it is
 * another worker's by now.
 */
export interface ManagementStore {
  /** @throws ConflictError when something is done to the plugin already */
  create(operation: NewOperation): Promise<void>;
  /**
   * Writes down something that is one change of the database, which is made with it.
   *
   * @param change - makes the change; what it returns is the id of the build
   */
  createDone(
    operation: NewOperation,
    change: (transaction: Knex.Transaction) => Promise<string>,
  ): Promise<void>;
  /** @throws NotFoundError */
  get(id: string): Promise<OperationWithSteps>;
  /** Of some plugins, newest first, at most so many of each. */
  list(
    entityRefs: string[],
    options: { limit: number; unfinished?: boolean },
  ): Promise<OperationWithSteps[]>;
  /** All that run, and those that failed last of a plugin, oldest first. */
  listUnfinished(options: { limit: number }): Promise<OperationWithSteps[]>;
  /**
   * Lets a worker try the step that failed again.
   *
   * @throws ConflictError unless it failed, and nothing else was done to the plugin since
   */
  retry(id: string, act: { actor: string; at: string }): Promise<void>;

  /** Takes an operation that waits for a worker, or whose worker is gone. */
  claim(options: {
    owner: string;
    now: string;
    until: string;
  }): Promise<LeasedOperation | undefined>;
  renew(operation: LeasedOperation, until: string): Promise<boolean>;
  /** Gives it back, to be taken again then. */
  release(
    operation: LeasedOperation,
    options: { nextAttemptAt?: string; failures: number },
  ): Promise<boolean>;
  /** Begins a step, or begins it again. */
  beginStep(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    at: string,
  ): Promise<boolean>;
  logStep(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    line: { at: string; text: string },
  ): Promise<boolean>;
  note(operation: LeasedOperation, notes: OperationNotes): Promise<boolean>;
  finishStep(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    at: string,
  ): Promise<boolean>;
  /** The step waits, and with it the operation. */
  postponeStep(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    options: { until: string; error?: string; failures: number },
  ): Promise<boolean>;
  /** The step failed, and with it the operation. */
  failStep(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    failure: { at: string; error: string },
  ): Promise<boolean>;
  /** All steps are done. */
  finish(operation: LeasedOperation, at: string): Promise<boolean>;
  /** Marks the plugin as gone back; what was built of it stays. */
  markUnpublished(
    operation: LeasedOperation,
    mark: { at: string; movedTo: string },
  ): Promise<boolean>;
  /** Whether, and where to, a repository went back that was a published plugin. */
  findUnpublished(repository: {
    host: string;
    repositoryId: number;
  }): Promise<{ at: string; movedTo: string; reason: string } | undefined>;
}
