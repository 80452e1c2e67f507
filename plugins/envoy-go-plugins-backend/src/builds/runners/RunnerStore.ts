import type { BuildRunner } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The runners of all replicas. */
export interface RunnerStore {
  /** Connected ones first, then by name. A runner whose replica does not beat is lost. */
  list(): Promise<BuildRunner[]>;

  /** Whether any replica has a runner that is connected. */
  hasRunners(): Promise<boolean>;
}

/** What a replica writes of the runners that are mounted on it. */
export interface RunnerRegister {
  /** A runner mounted, or goes on to be there. */
  save(runner: BuildRunner): Promise<void>;

  /** A runner went, unless it has mounted on another replica since. */
  lose(name: string): Promise<void>;

  /** All of this replica are there still; those that are long lost are forgotten. */
  beat(runners: BuildRunner[]): Promise<void>;
}
