import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  Build,
  BuildList,
  BuildLogPart,
  BuildQuery,
  BuildState,
  BuildSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { BuildOrder, Builds } from '../builds';

const OVER: BuildState[] = ['passed', 'failed', 'could-not-run', 'cancelled'];

/** The names of a build's steps, in order. */
export const BUILD_STEPS = [
  'source',
  'toolchain',
  'modules',
  'vet',
  'test',
  'build linux/amd64',
  'library linux/amd64',
  'proof 1.38.3',
  'proof 1.39.3',
  'proof 1.40.0',
  'vulnerabilities',
];

/** Builds that nobody builds: a test says how far they are. */
export class InMemoryBuilds implements Builds {
  runners = 1;
  /** As they were ordered, those that were there already included. */
  readonly orders: BuildOrder[] = [];
  readonly retries: string[] = [];
  readonly #builds = new Map<string, Build>();

  async order(order: BuildOrder) {
    this.orders.push(order);
    const id = `${order.requestId}@${order.commit.slice(0, 7)}`;
    const known = this.#builds.get(id);
    if (known) {
      return { build: known, created: false };
    }
    const { kind, plugin, host, repositoryId, repository, commit } = order;
    const build: Build = {
      id,
      kind,
      state: 'queued',
      plugin,
      host,
      repositoryId,
      repository,
      commit,
      requestId: order.requestId,
      requestedBy: order.requestedBy,
      attempts: 0,
      createdAt: new Date().toISOString(),
      commitUrl: '',
      steps: [],
      libraries: [],
      proofs: [],
      logLines: 0,
      allowedActions: [],
    };
    this.#builds.set(id, build);
    return { build, created: true };
  }

  async get(id: string): Promise<Build> {
    const build = this.#builds.get(id);
    if (!build) {
      throw new NotFoundError(`There is no build ${id}`);
    }
    return build;
  }

  async list({
    state,
    kind,
    offset = 0,
    limit = 25,
  }: BuildQuery): Promise<BuildList> {
    const found = [...this.#builds.values()].filter(
      build =>
        (!state || state.includes(build.state)) &&
        (!kind || kind.includes(build.kind)),
    );
    return {
      items: found.slice(offset, offset + limit),
      totalItems: found.length,
      states: [],
    };
  }

  async log(): Promise<BuildLogPart> {
    return { lines: [], last: 0, open: false };
  }

  async cancel(
    id: string,
    by: { actor: string; reason?: string },
  ): Promise<BuildSummary> {
    if (OVER.includes((await this.get(id)).state)) {
      throw new ConflictError('It is over');
    }
    return this.change(id, {
      state: 'cancelled',
      reason: by.reason,
      endedAt: new Date().toISOString(),
    });
  }

  async retry(id: string): Promise<BuildSummary> {
    const state = this.#builds.get(id)?.state;
    if (!state || !OVER.includes(state) || state === 'passed') {
      throw new ConflictError('It is not over');
    }
    this.retries.push(id);
    return this.change(id, { state: 'queued', endedAt: undefined, steps: [] });
  }

  async ended(id: string): Promise<Build> {
    return this.get(id);
  }

  async hasRunners(): Promise<boolean> {
    return this.runners > 0;
  }

  /** All there are, oldest first. */
  all(): Build[] {
    return [...this.#builds.values()];
  }

  change(id: string, changes: Partial<Build>): Build {
    const build = this.#builds.get(id);
    if (!build) {
      throw new NotFoundError(`There is no build ${id}`);
    }
    const changed = { ...build, ...changes };
    this.#builds.set(id, changed);
    return changed;
  }

  /** Lets it be at a step, those before having passed. */
  reach(id: string, step: string): Build {
    const present = BUILD_STEPS.indexOf(step);
    return this.change(id, {
      state: 'building',
      steps: BUILD_STEPS.map((name, index) => {
        if (index === present) {
          return { name, state: 'running' };
        }
        return { name, state: index < present ? 'passed' : 'queued' };
      }),
    });
  }

  /** Ends it well, or with the step at which it ended otherwise. */
  end(
    id: string,
    changes: Partial<Build> & {
      at?: string;
      as?: 'failed' | 'could-not-run';
    } = {},
  ): Build {
    const { at, as = 'failed', ...rest } = changes;
    const endedAt = new Date().toISOString();
    const stop =
      at === undefined ? BUILD_STEPS.length : BUILD_STEPS.indexOf(at);
    return this.change(id, {
      state: at === undefined ? 'passed' : as,
      endedAt,
      steps: BUILD_STEPS.map((name, index) => {
        if (index === stop) {
          return { name, state: as, reason: rest.reason };
        }
        return { name, state: index < stop ? 'passed' : 'queued' };
      }),
      ...(at === undefined && {
        proofs: ['1.38.3', '1.39.3', '1.40.0'].map(envoy => ({
          envoy,
          platform: 'linux/amd64',
          outcome: 'passed' as const,
          cases: [
            { name: 'passes', outcome: 'passed' as const, differences: [] },
          ],
          provenAt: endedAt,
        })),
        vulnerabilities: { outcome: 'passed' as const, vulnerabilities: [] },
      }),
      ...rest,
    });
  }
}
