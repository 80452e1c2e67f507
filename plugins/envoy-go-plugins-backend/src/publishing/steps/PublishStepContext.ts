import type { Octokit } from '@octokit/rest';
import type { SagaNotes, StoredPublishRequest } from '../PublishRequestStore';

/** What a step works with. */
export interface PublishStepContext {
  request: StoredPublishRequest;
  /** As the portal. */
  github: Octokit;
  /** Where the repository will be, or is. */
  target: { owner: string; repo: string };
  /** What steps have to know of others; survives the worker. */
  notes: SagaNotes;
  /** Keeps notes before the step goes on. */
  note(notes: SagaNotes): Promise<void>;
  /** Says what was done, in a sentence. */
  log(text: string): Promise<void>;
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
 * One of the steps by which a plugin is published. A worker may die anywhere in it, so that
 * it begins again from the start: each finds out what is done already.
 *
 * @returns nothing when it is done
 * @throws whatever makes it fail; its message is shown to administrators
 */
export type PublishStepRun = (
  context: PublishStepContext,
) => Promise<StepWaits | void>;
