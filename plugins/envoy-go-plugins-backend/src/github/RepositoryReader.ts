import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  InputError,
  NotAllowedError,
  NotFoundError,
  isError,
  toError,
} from '@backstage/errors';
import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Octokit } from '@octokit/rest';
import { BatchSize } from './BatchSize';
import {
  type GitHubUnavailability,
  GitHubUnavailableError,
} from './GitHubUnavailableError';
import {
  type GraphAnswer,
  isFailureOfGitHub,
  isGraphAnswer,
} from './graphAnswer';
import type { PortalCredentials } from './PortalCredentials';
import { readRepositoryByRest } from './readRepositoryByRest';
import {
  REPOSITORY_NAME_QUERY,
  isRepositoryNode,
  repositoryQuery,
} from './repositoryQuery';
import type {
  RepositoryPointer,
  RepositoryReading,
} from './RepositorySnapshot';
import { toRepositorySnapshot } from './toRepositorySnapshot';

/** GitHub takes no more node ids at once. */
const LARGEST_BATCH = 100;

/** When so many repositories in a row could not be read in any way, GitHub is not there. */
const FAILURES_UNTIL_GIVING_UP = 3;

/** What may be different for fewer repositories. */
const GONE_SOON: GitHubUnavailability[] = [
  'failed',
  'timed-out',
  'unreachable',
];

/** What one reading works with. */
interface Task {
  octokit: Octokit;
  signal: AbortSignal | undefined;
}

/** Reads many repositories of one host in few requests. */
export class RepositoryReader {
  readonly #host: string;
  readonly #credentials: PortalCredentials;
  readonly #clientOf: (options: {
    owner: string | undefined;
    lane: GitHubLane;
    signal: AbortSignal | undefined;
  }) => Octokit;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #batchSize = new BatchSize(LARGEST_BATCH);

  constructor(options: {
    host: string;
    credentials: PortalCredentials;
    clientOf: (options: {
      owner: string | undefined;
      lane: GitHubLane;
      signal: AbortSignal | undefined;
    }) => Octokit;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#host = options.host;
    this.#credentials = options.credentials;
    this.#clientOf = options.clientOf;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  /**
   * @returns in the order asked
   * @throws the reason of the signal when it is aborted, and nothing else
   */
  async read(options: {
    repositories: RepositoryPointer[];
    lane: GitHubLane;
    signal?: AbortSignal;
  }): Promise<RepositoryReading[]> {
    const { repositories, lane, signal } = options;
    const readings = new Map<RepositoryPointer, RepositoryReading>();
    for (const [owner, group] of await this.#byCredential(repositories)) {
      signal?.throwIfAborted();
      const octokit = this.#clientOf({ owner, lane, signal });
      await this.#readGroup({ octokit, signal }, group, readings);
    }
    return repositories.map(
      repository =>
        readings.get(repository) ?? {
          outcome: 'unanswered',
          reason: `GitHub at ${this.#host} was not asked.`,
        },
    );
  }

  /** An installation of a GitHub App reads what is of its own account. */
  async #byCredential(
    repositories: RepositoryPointer[],
  ): Promise<Map<string | undefined, RepositoryPointer[]>> {
    if (!this.#credentials.arePerOwner) {
      return new Map([[undefined, repositories]]);
    }
    const groups = new Map<string | undefined, RepositoryPointer[]>();
    for (const repository of repositories) {
      const owner = (
        repository.owner ?? (await this.#credentials.anyOwner())
      )?.toLocaleLowerCase('en-US');
      groups.set(owner, [...(groups.get(owner) ?? []), repository]);
    }
    return groups;
  }

  async #readGroup(
    task: Task,
    group: RepositoryPointer[],
    readings: Map<RepositoryPointer, RepositoryReading>,
  ): Promise<void> {
    let queue = group;
    let failures = 0;
    try {
      while (queue.length > 0) {
        const batch = queue.slice(0, this.#batchSize.current);
        const answers = await this.#readBatch(task, batch);
        if (answers === 'too much' && batch.length > 1) {
          this.#batchSize.failed(batch.length);
          this.#logger.debug(
            `GitHub at ${this.#host} did not answer for ${
              batch.length
            } repositories at once; trying ${this.#batchSize.current}`,
          );
          continue;
        }
        if (answers !== 'too much') {
          this.#batchSize.worked(batch.length);
          failures = 0;
          answers.forEach((answer, index) => {
            if (answer !== 'too much') {
              readings.set(batch[index], answer);
            }
          });
        }
        for (const repository of batch) {
          if (!readings.has(repository)) {
            const reading = await this.#readSingle(task, repository);
            readings.set(repository, reading);
            failures = reading.outcome === 'unanswered' ? failures + 1 : 0;
            if (
              reading.outcome === 'unanswered' &&
              failures >= FAILURES_UNTIL_GIVING_UP
            ) {
              throw new GitHubUnavailableError(reading.reason, {
                reason: 'failed',
                retryAt: reading.retryAt,
              });
            }
          }
        }
        queue = queue.slice(batch.length);
      }
    } catch (error) {
      task.signal?.throwIfAborted();
      for (const repository of queue) {
        if (!readings.has(repository)) {
          readings.set(repository, unanswered(error));
        }
      }
    }
  }

  /** @throws what concerns all repositories, such as that the budget is used up */
  async #readBatch(
    { octokit }: Task,
    batch: RepositoryPointer[],
  ): Promise<(RepositoryReading | 'too much')[] | 'too much'> {
    const asOf = this.#now().toISOString();
    const { query, variables, paths, points } = repositoryQuery(batch);
    const { data = {}, errors = [] } =
      (await this.#query(octokit, query, variables, points)) ?? {};
    if (data === null || Object.keys(data).length === 0) {
      if (errors.length === 0 || errors.some(isFailureOfGitHub)) {
        return 'too much';
      }
      throw new InputError(
        `GitHub at ${this.#host} refused the query: ${errors
          .map(({ message }) => message)
          .join(' ')}`,
      );
    }
    return paths.map(([field, index]) => {
      const value = data[field];
      const node =
        index !== undefined && Array.isArray(value) ? value[index] : value;
      if (isRepositoryNode(node)) {
        const repository = toRepositorySnapshot(node, {
          host: this.#host,
          asOf,
        });
        return { outcome: 'found', repository };
      }
      const reasons = errors.filter(
        ({ path }) =>
          path?.[0] === field && (index === undefined || path[1] === index),
      );
      if (
        errors.some(error => !error.path && isFailureOfGitHub(error)) ||
        reasons.some(isFailureOfGitHub)
      ) {
        return 'too much';
      }
      return reasons.every(({ type }) => type === 'NOT_FOUND')
        ? { outcome: 'missing' }
        : {
            outcome: 'unanswered',
            reason: `GitHub at ${this.#host} does not tell: ${reasons
              .map(({ message }) => message)
              .join(' ')}`,
          };
    });
  }

  /** @throws what concerns all repositories */
  async #readSingle(
    { octokit }: Task,
    repository: RepositoryPointer,
  ): Promise<RepositoryReading> {
    const asOf = this.#now().toISOString();
    try {
      const name = await this.#nameOf(octokit, repository);
      return name
        ? {
            outcome: 'found',
            repository: await readRepositoryByRest({
              octokit,
              host: this.#host,
              ...name,
              asOf,
            }),
          }
        : { outcome: 'missing' };
    } catch (error) {
      if (error instanceof NotFoundError) {
        return { outcome: 'missing' };
      }
      if (
        error instanceof GitHubUnavailableError
          ? GONE_SOON.includes(error.reason)
          : error instanceof NotAllowedError
      ) {
        return unanswered(error);
      }
      throw error;
    }
  }

  async #nameOf(
    octokit: Octokit,
    repository: RepositoryPointer,
  ): Promise<{ owner: string; name: string } | undefined> {
    if (!('nodeId' in repository)) {
      return repository;
    }
    const answer = await this.#query(
      octokit,
      REPOSITORY_NAME_QUERY,
      { id: repository.nodeId },
      1,
    );
    if (answer === undefined || answer.errors?.some(isFailureOfGitHub)) {
      throw new GitHubUnavailableError(
        `GitHub at ${this.#host} could not answer about a repository.`,
        { reason: 'failed' },
      );
    }
    const node = answer.data?.node;
    return typeof node === 'object' &&
      node !== null &&
      'name' in node &&
      typeof node.name === 'string' &&
      'owner' in node &&
      typeof node.owner === 'object' &&
      node.owner !== null &&
      'login' in node.owner &&
      typeof node.owner.login === 'string'
      ? { owner: node.owner.login, name: node.name }
      : undefined;
  }

  /** @returns undefined when GitHub failed or took too long */
  async #query(
    octokit: Octokit,
    query: string,
    variables: Record<string, string | string[]>,
    points: number,
  ): Promise<GraphAnswer | undefined> {
    try {
      const data = await octokit.graphql<NonNullable<GraphAnswer['data']>>(
        query,
        { ...variables, request: { cost: points, mayBePartial: true } },
      );
      return { data };
    } catch (error) {
      // What there is beside the errors
      if (isError(error) && isGraphAnswer(error.response)) {
        return error.response;
      }
      if (
        error instanceof GitHubUnavailableError &&
        GONE_SOON.includes(error.reason)
      ) {
        return undefined;
      }
      throw error;
    }
  }
}

function unanswered(error: unknown): RepositoryReading {
  return {
    outcome: 'unanswered',
    reason: toError(error).message,
    retryAt:
      error instanceof GitHubUnavailableError ? error.retryAt : undefined,
  };
}
