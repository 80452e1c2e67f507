import type { ProofReport } from '@envoy-go/envoy-runner';
import type { GoBuildInfo } from './GoBuildInfo';

/** What libraries are built for. */
export type Platform = 'linux/amd64' | 'linux/arm64';

/** A library of a release. */
export interface BuiltLibrary {
  platform: Platform;
  /** Path of the file. */
  path: string;
  buildInfo: GoBuildInfo;
}

/** One module of `go list -m -json all`, as far as it is of use. */
export interface ListedModule {
  path: string;
  version?: string;
  /** When the version was made; ISO 8601. */
  time?: string;
  indirect?: boolean;
}

/** A release that was built and proven, and has not been published yet. */
export interface BuiltRelease {
  /** Name of the entity; its lower-case form names the repository in the registry. */
  plugin: string;
  title?: string;
  description?: string;
  /** With or without `v`; semver without build metadata. */
  version: string;
  source: {
    /** Where people see it: `https://github.com/ORG/REPO`. */
    url: string;
    /** Such as `v1.2.0`. */
    tag: string;
    /** The full hash. */
    commit: string;
    /** When the commit was made; it is the time of everything in the image. */
    committedAt: Date;
  };
  /** The name that the filter registers under. */
  filterName: string;
  /** `spec.runtime`. */
  runtime: string;
  /** Of Envoy's interface for dynamic modules, such as `v0.1.0`. */
  abi?: string;
  licence: {
    /** SPDX expression. */
    spdx?: string;
    /** Path of the file. */
    path: string;
  };
  /** One a platform. */
  libraries: BuiltLibrary[];
  /** What `go list -m -json all` says of the modules. */
  modules?: ListedModule[];
  proof: ProofReport;
  build: {
    id: string;
    /** URI of who built it: what has to be trusted. */
    builderId: string;
    builderVersion?: string;
    startedAt: Date;
    finishedAt: Date;
  };
}

/** Versions of the Envoys that the filter passed in, each once, lowest first. */
export function provenEnvoys(report: ProofReport): string[] {
  return [
    ...new Set(
      report.results
        .filter(({ outcome }) => outcome === 'passed')
        .map(({ envoy }) => envoy.version ?? envoy.requested),
    ),
  ].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
