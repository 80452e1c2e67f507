import type { VulnerabilityReport } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { BuildReport, BuildStep } from '@envoy-go/build-runner';
import type { ListedModule, Platform } from '../../artifacts';

/** What a runner is to build. It gets no credentials: the source is handed to it. */
export interface RunnerJob {
  buildId: string;
  /** Path of the source at the commit, as GitHub packs it: `.tar.gz`. */
  archive: string;
  /** Full hash. */
  commit: string;
  /** Folder for what comes back; it is the caller's to remove. */
  out: string;
  /** Versions of Envoy to prove it in. Those that the plugin claims, of the known ones, by default. */
  envoys?: string[];
  /** Those that the runner can, by default. */
  platforms?: Platform[];
}

/** Told while a runner builds. */
export interface RunnerProgress {
  /** Which runner took it. */
  onTaken: (runner: string) => void;
  /** First with all steps that are known, queued. */
  onStep: (step: BuildStep) => void;
  onLog: (line: { step: string; line: string }) => void;
}

/** What came of a build. */
export interface RunnerResult {
  runner: { name: string; version: string };
  /** `file` of its libraries is a path in the job's `out`, with the digest that it says. */
  report: BuildReport;
  /** Path in the job's `out`, where the plugin has a licence file. */
  licence?: { path: string; spdx?: string };
  /** What `go list -m -json all` says. */
  modules: ListedModule[];
  /** What `go version -m -json` prints, per platform; see `parseGoBuildInfo`. */
  buildInfo: { platform: Platform; text: string }[];
  /** `undefined` where the build ended before. */
  vulnerabilities?: VulnerabilityReport;
}
