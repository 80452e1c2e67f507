import type {
  EnvoyGoPluginEntity,
  PublishCheckFinding,
  PublishCheckOutcome,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/**
 * A file of a repository, as its tree lists it.
 *
 * @public
 */
export interface PublishSourceFile {
  /** From the repository's root, with slashes. */
  path: string;
  /** Git's: `100644`, `100755` (executable), `120000` (link), `160000` (submodule). */
  mode: string;
  /** Git's hash of the content. */
  sha: string;
  /** In bytes; 0 for submodules. */
  size: number;
}

/**
 * The files of a repository at one commit. What is read of it is bounded, and counted
 * against the portal's budget at GitHub; a file is read once, however many checks ask.
 *
 * @public
 */
export interface PublishSource {
  /** Full hash. */
  readonly commit: string;
  readonly files: readonly PublishSourceFile[];
  /**
   * @returns `undefined` where there is no such file
   * @throws UnreadableSourceError where it is larger than may be read, or more was read than may be
   */
  read(path: string): Promise<Buffer | undefined>;
  /** The page of a file on GitHub. */
  urlOf(path: string, line?: number): string;
}

/**
 * What cannot be looked at within the bounds; a check that runs into it could not run.
 *
 * @public
 */
export class UnreadableSourceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableSourceError';
  }
}

/** @public */
export interface PublishCheckContext {
  /** `github.com`, or the host of a GitHub Enterprise. */
  host: string;
  /** Where the repository is. */
  repository: { id: number; owner: string; repo: string };
  /** Where it will be. */
  target: { owner: string; repo: string };
  source: PublishSource;
  /** The plugin's description, where it is valid. */
  description: EnvoyGoPluginEntity | undefined;
  /** The files of the release before, read when first asked for; `undefined` where there is none. */
  previousRelease(): Promise<
    { tag: string; source: PublishSource } | undefined
  >;
  /** The request that it is for. */
  request: {
    id: string;
    /** Entity ref. */
    author: string;
    /** When the checks were asked for. A worker that takes over from another one runs them for the same asking. */
    askedAt: Date;
  };
  /** Shows where the check is, in a sentence, until it is done. */
  progress(text: string, options?: { buildId?: string }): void;
  /** Aborted when the check takes too long, or the backend stops. */
  signal: AbortSignal;
}

/** @public */
export interface PublishCheckReport {
  outcome: PublishCheckOutcome;
  /** A sentence that says what came out, or why it could not run. */
  summary: string;
  /** What it looked at, such as "catalog-info.yaml". */
  lookedAt: string[];
  /** The first 50 are kept. */
  findings: PublishCheckFinding[];
  /** The build that it read. */
  buildId?: string;
}

/**
 * A check of a repository that somebody wants to publish.
 *
 * @public
 */
export interface PublishCheck {
  /** Of small letters and dashes; one with the id of another takes its place. */
  id: string;
  /** For people, such as "Licence". */
  title: string;
  /**
   * One that takes longer could not run, in milliseconds. Default: 120,000. Those that give
   * another one wait for something: they run side by side, after all others, and hold up no
   * other request.
   */
  timeoutMs?: number;
  /** What it throws makes it one that could not run, for the error's message as the reason. */
  run(context: PublishCheckContext): Promise<PublishCheckReport>;
}
