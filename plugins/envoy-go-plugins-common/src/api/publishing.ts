import type { PluginLocator } from './EnvoyGoPluginsApi';

/**
 * What becomes of a request to publish a plugin:
 *
 * - `checking`: the checks run against the commit
 * - `needs-work`: a check failed, or the repository could not be read; the author mends it
 *   and checks again
 * - `ready`: nothing failed; the author submits it once the bot is an administrator of the
 *   repository
 * - `in-review`: administrators decide
 * - `changes-requested`: they want something changed first; the author checks again
 * - `rejected`, `withdrawn`: over, nothing was changed on GitHub
 * - `approved`: the steps begin as soon as a worker is free
 * - `publishing`: the repository is being transferred and set up
 * - `publishing-failed`: a step failed; an administrator tries it again or aborts
 * - `published`: over, the plugin is the organisation's
 * - `aborted`: over, half-way; what was done until then is told by the steps
 *
 * @public
 */
export type PublishRequestState =
  | 'checking'
  | 'needs-work'
  | 'ready'
  | 'in-review'
  | 'changes-requested'
  | 'rejected'
  | 'withdrawn'
  | 'approved'
  | 'publishing'
  | 'publishing-failed'
  | 'published'
  | 'aborted';

/**
 * What somebody may do with a request now.
 *
 * @public
 */
export type PublishRequestAction =
  | 'check'
  | 'add-bot'
  | 'submit'
  | 'withdraw'
  | 'comment'
  | 'hand-over'
  | 'approve'
  | 'request-changes'
  | 'reject'
  | 'retry'
  | 'abort';

/**
 * How a check ended. One that could not run never counts as passed: an administrator may
 * approve all the same, but only with an exception that says why.
 *
 * @public
 */
export type PublishCheckOutcome = 'passed' | 'failed' | 'could-not-run';

/**
 * What a check found, in one place. Texts are for people; a check's own words, never a
 * secret that it found.
 *
 * @public
 */
export interface PublishCheckFinding {
  /** A sentence that says what is wrong, or what is worth a look. */
  message: string;
  /** How to mend it, in a sentence. */
  mend?: string;
  /** Path in the repository. */
  path?: string;
  /** From 1. */
  line?: number;
  /** The place on GitHub, at the commit that was looked at. */
  url?: string;
  /** Whether it makes the check fail, or is only worth a look. */
  severity: 'problem' | 'notice';
  /** Whether the previous release did not have it; `undefined` where there is none to compare with. */
  isNew?: boolean;
}

/** @public */
export interface PublishCheckResult {
  /** Such as `description`, `name`, `licence`, `readme`, `module-path`, `contents`, `risks`. */
  checkId: string;
  /** Such as "Description". */
  title: string;
  /** While the checks run, `undefined` for those whose turn has not come. */
  outcome?: PublishCheckOutcome;
  /** A sentence that says what came out, or why it could not run; while it runs, where it is. */
  summary?: string;
  /** What it looked at: "catalog-info.yaml", "12 Go files, 34 kB". */
  lookedAt?: string[];
  /** Up to 50. */
  findings?: PublishCheckFinding[];
  /** ISO 8601, UTC. */
  finishedAt?: string;
  /** The build that it reads, while that runs and afterwards. */
  buildId?: string;
  /** The exception that was made for it by whoever approved. */
  exception?: PublishCheckException;
}

/**
 * An administrator approves although a check could not run.
 *
 * @public
 */
export interface PublishCheckException {
  checkId: string;
  /** Why, in their words. */
  reason: string;
  /** Entity ref. */
  by: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** @public */
export type PublishDecisionKind = 'approve' | 'request-changes' | 'reject';

/**
 * What an administrator decided.
 *
 * @public
 */
export interface PublishDecision {
  kind: PublishDecisionKind;
  /** Entity ref. */
  by: string;
  /** ISO 8601, UTC. */
  at: string;
  /** Their words. */
  text?: string;
  /** The commit that it is about. */
  commit: string;
  /** Whether it counts: an approval of an older commit does not any more. */
  counts: boolean;
}

/**
 * What happened to a request, oldest first.
 *
 * @public
 */
export interface PublishTimelineEntry {
  id: string;
  /** ISO 8601, UTC. */
  at: string;
  /** Entity ref; `system` for the portal; `github:LOGIN` for comments that were written on GitHub. */
  actor: string;
  kind: 'state' | 'comment' | 'decision' | 'step';
  /** A sentence of the portal, or Markdown where `kind` is `comment` or `decision`. */
  text: string;
  /** The state that it brought, for `state` and `decision`. */
  state?: PublishRequestState;
  /** For `decision`. */
  decision?: PublishDecisionKind;
  /** The comment on GitHub, where it is mirrored. */
  url?: string;
}

/**
 * The steps by which a plugin is published, in order.
 *
 * @public
 */
export const PUBLISH_STEPS = [
  'verify-commit',
  'transfer',
  'wait-for-transfer',
  'strip',
  'module-path',
  'protect',
  'topics',
  'workflow-file',
  'register',
  'announce',
] as const;

/** @public */
export type PublishStepId = (typeof PUBLISH_STEPS)[number];

/** @public */
export interface PublishStep {
  stepId: PublishStepId;
  /** For people: "Transfer the repository". */
  title: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  /** How often it was begun. */
  attempts: number;
  /** ISO 8601, UTC. */
  startedAt?: string;
  /** ISO 8601, UTC. */
  finishedAt?: string;
  /** Why it failed last, and what to do. */
  error?: string;
  /** When it is tried again by itself; ISO 8601, UTC. */
  nextAttemptAt?: string;
  /** What it did, oldest first; sentences. */
  log: { at: string; text: string }[];
}

/**
 * Whether the bot, which is the account or the GitHub App by which the portal acts on GitHub,
 * may do what publishing needs of it before the repository is transferred:
 *
 * - `admin`: it administers the repository, and transfers it once that is approved
 * - `not-needed`: the repository is of a personal account, which nobody but its owner
 *   administers on GitHub: its author transfers it in their own name once that is approved
 * - `invited`, `missing`: something is to be done first
 * - `unknown`: it could not be found out
 *
 * @public
 */
export interface PublishBotAccess {
  /** The bot's login; `undefined` where it could not be found out. */
  bot?: string;
  /** Whether it is an account, which the author can make a collaborator, or a GitHub App, which is installed. */
  kind?: 'user' | 'app';
  state: 'admin' | 'not-needed' | 'invited' | 'missing' | 'unknown';
  /** What to do, step by step; for `not-needed` what there is to know. */
  steps: string[];
  /** The page on GitHub where it is done. */
  url?: string;
}

/**
 * A request waits for its author to transfer the repository in their own name.
 *
 * @public
 */
export interface PublishHandOver {
  /** Whose turn it is, on GitHub. */
  login: string;
  /** Since when; ISO 8601, UTC. */
  since: string;
  /** When GitHub last accepted to transfer it, which takes a moment; ISO 8601, UTC. */
  acceptedAt?: string;
  /** How it is done by hand, step by step; the portal notices. */
  steps: string[];
  /** The page on GitHub where it is done by hand. */
  url: string;
}

/** @public */
export interface PublishRequestSummary {
  id: string;
  state: PublishRequestState;
  /** The plugin's name, from its description; the repository's until that was read. */
  name: string;
  title?: string;
  description?: string;
  host: string;
  /** GitHub's own; stays the same when the repository is transferred. */
  repositoryId: number;
  /** `OWNER/NAME`, as it was when the request was made. */
  repository: string;
  /** `OWNER/NAME` where it will be, or is once published. */
  target: string;
  /** The full hash of the commit that was checked last, which is the one that is reviewed. */
  commit: string;
  branch: string;
  /** Entity ref. */
  author: string;
  /** On GitHub. */
  authorLogin: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  updatedAt: string;
  /** Since when it waits for a review. */
  submittedAt?: string;
  checks: { passed: number; failed: number; couldNotRun: number };
  /** That count. */
  approvals: number;
  neededApprovals: number;
}

/** @public */
export interface PublishRequest extends PublishRequestSummary {
  repositoryUrl: string;
  /** The files at the commit, on GitHub. */
  commitUrl: string;
  /** `catalog-info.yaml` at the commit, where there is one. */
  descriptionText?: string;
  /** `catalog-info.yaml` of the plugin that is in the catalog by this name already, to compare with. */
  previousDescriptionText?: string;
  checkResults: PublishCheckResult[];
  bot: PublishBotAccess;
  decisions: PublishDecision[];
  /** Up to 500. */
  timeline: PublishTimelineEntry[];
  /** Empty before it is approved. */
  steps: PublishStep[];
  /** What whoever asks may do now. */
  allowedActions: PublishRequestAction[];
  /** What its author agrees to by submitting it, word for word; where it can be submitted. */
  consent?: string;
  /** While it is its author's turn to transfer the repository. */
  handOver?: PublishHandOver;
  /** The issue in the organisation where it is discussed, too. */
  discussionUrl?: string;
  /** The plugin's entity, once it is published. */
  plugin?: PluginLocator;
}

/** @public */
export interface PublishRequestQuery {
  state?: PublishRequestState[];
  /** Words that occur in the name, title, repository or the author's login. */
  text?: string;
  offset?: number;
  /** 1 to 100. Default 25. */
  limit?: number;
}

/** @public */
export interface PublishRequestList {
  /** Newest first for authors; for administrators those first that wait longest. */
  items: PublishRequestSummary[];
  totalItems: number;
  /** How many there are in each state, whatever `state` of the query says. */
  states: { state: PublishRequestState; count: number }[];
}

/**
 * A repository that its author could publish.
 *
 * @public
 */
export interface PublishCandidate {
  repositoryId: number;
  host: string;
  /** `OWNER/NAME` */
  repository: string;
  url: string;
  description?: string;
  private: boolean;
  /** ISO 8601, UTC. */
  pushedAt?: string;
  /** Why it cannot be published, in a sentence; `undefined` where it can. */
  obstacle?: string;
  /** The request that is under way for it. */
  requestId?: string;
}

/** @public */
export interface PublishCandidateList {
  /** Those pushed to last come first; up to 300. */
  items: PublishCandidate[];
  /** Whether there are more, which can only be published by their address. */
  truncated: boolean;
  /** The organisation that plugins are published into. */
  organization: string;
}

/** @public */
export interface NewPublishDecision {
  kind: PublishDecisionKind;
  /** Needed unless it is an approval. */
  text?: string;
  /** The commit that was looked at; refused (409) when it is not the request's any more. */
  commit: string;
  /** For an approval: one for each check that could not run. */
  exceptions?: { checkId: string; reason: string }[];
}
