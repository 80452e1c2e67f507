import type { AsOf } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { RestEndpointMethodTypes } from '@octokit/rest';

/** A repository on one of the GitHub hosts that the portal integrates. */
export interface GitHubRepository {
  /** `github.com`, or the host of a GitHub Enterprise, with its port if it has one. */
  host: string;
  owner: string;
  name: string;
}

type Answer<
  Area extends keyof RestEndpointMethodTypes,
  Method extends keyof RestEndpointMethodTypes[Area],
> = RestEndpointMethodTypes[Area][Method] extends {
  response: { data: infer D };
}
  ? D
  : never;

/**
 * The one door to GitHub. Answers are kept: for as long as one is fresh GitHub is not asked
 * again, afterwards only whether something changed, and while GitHub cannot answer what it
 * said last is given with the reason.
 *
 * The methods throw `ServiceUnavailableError` when GitHub does not answer and never did
 * before, and `NotFoundError` when it says that there is no such repository.
 */
export interface GitHubClient {
  /** Whether the portal has an integration for this host. */
  integrates(host: string): boolean;
  /**
   * Takes note that a repository changed: what GitHub was asked of it until then is not
   * fresh any more.
   *
   * @param at - ISO 8601, UTC
   */
  invalidate(repository: GitHubRepository, at: string): Promise<void>;
  /** https://docs.github.com/rest/repos/repos#get-a-repository */
  getRepository(
    repository: GitHubRepository,
  ): Promise<AsOf<Answer<'repos', 'get'>>>;
  /**
   * Newest first, up to 100.
   * https://docs.github.com/rest/releases/releases#list-releases
   */
  listReleases(
    repository: GitHubRepository,
  ): Promise<AsOf<Answer<'repos', 'listReleases'>>>;
  /** Up to 100. https://docs.github.com/rest/repos/repos#list-repository-tags */
  listTags(
    repository: GitHubRepository,
  ): Promise<AsOf<Answer<'repos', 'listTags'>>>;
  /**
   * `undefined` where the repository has none.
   * https://docs.github.com/rest/repos/contents#get-a-repository-readme
   */
  getReadme(
    repository: GitHubRepository,
  ): Promise<AsOf<Answer<'repos', 'getReadme'> | undefined>>;
  /**
   * Open issues and pull requests, newest first, up to 100.
   * https://docs.github.com/rest/issues/issues#list-repository-issues
   */
  listOpenIssues(
    repository: GitHubRepository,
  ): Promise<AsOf<Answer<'issues', 'listForRepo'>>>;
}
