import type { Octokit } from '@octokit/rest';
import type { OperationNotes, StoredOperation } from '../ManagementStore';

/** What a step works with. */
export interface ManagementStepContext {
  operation: StoredOperation;
  /** As the portal. */
  github: Octokit;
  /** What steps have to know of others; survives the worker. */
  notes: OperationNotes;
  /** Keeps notes before the step goes on. */
  note(notes: OperationNotes): Promise<void>;
  /** Says what was done, in a sentence. */
  log(text: string): Promise<void>;
  /** Marks the plugin as gone back. */
  markUnpublished(mark: { at: string; movedTo: string }): Promise<void>;
  /** When the step was begun first. */
  startedAt: Date;
  now: Date;
  signal: AbortSignal;
}

/** A step that has to wait, in milliseconds; it is then begun again. */
export interface StepWaits {
  waitMs: number;
}

/**
 * One of the steps of an operation. A worker may die anywhere in it, so that it begins again
 * from the start: each finds out what is done already.
 *
 * @returns nothing when it is done
 * @throws whatever makes it fail; its message is shown to whoever may try again
 */
export type ManagementStepRun = (
  context: ManagementStepContext,
) => Promise<StepWaits | void>;
