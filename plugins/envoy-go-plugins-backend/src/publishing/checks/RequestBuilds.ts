import { setTimeout as sleep } from 'node:timers/promises';
import { ConflictError } from '@backstage/errors';
import type {
  Build,
  BuildState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PublishCheckContext } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import type { Builds } from '../../builds';

/** Between two looks at a build, in milliseconds. */
const POLL_MS = 1_000;

/** So long runners may be away, as while they are restarted, in milliseconds. */
const RUNNER_PATIENCE_MS = 30_000;

/** Those that are looked through at once, which is as many as may be asked for. */
const PAGE = 100;

const OPEN: readonly BuildState[] = ['queued', 'building', 'publishing'];

/** Nothing builds, and nothing will. */
export class NothingBuildsError extends Error {}

/** Whether a build is over. */
export function isOver({ state }: { state: BuildState }): boolean {
  return !OPEN.includes(state);
}

/**
 * The builds of requests: one of each request and commit, whoever asks and however often a
 * worker dies, until somebody wants it checked again.
 */
export class RequestBuilds {
  readonly #builds: Builds;
  readonly #pollMs: number;
  readonly #runnerPatienceMs: number;
  /** What is looked at now, for the checks that do so at the same time. */
  readonly #looks = new Map<string, Promise<Build>>();

  constructor(options: {
    builds: Builds;
    pollMs?: number;
    runnerPatienceMs?: number;
  }) {
    this.#builds = options.builds;
    this.#pollMs = options.pollMs ?? POLL_MS;
    this.#runnerPatienceMs = options.runnerPatienceMs ?? RUNNER_PATIENCE_MS;
  }

  /**
   * Orders the build of a request, and looks at it until `decide` has seen enough of it.
   *
   * @param decide - asked at each look; the last time when the build is over
   * @throws NothingBuildsError when no runner is connected
   * @throws the signal's reason when that is aborted
   */
  async follow<T>(
    context: PublishCheckContext,
    decide: (build: Build) => T | undefined,
  ): Promise<T> {
    const { signal, progress } = context;
    let runnersSeenAt = Date.now();
    let id: string | undefined;
    for (;;) {
      signal.throwIfAborted();
      if (await this.#builds.hasRunners()) {
        runnersSeenAt = Date.now();
        id ??= await this.#order(context);
      }
      const build = id === undefined ? undefined : await this.#look(id);
      const decided = build && decide(build);
      if (decided !== undefined) {
        return decided;
      }
      if (build && isOver(build)) {
        throw new ConflictError(
          `The build ${build.id} is over, and says nothing about it`,
        );
      }
      const waits = !build || build.state === 'queued';
      if (waits && Date.now() - runnersSeenAt >= this.#runnerPatienceMs) {
        throw new NothingBuildsError();
      }
      progress(
        build ? await this.#whereItIs(build) : 'Waits for a runner to connect.',
        { buildId: id },
      );
      await sleep(this.#pollMs, undefined, { signal });
    }
  }

  /**
   * Stops the builds that nobody waits for: those of requests that are over, or about
   * another commit by now.
   *
   * @param isWanted - whether a request's checks still read the build of a commit
   */
  async cancelUnwanted(
    isWanted: (of: { requestId: string; commit: string }) => Promise<boolean>,
  ): Promise<void> {
    const open = [];
    for (;;) {
      const { items, totalItems } = await this.#builds.list({
        kind: ['request'],
        state: [...OPEN],
        offset: open.length,
        limit: PAGE,
      });
      open.push(...items);
      if (items.length === 0 || open.length >= totalItems) {
        break;
      }
    }
    for (const { id, requestId, commit } of open) {
      if (requestId !== undefined && !(await isWanted({ requestId, commit }))) {
        await this.#unlessOver(
          this.#builds.cancel(id, {
            actor: 'system',
            reason:
              'The request that it was for is over, or about another commit by now',
          }),
        );
      }
    }
  }

  /** @returns the build's id */
  async #order({
    host,
    repository,
    source,
    description,
    request,
  }: PublishCheckContext): Promise<string> {
    const { build } = await this.#builds.order({
      kind: 'request',
      plugin: {
        namespace: description?.metadata.namespace ?? 'default',
        name: description?.metadata.name ?? repository.repo,
      },
      host,
      repositoryId: repository.id,
      repository: `${repository.owner}/${repository.repo}`,
      commit: source.commit,
      requestId: request.id,
      requestedBy: request.author,
    });
    const endedBefore =
      isOver(build) &&
      build.state !== 'passed' &&
      new Date(build.endedAt ?? 0) < request.askedAt;
    if (endedBefore) {
      await this.#unlessOver(this.#builds.retry(build.id, { actor: 'system' }));
    }
    return build.id;
  }

  /** One look for all who look at the same time. */
  #look(id: string): Promise<Build> {
    let look = this.#looks.get(id);
    if (!look) {
      look = this.#builds.get(id).finally(() => this.#looks.delete(id));
      this.#looks.set(id, look);
    }
    return look;
  }

  async #whereItIs(build: Build): Promise<string> {
    if (build.state !== 'queued') {
      const step = build.steps.find(({ state }) => state === 'running');
      return step
        ? `Builds: ${step.name}, step ${build.steps.indexOf(step) + 1} of ${
            build.steps.length
          }.`
        : 'Builds.';
    }
    if (build.nextAttemptAt !== undefined) {
      return `Waits to be built once more${
        build.reason ? `: ${build.reason}` : ''
      }`;
    }
    const { items } = await this.#builds.list({
      state: ['queued'],
      limit: PAGE,
    });
    const before = items.findIndex(({ id }) => id === build.id);
    if (before < 0) {
      return 'Waits for a runner that is free.';
    }
    return before === 0
      ? 'Is the next to be built.'
      : `Is queued behind ${before} ${before === 1 ? 'build' : 'builds'}.`;
  }

  /** What somebody else did meanwhile is done. */
  async #unlessOver(change: Promise<unknown>): Promise<void> {
    try {
      await change;
    } catch (error) {
      if (!(error instanceof ConflictError)) {
        throw error;
      }
    }
  }
}
