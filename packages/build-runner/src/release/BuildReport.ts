import type { CaseResult } from '@envoy-go/envoy-runner';
import type { LibraryCheck } from '../library';
import type { BuildStep } from '../progress';
import type { VulnerabilityReport } from '../vulnerabilities';

/** @public */
export type Platform = 'linux/amd64' | 'linux/arm64';

/**
 * A library that was built.
 *
 * @public
 */
export interface BuiltLibrary extends Omit<LibraryCheck, 'problems'> {
  platform: Platform;
  /** Path of the library; it is there only when the whole build passed. */
  file: string;
  /** `sha256:` and hex digits; the same in two builds in different folders. */
  digest: string;
  bytes: number;
  /** What `go version -m -json` prints of it. */
  buildInfo?: string;
}

/**
 * A module that a release may use.
 *
 * @public
 */
export interface UsedModule {
  path: string;
  /** Undefined for the release's own. */
  version?: string;
  /** When the version was made; ISO 8601. */
  time?: string;
  indirect?: boolean;
}

/**
 * How a release did in one Envoy.
 *
 * @public
 */
export interface Compatibility {
  /** Version as asked for. */
  requested: string;
  /** Version of the Envoy; undefined when there was none. */
  envoy?: string;
  /** Hex sha256 of the Envoy. */
  envoySha256?: string;
  platform: Platform;
  outcome: 'passed' | 'failed' | 'could-not-run';
  reason?: string;
  warnings: string[];
  cases: CaseResult[];
  durationMs: number;
}

/**
 * All that came out of a build.
 *
 * @public
 */
export interface BuildReport {
  outcome: 'passed' | 'failed' | 'could-not-run';
  /** Why, when it did not pass: one sentence. */
  reason?: string;
  plugin?: { name: string; module: string; filterName: string };
  /** Commit that the archive says it is of. */
  commit?: string;
  source?: { files: number; bytes: number };
  /** Version of Go, for example `1.26.8`. */
  go?: string;
  steps: BuildStep[];
  libraries: BuiltLibrary[];
  /** One row per Envoy. */
  compatibility: Compatibility[];
  /** What `go list -m -json all` says; undefined when the build ended before. */
  modules?: UsedModule[];
  /** The licence file; it is there only when the whole build passed. */
  licence?: {
    /** Path of it, in the folder of the libraries. */
    file: string;
    /** Where its text is a known one. */
    spdx?: string;
  };
  /**
   * What is known of weaknesses; undefined when the build ended before. They do not decide
   * the outcome: new ones become known of what was built long ago.
   */
  vulnerabilities?: VulnerabilityReport;
  durationMs: number;
}
