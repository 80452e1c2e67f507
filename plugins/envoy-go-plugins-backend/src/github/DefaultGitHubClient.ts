import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import {
  DefaultGithubCredentialsProvider,
  type GithubCredentialsProvider,
  type ScmIntegrations,
} from '@backstage/integration';
import type { AsOf } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { RequestError } from '@octokit/request-error';
import { Octokit } from '@octokit/rest';
import {
  type GitHubFailure,
  clockTime,
  describeGitHubFailure,
} from './describeGitHubFailure';
import type { GitHubClient, GitHubRepository } from './GitHubClient';
import type {
  GitHubResponseStore,
  StoredGitHubResponse,
} from './GitHubResponseStore';

/** A GET request: its address, and how to send it. */
interface Question<T> {
  url: string;
  send(options: {
    headers: Record<string, string>;
    request: { signal: AbortSignal };
  }): Promise<{ data: T; headers: { etag?: string } }>;
}

/**
 * Asks GitHub through the portal's integrations (token or GitHub App of the host), with
 * conditional requests, which do not count against its limit when nothing changed:
 * https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
 */
export class DefaultGitHubClient implements GitHubClient {
  readonly #integrations: ScmIntegrations;
  readonly #credentials: GithubCredentialsProvider;
  readonly #responses: GitHubResponseStore;
  readonly #logger: LoggerService;
  readonly #freshForMs: number;
  readonly #timeoutMs: number;
  readonly #now: () => Date;
  readonly #octokits = new Map<string, Octokit>();
  readonly #underWay = new Map<
    string,
    { askedAt: string; answer: Promise<GitHubFailure | undefined> }
  >();
  /** By host and by address. */
  readonly #pauses = new Map<string, { until: Date; failure: GitHubFailure }>();

  constructor(options: {
    integrations: ScmIntegrations;
    responses: GitHubResponseStore;
    logger: LoggerService;
    /** For how long an answer is given without asking again, in milliseconds. */
    freshForMs: number;
    /** How long to wait for an answer, in milliseconds. */
    timeoutMs: number;
    now: () => Date;
  }) {
    this.#integrations = options.integrations;
    this.#credentials = DefaultGithubCredentialsProvider.fromIntegrations(
      options.integrations,
    );
    this.#responses = options.responses;
    this.#logger = options.logger;
    this.#freshForMs = options.freshForMs;
    this.#timeoutMs = options.timeoutMs;
    this.#now = options.now;
  }

  integrates(host: string): boolean {
    return this.#integrations.github.byHost(host) !== undefined;
  }

  async invalidate(repository: GitHubRepository, at: string): Promise<void> {
    const { repos, issues } = this.#octokit(repository.host).rest;
    const urls = [
      repos.get.endpoint(repoParameters(repository)),
      repos.listReleases.endpoint(pageParameters(repository)),
      repos.listTags.endpoint(pageParameters(repository)),
      repos.getReadme.endpoint(repoParameters(repository)),
      issues.listForRepo.endpoint(openIssuesParameters(repository)),
    ].map(({ url }) => url);
    for (const url of urls) {
      // What was missing may be there now
      this.#pauses.delete(url);
    }
    await this.#responses.invalidate(urls, at);
  }

  getRepository: GitHubClient['getRepository'] = repository => {
    const { get } = this.#octokit(repository.host).rest.repos;
    const parameters = repoParameters(repository);
    return this.#readExisting(repository, {
      url: get.endpoint(parameters).url,
      send: options => get({ ...parameters, ...options }),
    });
  };

  listReleases: GitHubClient['listReleases'] = repository => {
    const { listReleases } = this.#octokit(repository.host).rest.repos;
    const parameters = pageParameters(repository);
    return this.#readExisting(repository, {
      url: listReleases.endpoint(parameters).url,
      send: options => listReleases({ ...parameters, ...options }),
    });
  };

  listTags: GitHubClient['listTags'] = repository => {
    const { listTags } = this.#octokit(repository.host).rest.repos;
    const parameters = pageParameters(repository);
    return this.#readExisting(repository, {
      url: listTags.endpoint(parameters).url,
      send: options => listTags({ ...parameters, ...options }),
    });
  };

  getReadme: GitHubClient['getReadme'] = repository => {
    const { getReadme } = this.#octokit(repository.host).rest.repos;
    const parameters = repoParameters(repository);
    return this.#read(repository, {
      url: getReadme.endpoint(parameters).url,
      send: options => getReadme({ ...parameters, ...options }),
    });
  };

  listOpenIssues: GitHubClient['listOpenIssues'] = repository => {
    const { listForRepo } = this.#octokit(repository.host).rest.issues;
    const parameters = openIssuesParameters(repository);
    return this.#readExisting(repository, {
      url: listForRepo.endpoint(parameters).url,
      send: options => listForRepo({ ...parameters, ...options }),
    });
  };

  /** For what every repository has: a 404 means that there is no such repository. */
  async #readExisting<T>(
    repository: GitHubRepository,
    question: Question<T>,
  ): Promise<AsOf<T>> {
    const answer = await this.#read(repository, question, {
      missingIsFailure: true,
    });
    if (answer.value === undefined) {
      throw new NotFoundError(
        `GitHub at ${repository.host} does not have ${repository.owner}/${repository.name}, or does not show it to the portal`,
      );
    }
    return { ...answer, value: answer.value };
  }

  async #read<T>(
    repository: GitHubRepository,
    question: Question<T>,
    options?: { missingIsFailure?: boolean },
  ): Promise<AsOf<T | undefined>> {
    const before = await this.#responses.get<T>(question.url);
    if (before && this.#isFresh(before)) {
      return { value: before.body, asOf: before.checkedAt };
    }
    const failure = await this.#askOnce(
      repository,
      question,
      before,
      options?.missingIsFailure ?? false,
    );
    const answer = await this.#responses.get<T>(question.url);
    if (!failure && answer) {
      return { value: answer.body, asOf: answer.checkedAt };
    }
    const reason = failure?.reason ?? 'GitHub did not answer.';
    if (answer) {
      return {
        value: answer.body,
        asOf: answer.checkedAt,
        staleReason: `${reason} Showing what we knew at ${clockTime(
          new Date(answer.checkedAt),
        )}.`,
      };
    }
    if (failure?.missing) {
      throw new NotFoundError(
        `${reason} (${repository.owner}/${repository.name})`,
      );
    }
    throw new ServiceUnavailableError(
      `${reason} Nothing is known from earlier; try again in a minute.`,
    );
  }

  #isFresh(response: StoredGitHubResponse<unknown>): boolean {
    const { checkedAt, invalidatedAt } = response;
    const age = this.#now().getTime() - Date.parse(checkedAt);
    return (
      age <= this.#freshForMs && !(invalidatedAt && checkedAt <= invalidatedAt)
    );
  }

  /**
   * Asks GitHub and stores its answer; those who ask the same meanwhile share it, but for
   * those who know of a change since.
   */
  async #askOnce<T>(
    repository: GitHubRepository,
    question: Question<T>,
    before: StoredGitHubResponse<T> | undefined,
    missingIsFailure: boolean,
  ): Promise<GitHubFailure | undefined> {
    const { url } = question;
    for (const key of [repository.host, url]) {
      const pause = this.#pauses.get(key);
      if (pause && pause.until > this.#now()) {
        return pause.failure;
      }
      this.#pauses.delete(key);
    }
    const existing = this.#underWay.get(url);
    if (existing && existing.askedAt > (before?.invalidatedAt ?? '')) {
      return existing.answer;
    }
    const askedAt = this.#now().toISOString();
    const asking = {
      askedAt,
      answer: this.#ask(repository, question, {
        askedAt,
        etag: before?.etag,
        missingIsFailure,
      }),
    };
    this.#underWay.set(url, asking);
    try {
      return await asking.answer;
    } finally {
      if (this.#underWay.get(url) === asking) {
        this.#underWay.delete(url);
      }
    }
  }

  async #ask<T>(
    repository: GitHubRepository,
    question: Question<T>,
    options: { askedAt: string; etag?: string; missingIsFailure: boolean },
  ): Promise<GitHubFailure | undefined> {
    const { url } = question;
    const { askedAt, etag, missingIsFailure } = options;
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      const response = await beforeAbort(signal, async () => {
        const { headers } = await this.#credentials.getCredentials({
          url: `https://${repository.host}/${repository.owner}/${repository.name}`,
        });
        return question.send({
          headers: { ...headers, ...(etag && { 'if-none-match': etag }) },
          request: { signal },
        });
      });
      await this.#responses.put<T>({
        url,
        etag: response.headers.etag,
        status: 200,
        body: response.data,
        checkedAt: askedAt,
      });
      return undefined;
    } catch (error) {
      if (error instanceof RequestError && error.status === 304) {
        await this.#responses.touch(url, askedAt);
        return undefined;
      }
      const failure = describeGitHubFailure({
        error,
        host: repository.host,
        timedOut: signal.aborted,
        timeoutMs: this.#timeoutMs,
        now: this.#now(),
      });
      if (failure.missing && !missingIsFailure) {
        await this.#responses.put<T>({
          url,
          status: 404,
          checkedAt: askedAt,
        });
        return undefined;
      }
      if (failure.pause) {
        const key = failure.pause.of === 'host' ? repository.host : url;
        this.#pauses.set(key, { until: failure.pause.until, failure });
      }
      this.#logger.warn(`${failure.reason} (GET ${url}: ${error})`);
      return failure;
    }
  }

  #octokit(host: string): Octokit {
    const existing = this.#octokits.get(host);
    if (existing) {
      return existing;
    }
    const integration = this.#integrations.github.byHost(host);
    if (!integration) {
      throw new NotFoundError(
        `The portal has no integration for GitHub at ${host}; add it to integrations.github in its configuration`,
      );
    }
    const octokit = new Octokit({
      baseUrl: integration.config.apiBaseUrl,
      userAgent: 'envoy-go-plugins-for-backstage',
      log: {
        debug: () => {},
        info: () => {},
        // A failed request is described above, with what follows from it
        warn: message => this.#logger.debug(message),
        error: message => this.#logger.debug(message),
      },
    });
    this.#octokits.set(host, octokit);
    return octokit;
  }
}

function repoParameters(repository: GitHubRepository) {
  return { owner: repository.owner, repo: repository.name };
}

function pageParameters(repository: GitHubRepository) {
  return { ...repoParameters(repository), per_page: 100 };
}

function openIssuesParameters(repository: GitHubRepository) {
  return {
    ...pageParameters(repository),
    state: 'open' as const,
    sort: 'created' as const,
    direction: 'desc' as const,
  };
}

/** Rejects as soon as the signal is aborted, whatever the work does about it. */
async function beforeAbort<T>(
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), {
      once: true,
    });
    work().then(resolve, reject);
  });
}
