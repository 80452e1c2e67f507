import { NotFoundError, toError } from '@backstage/errors';
import { type PublishCheckResult } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type PublishCheck,
  type PublishCheckContext,
  type PublishSource,
  UnreadableSourceError,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { type GitHubDoor, GitHubUnavailableError } from '../github';
import { findRepository, headOf } from './findRepository';
import { GitHubPublishSource } from './GitHubPublishSource';
import type {
  PublishRequestFacts,
  StoredPublishRequest,
} from './PublishRequestStore';
import { readDescription, validDescription } from './readDescription';

/** A check that takes longer could not run, unless it says otherwise, in milliseconds. */
const CHECK_TIMEOUT_MS = 120_000;

/** Where a check is, in a sentence. */
export interface CheckProgress {
  text: string;
  buildId?: string;
}

/** A repository whose files are open, to be checked. */
export interface OpenedRequest {
  facts: PublishRequestFacts;
  /**
   * Runs one check.
   *
   * @param onProgress - told where it is, whenever that changes
   */
  run(
    check: PublishCheck,
    onProgress: (where: CheckProgress) => void,
  ): Promise<PublishCheckResult>;
}

/** Reads what is to be published, and checks it. */
export class PublishChecks {
  readonly checks: readonly PublishCheck[];
  readonly #door: GitHubDoor;
  readonly #organization: string;
  readonly #previousText: (name: string) => Promise<string | undefined>;
  readonly #now: () => Date;

  constructor(options: {
    checks: PublishCheck[];
    door: GitHubDoor;
    /** That plugins are published into. */
    organization: string;
    /** The description of the plugin that the catalog has by a name. */
    previousText: (name: string) => Promise<string | undefined>;
    now: () => Date;
  }) {
    this.checks = options.checks;
    this.#door = options.door;
    this.#organization = options.organization;
    this.#previousText = options.previousText;
    this.#now = options.now;
  }

  /**
   * Opens the repository at its default branch's newest commit.
   *
   * @throws NotFoundError where the portal does not see it
   * @throws GitHubUnavailableError
   * @throws UnreadableSourceError where it is too large
   */
  async open(
    request: StoredPublishRequest,
    signal: AbortSignal,
  ): Promise<OpenedRequest> {
    const { host, repositoryId } = request;
    const [ownerThen] = request.repository.split('/');
    const github = this.#door.asPortal({
      host,
      owner: ownerThen,
      lane: 'page',
      signal,
    });
    const found = await findRepository(github, repositoryId);
    const { owner, repo, url, defaultBranch } = found;
    const commit = await headOf(github, { owner, repo, branch: defaultBranch });
    const source = await GitHubPublishSource.open({
      github,
      owner,
      repo,
      url,
      commit,
    });
    const read = await readDescription(source);
    const description = validDescription(read);
    const name = description?.metadata.name ?? repo;
    const target = { owner: this.#organization, repo };
    const at = async (ref: string): Promise<PublishSource> => {
      const { data } = await github.rest.repos.getCommit({ owner, repo, ref });
      return GitHubPublishSource.open({
        github,
        owner,
        repo,
        url,
        commit: data.sha,
      });
    };
    const latestRelease = async () => {
      try {
        const { data } = await github.rest.repos.getLatestRelease({
          owner,
          repo,
        });
        return data.tag_name;
      } catch (error) {
        if (error instanceof NotFoundError) {
          return undefined;
        }
        throw error;
      }
    };
    const context: Omit<PublishCheckContext, 'signal' | 'progress'> = {
      request: {
        id: request.id,
        author: request.author,
        askedAt: new Date(request.updatedAt),
      },
      host,
      repository: { id: repositoryId, owner, repo },
      target,
      source,
      description,
      previousRelease: once(async () => {
        const tag = await latestRelease();
        return tag === undefined ? undefined : { tag, source: await at(tag) };
      }),
    };
    return {
      facts: {
        repository: `${owner}/${repo}`,
        repositoryUrl: url,
        target: `${target.owner}/${target.repo}`,
        branch: defaultBranch,
        commit,
        name,
        title: description?.metadata.title,
        description: description?.metadata.description,
        descriptionText: read.text,
        previousDescriptionText: await this.#previousText(name),
      },
      run: (check, onProgress) => this.#run(check, context, onProgress, signal),
    };
  }

  async #run(
    check: PublishCheck,
    context: Omit<PublishCheckContext, 'signal' | 'progress'>,
    onProgress: (where: CheckProgress) => void,
    stopping: AbortSignal,
  ): Promise<PublishCheckResult> {
    const done = (
      result: Pick<
        PublishCheckResult,
        'outcome' | 'summary' | 'lookedAt' | 'findings' | 'buildId'
      >,
    ): PublishCheckResult => ({
      checkId: check.id,
      title: check.title,
      ...result,
      finishedAt: this.#now().toISOString(),
    });
    const timeoutMs = check.timeoutMs ?? CHECK_TIMEOUT_MS;
    const timeout = AbortSignal.timeout(timeoutMs);
    let where: CheckProgress | undefined;
    try {
      return done(
        await check.run({
          ...context,
          progress: (text, { buildId } = {}) => {
            if (text !== where?.text || buildId !== where.buildId) {
              where = { text, buildId };
              onProgress(where);
            }
          },
          signal: AbortSignal.any([stopping, timeout]),
        }),
      );
    } catch (thrown) {
      if (thrown instanceof GitHubUnavailableError || stopping.aborted) {
        throw thrown;
      }
      return done({
        outcome: 'could-not-run',
        summary: explain(thrown, timeout.aborted, timeoutMs),
        lookedAt: [],
        findings: [],
        buildId: where?.buildId,
      });
    }
  }
}

function explain(
  thrown: unknown,
  isTooLate: boolean,
  timeoutMs: number,
): string {
  if (isTooLate) {
    return `It was not done after ${Math.round(
      timeoutMs / 60_000,
    )} minutes. Check again.`;
  }
  return thrown instanceof UnreadableSourceError
    ? thrown.message
    : `The check failed itself: ${toError(thrown).message}`;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
