import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import type { PublishRequestState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Octokit } from '@octokit/rest';
import type { GitHubDoor } from '../../github';
import { type FoundRepository, findRepository } from '../findRepository';
import { FINAL_STATES } from '../PublishTransition';
import { sameText } from '../sameText';
import { labelOf, tellsState } from './discussionText';

const PAGE = 100;

/** As many pages are looked through for what may have been written already. */
const MOST_PAGES = 10;

/** How much GitHub's clock may be behind ours, in milliseconds. */
const CLOCKS_DIFFER_MS = 600_000;

type Comments = Awaited<
  ReturnType<Octokit['rest']['issues']['listComments']>
>['data'];

/** A comment, as GitHub answers it. */
export type AnsweredComment = Comments[number];

/** An issue, as GitHub answers it. */
export type AnsweredIssue = Awaited<
  ReturnType<Octokit['rest']['issues']['get']>
>['data'];

/** An issue, by where it is. */
export interface IssueAddress {
  repositoryId: number;
  number: number;
}

/**
 * The issues of the repository in which requests are discussed, as the portal:
 * https://docs.github.com/rest/issues
 */
export class DiscussionIssues {
  readonly host: string;
  readonly #door: GitHubDoor;
  readonly #organization: string;
  readonly #repository: string;
  readonly #lane: GitHubLane;

  constructor(options: {
    door: GitHubDoor;
    host: string;
    organization: string;
    /** Its name in the organisation. */
    repository: string;
    lane: GitHubLane;
  }) {
    this.host = options.host;
    this.#door = options.door;
    this.#organization = options.organization;
    this.#repository = options.repository;
    this.#lane = options.lane;
  }

  /** The login by which the portal writes. */
  async bot(): Promise<string> {
    const { login } = await this.#door.identify({
      host: this.host,
      owner: this.#organization,
      lane: this.#lane,
    });
    return login;
  }

  /**
   * The repository, which is made where there is none.
   *
   * @throws NotAllowedError when there is none and the portal may not make it
   * @throws ConflictError when nothing can be discussed in it
   */
  async repository(): Promise<{ id: number; owner: string; name: string }> {
    const github = this.#github();
    const name = { owner: this.#organization, repo: this.#repository };
    let data;
    try {
      ({ data } = await github.rest.repos.get(name));
    } catch (error) {
      if (!(error instanceof NotFoundError)) {
        throw error;
      }
      ({ data } = await this.#make(github));
    }
    if (!data.has_issues || data.archived) {
      throw new ConflictError(
        `Nothing can be discussed in ${data.full_name}: ${
          data.archived ? 'it is archived' : 'its issues are turned off'
        }. Change that on GitHub, or name another repository by "envoyGoPlugins.publishing.discussionRepository"`,
      );
    }
    return { id: data.id, owner: data.owner.login, name: data.name };
  }

  /**
   * The issue that begins with a marker, if the portal wrote one.
   *
   * @param since - when it was first asked for; ISO 8601
   */
  async findMarked(
    repositoryId: number,
    marker: string,
    since: string,
  ): Promise<{ number: number; url: string } | undefined> {
    const github = this.#github();
    const place = await this.#place(github, repositoryId);
    const bot = await this.bot();
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const { data } = await github.rest.issues.listForRepo({
        ...place,
        state: 'all',
        since: earlier(since),
        per_page: PAGE,
        page,
      });
      const found = data.find(
        ({ user, body }) =>
          sameText(user?.login ?? '', bot) && body?.startsWith(marker),
      );
      if (found) {
        return { number: found.number, url: found.html_url };
      }
      if (data.length < PAGE) {
        break;
      }
    }
    return undefined;
  }

  async open(
    repositoryId: number,
    issue: { title: string; body: string; labels: string[] },
  ): Promise<{ number: number; url: string }> {
    const github = this.#github();
    const place = await this.#place(github, repositoryId);
    const { data } = await github.rest.issues.create({ ...place, ...issue });
    return { number: data.number, url: data.html_url };
  }

  /** @throws NotFoundError when it is gone */
  async get(address: IssueAddress): Promise<AnsweredIssue> {
    const github = this.#github();
    const { data } = await github.rest.issues.get(
      await this.#issue(github, address),
    );
    return data;
  }

  /** The comment that begins with a marker, if the portal wrote one since a time. */
  async findMarkedComment(
    address: IssueAddress,
    marker: string,
    since: string,
  ): Promise<AnsweredComment | undefined> {
    const bot = await this.bot();
    const comments = await this.listComments(address, earlier(since));
    return comments.find(
      ({ user, body }) =>
        sameText(user?.login ?? '', bot) && body?.startsWith(marker),
    );
  }

  /** Up to 1,000. */
  async listComments(
    address: IssueAddress,
    since?: string,
  ): Promise<AnsweredComment[]> {
    const github = this.#github();
    const issue = await this.#issue(github, address);
    const found: AnsweredComment[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const { data } = await github.rest.issues.listComments({
        ...issue,
        since,
        per_page: PAGE,
        page,
      });
      found.push(...data);
      if (data.length < PAGE) {
        break;
      }
    }
    return found;
  }

  async comment(address: IssueAddress, body: string): Promise<AnsweredComment> {
    const github = this.#github();
    const { data } = await github.rest.issues.createComment({
      ...(await this.#issue(github, address)),
      body,
    });
    return data;
  }

  /** @returns `undefined` when it is gone */
  async findComment(
    repositoryId: number,
    commentId: number,
  ): Promise<AnsweredComment | undefined> {
    const github = this.#github();
    try {
      const { data } = await github.rest.issues.getComment({
        ...(await this.#place(github, repositoryId)),
        comment_id: commentId,
      });
      return data;
    } catch (error) {
      if (error instanceof NotFoundError) {
        return undefined;
      }
      throw error;
    }
  }

  /** Comments of all issues that were changed since a time, those changed first come first; a page of up to 100. */
  async listChangedComments(
    repositoryId: number,
    since: string,
    page: number,
  ): Promise<AnsweredComment[]> {
    const github = this.#github();
    const { data } = await github.rest.issues.listCommentsForRepo({
      ...(await this.#place(github, repositoryId)),
      sort: 'updated',
      direction: 'asc',
      since,
      per_page: PAGE,
      page,
    });
    return data;
  }

  /** Issues that are closed and were changed since a time, those changed first come first; a page of up to 100. */
  async listClosed(
    repositoryId: number,
    since: string,
    page: number,
  ): Promise<{ number: number; updatedAt: string }[]> {
    const github = this.#github();
    const { data } = await github.rest.issues.listForRepo({
      ...(await this.#place(github, repositoryId)),
      state: 'closed',
      sort: 'updated',
      direction: 'asc',
      since,
      per_page: PAGE,
      page,
    });
    return data.map(issue => ({
      number: issue.number,
      updatedAt: issue.updated_at,
    }));
  }

  /** Lets an issue tell a state: by its labels, and by being open until the request is over. */
  async show(address: IssueAddress, state: PublishRequestState): Promise<void> {
    const issue = await this.get(address);
    const labels = issue.labels.flatMap(label => {
      const name = typeof label === 'string' ? label : label.name;
      return name === undefined ? [] : [name];
    });
    const wanted = [
      ...labels.filter(name => !tellsState(name)),
      labelOf(state),
    ];
    const isOver = FINAL_STATES.includes(state);
    const wantedState: 'open' | 'closed' = isOver ? 'closed' : 'open';
    const changes = {
      ...(!sameLabels(labels, wanted) && { labels: wanted }),
      ...(issue.state !== wantedState && {
        state: wantedState,
        state_reason: reasonOf(state),
      }),
    };
    if (Object.keys(changes).length > 0) {
      const github = this.#github();
      await github.rest.issues.update({
        ...(await this.#issue(github, address)),
        ...changes,
      });
    }
  }

  #github(): Octokit {
    return this.#door.asPortal({
      host: this.host,
      owner: this.#organization,
      lane: this.#lane,
    });
  }

  async #make(github: Octokit) {
    const full = `${this.#organization}/${this.#repository}`;
    try {
      return await github.rest.repos.createInOrg({
        org: this.#organization,
        name: this.#repository,
        description: 'Where requests to publish a plugin are discussed',
        has_issues: true,
        has_projects: false,
        has_wiki: false,
        auto_init: true,
      });
    } catch (error) {
      if (error instanceof NotAllowedError) {
        throw new NotAllowedError(
          `There is no repository ${full} to discuss requests in, and the portal may not make it: make it by hand, with issues. ${error.message}`,
        );
      }
      throw error;
    }
  }

  /** Where a repository is, whatever it is called by now. */
  async #place(
    github: Octokit,
    repositoryId: number,
  ): Promise<{ owner: string; repo: string }> {
    const { owner, repo }: FoundRepository = await findRepository(
      github,
      repositoryId,
    );
    return { owner, repo };
  }

  async #issue(github: Octokit, { repositoryId, number }: IssueAddress) {
    return {
      ...(await this.#place(github, repositoryId)),
      issue_number: number,
    };
  }
}

function reasonOf(
  state: PublishRequestState,
): 'completed' | 'not_planned' | 'reopened' {
  if (!FINAL_STATES.includes(state)) {
    return 'reopened';
  }
  return state === 'published' ? 'completed' : 'not_planned';
}

function sameLabels(some: string[], others: string[]): boolean {
  return [...some].sort().join('\n') === [...others].sort().join('\n');
}

function earlier(time: string): string {
  return new Date(Date.parse(time) - CLOCKS_DIFFER_MS).toISOString();
}
