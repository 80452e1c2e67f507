import type {
  BuildStepStatus,
  BuildSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { OrderedRelease } from './BuildOrder';
import type { RunnerResult } from './runners';

/** A release that a runner has built, with its build. */
export interface ReleaseToPublish {
  build: BuildSummary;
  release: OrderedRelease;
  result: RunnerResult;
}

/**
 * What becomes of the builds of releases: the image with all that belongs to it, and the
 * facts about the version that pages show.
 */
export interface ReleasePublisher {
  /**
   * Pushes, signs and tags what was built, and stores what is to be known of it. Once more
   * after it was interrupted anywhere ends the same.
   *
   * @returns `HOST/PATH@sha256:…`; `undefined` where no registry is configured
   * @throws InputError when what was built cannot be published, ever; anything else is
   * worth another attempt
   */
  publish(
    release: ReleaseToPublish,
    options: {
      onStep: (step: BuildStepStatus) => void;
      signal: AbortSignal;
    },
  ): Promise<{ image?: string }>;

  /** Stores what came of a build that did not pass: proofs, vulnerabilities, the reason. */
  refuse(release: {
    build: BuildSummary;
    release: OrderedRelease;
    /** `undefined` where no runner came to an end with it. */
    result?: RunnerResult;
  }): Promise<void>;
}
