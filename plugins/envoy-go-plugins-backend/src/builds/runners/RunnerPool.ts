import type { BuildRunner } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { RunnerJob, RunnerProgress, RunnerResult } from './RunnerJob';

/**
 * The runners that are mounted on this backend. Others may be mounted on other replicas;
 * each takes builds from the queue for its own.
 */
export interface RunnerPool {
  /** Those that are connected to this replica. */
  list(): BuildRunner[];

  /** How many builds they could take now. */
  free(): number;

  /** Calls back when there may be more of them free than before. */
  onFree(listener: () => void): () => void;

  /**
   * Has one of them build, with the least to do first.
   *
   * @throws NoRunnerError when none is free
   * @throws RunnerLostError when it went away before it answered: another one may try
   * @throws the signal's reason when it is aborted; the build is then stopped
   * @throws anything else when the runner could not even try, or a listener threw
   */
  run(
    job: RunnerJob,
    options: RunnerProgress & { signal: AbortSignal },
  ): Promise<RunnerResult>;
}

/** No runner is connected to this replica that is free. */
export class NoRunnerError extends Error {
  constructor() {
    super('No runner is free');
    this.name = 'NoRunnerError';
  }
}

/** A runner went away while it had a build. */
export class RunnerLostError extends Error {
  constructor(readonly runner: string, reason: string) {
    super(`The runner ${runner} was lost while it had the build: ${reason}`);
    this.name = 'RunnerLostError';
  }
}
