import type { PluginLocator } from './EnvoyGoPluginsApi';

/**
 * Why something is built:
 *
 * - `request`: for the checks of a request to publish it
 * - `release`: it was released on GitHub
 * - `rebuild`: somebody wants a release to be built once more
 *
 * Those that come first here go first. Releases of which nobody was told in time go last.
 *
 * @public
 */
export type BuildKind = 'request' | 'release' | 'rebuild';

/**
 * What becomes of a build:
 *
 * - `queued`: it waits for a runner that is free, or for another attempt
 * - `building`: a runner builds and proves it
 * - `publishing`: it passed, and its image is being pushed and signed (releases only)
 * - `passed`: over; of a release the image is there and tagged
 * - `failed`: over; the plugin's doing: it does not compile, a test or its proof fails
 * - `could-not-run`: over; something was missing or broke, as often as it was tried
 * - `cancelled`: over; somebody stopped it, or what it was for is gone
 *
 * @public
 */
export type BuildState =
  | 'queued'
  | 'building'
  | 'publishing'
  | 'passed'
  | 'failed'
  | 'could-not-run'
  | 'cancelled';

/**
 * What somebody may do with a build now.
 *
 * @public
 */
export type BuildAction = 'cancel' | 'retry';

/** @public */
export interface BuildStepStatus {
  /** Such as `modules`, `build linux/amd64`, `proof 1.40.0`, `image`, `signatures`. */
  name: string;
  state: 'queued' | 'running' | 'passed' | 'failed' | 'could-not-run';
  /** Why it failed or could not run: a sentence. */
  reason?: string;
  /** ISO 8601, UTC. */
  startedAt?: string;
  /** ISO 8601, UTC. */
  endedAt?: string;
  /** Milliseconds. */
  durationMs?: number;
}

/**
 * How one version of a plugin did in one Envoy.
 *
 * @public
 */
export interface ProofRow {
  /** Version of Envoy, such as `1.40.0`. */
  envoy: string;
  platform: string;
  outcome: 'passed' | 'failed' | 'could-not-run';
  /** Why it did not pass: a sentence. */
  reason?: string;
  /** Cases of `envoy-proof.yaml`. */
  cases: {
    name: string;
    outcome: 'passed' | 'failed' | 'could-not-run';
    /** What was expected, and what came; a line each. */
    differences: string[];
  }[];
  /** ISO 8601, UTC. */
  provenAt: string;
}

/**
 * A vulnerability that the plugin's code reaches, or that a module which it uses has.
 *
 * @public
 */
export interface Vulnerability {
  /** Such as `GO-2024-2611`. */
  id: string;
  /** CVE and GHSA ids. */
  aliases: string[];
  summary: string;
  module: string;
  /** What is used. */
  version?: string;
  /** The first that does not have it. */
  fixedIn?: string;
  /** Whether the plugin's code reaches it, rather than only using the module. */
  reached: boolean;
  url?: string;
}

/**
 * What govulncheck said. Where it could not be asked, `vulnerabilities` is empty and means
 * nothing.
 *
 * @public
 */
export interface VulnerabilityReport {
  outcome: 'passed' | 'failed' | 'could-not-run';
  /** Why it could not run: a sentence. */
  reason?: string;
  vulnerabilities: Vulnerability[];
  /** ISO 8601, UTC; when the database of vulnerabilities was changed last. */
  databaseAt?: string;
}

/** @public */
export interface BuiltLibraryFacts {
  /** `linux/amd64` or `linux/arm64`. */
  platform: string;
  /** `sha256:` and hex digits; the same in two builds in different folders. */
  digest: string;
  bytes: number;
}

/** @public */
export interface BuildSummary {
  id: string;
  kind: BuildKind;
  state: BuildState;
  plugin: PluginLocator;
  host: string;
  /** GitHub's own; stays the same when the repository is renamed or transferred. */
  repositoryId: number;
  /** `OWNER/NAME`, as it was when the build was asked for. */
  repository: string;
  /** Full hash. */
  commit: string;
  /** Of the release. */
  tag?: string;
  /** Of the release, without `v`. */
  version?: string;
  /** The request to publish that it is for. */
  requestId?: string;
  /** Entity ref of who asked for it; `system` for the portal. */
  requestedBy: string;
  /** Why somebody wanted it built once more. */
  requestReason?: string;
  /** How often it was begun. */
  attempts: number;
  /** When it is tried again by itself; ISO 8601, UTC. */
  nextAttemptAt?: string;
  /** Name of the runner that has it, or had it last. */
  runner?: string;
  /** Why it did not pass, or waits for another attempt: a sentence. */
  reason?: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** When it was begun last; ISO 8601, UTC. */
  startedAt?: string;
  /** ISO 8601, UTC. */
  endedAt?: string;
}

/** @public */
export interface Build extends BuildSummary {
  /** The commit on GitHub. */
  commitUrl: string;
  /** In order; of the last attempt. */
  steps: BuildStepStatus[];
  /** Version of Go, such as `1.26.8`. */
  go?: string;
  libraries: BuiltLibraryFacts[];
  proofs: ProofRow[];
  vulnerabilities?: VulnerabilityReport;
  /** `HOST/PATH@sha256:…` of the image, once it is pushed. */
  image?: string;
  /** How many lines of log there are. */
  logLines: number;
  /**
   * When its log was removed, as logs of builds that ended long ago are; ISO 8601, UTC. Then
   * `logLines` is 0.
   */
  logRemovedAt?: string;
  /** What whoever asks may do now. */
  allowedActions: BuildAction[];
}

/** @public */
export interface BuildQuery {
  state?: BuildState[];
  kind?: BuildKind[];
  /** Words that occur in the plugin's name, repository, tag, commit or runner. */
  text?: string;
  /** Of one plugin: `NAMESPACE/NAME`. */
  plugin?: string;
  offset?: number;
  /** 1 to 100. Default 25. */
  limit?: number;
}

/** @public */
export interface BuildList {
  /** What runs first, then what waits in its order, then what is over, newest first. */
  items: BuildSummary[];
  totalItems: number;
  /** How many there are in each state, whatever `state` of the query says. */
  states: { state: BuildState; count: number }[];
}

/** @public */
export interface BuildLogLine {
  /** From 1, without gaps. */
  number: number;
  step: string;
  text: string;
}

/** @public */
export interface BuildLogPart {
  lines: BuildLogLine[];
  /** Of the last line here; ask for what comes after it. */
  last: number;
  /** Whether more will come. */
  open: boolean;
}

/**
 * One measure by which a runner keeps plugins from its machine and from each other.
 *
 * @public
 */
export interface RunnerMeasure {
  /** Such as "Network". */
  name: string;
  given: boolean;
  /** How, or why not: a sentence. */
  detail: string;
}

/**
 * A process that builds, on this machine or another.
 *
 * @public
 */
export interface BuildRunner {
  name: string;
  /** Of the program. */
  version: string;
  /** `connected` runners take builds; a `lost` one is not there any more. */
  state: 'connected' | 'lost';
  /** Where it runs. */
  hostname: string;
  platforms: string[];
  /** Versions of Go that it may build with. */
  go: string[];
  isolation: RunnerMeasure[];
  /** How many builds it takes at once. */
  concurrency: number;
  /** Ids of the builds that it has. */
  builds: string[];
  /** ISO 8601, UTC. */
  connectedAt: string;
  /** ISO 8601, UTC. */
  seenAt: string;
}
