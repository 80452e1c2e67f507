import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { PublishBotAccess } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Octokit } from '@octokit/rest';
import { type GitHubDoor, GitHubUnavailableError } from '../github';

/** A repository whose author wants the bot in. */
export interface BotRepository {
  host: string;
  repositoryId: number;
  owner: string;
  repo: string;
  url: string;
}

/**
 * Whether the account by which the portal acts on GitHub administers a repository, without
 * which it cannot transfer it; and how it gets to.
 */
export class BotAccess {
  readonly #door: GitHubDoor;

  constructor(options: { door: GitHubDoor }) {
    this.#door = options.door;
  }

  /** Also accepts the bot's invitation, where there is one. */
  async of(repository: BotRepository): Promise<PublishBotAccess> {
    const { host, owner, repo, url } = repository;
    const github = this.#door.asPortal({ host, owner, lane: 'page' });
    let bot: string | undefined;
    try {
      bot = (await github.rest.users.getAuthenticated()).data.login;
      const state = await this.#stateOf(github, bot, repository);
      return {
        bot,
        state,
        steps: state === 'admin' ? [] : stepsFor(bot, url),
        url: `${url}/settings/access`,
      };
    } catch (error) {
      if (
        !(error instanceof GitHubUnavailableError) &&
        !(error instanceof NotAllowedError)
      ) {
        throw error;
      }
      return {
        bot,
        state: 'unknown',
        steps: [
          `Whether the portal administers ${owner}/${repo} could not be found out: ${error.message}`,
          ...(bot === undefined ? [] : stepsFor(bot, url)),
        ],
        url: `${url}/settings/access`,
      };
    }
  }

  /**
   * Makes the bot an administrator, in the author's own name, and accepts for it.
   *
   * @param github - as the author
   */
  async add(
    github: Octokit,
    repository: BotRepository,
  ): Promise<PublishBotAccess> {
    const { owner, repo } = repository;
    const access = await this.of(repository);
    if (access.state === 'admin' || access.bot === undefined) {
      return access;
    }
    await github.rest.repos.addCollaborator({
      owner,
      repo,
      username: access.bot,
      permission: 'admin',
    });
    return this.of(repository);
  }

  async #stateOf(
    github: Octokit,
    bot: string,
    repository: BotRepository,
  ): Promise<PublishBotAccess['state']> {
    if (await this.#administers(github, bot, repository)) {
      return 'admin';
    }
    const { data: invitations } =
      await github.rest.repos.listInvitationsForAuthenticatedUser({
        per_page: 100,
      });
    const invitation = invitations.find(
      each => each.repository.id === repository.repositoryId && !each.expired,
    );
    if (!invitation) {
      return 'missing';
    }
    await github.rest.repos.acceptInvitationForAuthenticatedUser({
      invitation_id: invitation.id,
    });
    return (await this.#administers(github, bot, repository))
      ? 'admin'
      : 'missing';
  }

  async #administers(
    github: Octokit,
    bot: string,
    { owner, repo }: BotRepository,
  ): Promise<boolean> {
    try {
      const { data } = await github.rest.repos.getCollaboratorPermissionLevel({
        owner,
        repo,
        username: bot,
      });
      return data.permission === 'admin';
    } catch (error) {
      if (error instanceof NotFoundError || error instanceof NotAllowedError) {
        return false;
      }
      throw error;
    }
  }
}

function stepsFor(bot: string, url: string): string[] {
  return [
    `Open ${url}/settings/access.`,
    `Choose "Add people", type ${bot} and give it the role "Admin". GitHub has that role in repositories of organisations only: transfer one of your own account to an organisation of yours first.`,
    'Come back and choose "Check again"; the portal accepts the invitation by itself.',
  ];
}
