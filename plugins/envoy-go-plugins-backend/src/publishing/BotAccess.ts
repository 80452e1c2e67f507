import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { PublishBotAccess } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Octokit } from '@octokit/rest';
import {
  type GitHubDoor,
  GitHubUnavailableError,
  type PortalIdentity,
} from '../github';
import { findRepository } from './findRepository';

/** A repository whose author wants the bot in. */
export interface BotRepository {
  host: string;
  repositoryId: number;
  owner: string;
  repo: string;
  url: string;
  /** On GitHub. */
  authorLogin: string;
}

/** What stands of the bot's access, before the steps that mend it. */
type Found = Pick<PublishBotAccess, 'state'> & {
  /** Whether the repository is of a personal account. */
  isPersonal: boolean;
};

/**
 * What the bot, which is the account or the GitHub App by which the portal acts on GitHub, may
 * do with a repository that is to be published, and how it gets to.
 *
 * GitHub transfers a repository for whoever administers it
 * (https://docs.github.com/repositories/creating-and-managing-repositories/transferring-a-repository).
 * That can be the bot in repositories of organisations: as a collaborator, or as an App that is
 * installed there. A repository of a personal account has its owner and nobody else
 * (https://docs.github.com/account-and-profile/setting-up-and-managing-your-personal-account-on-github/managing-user-account-settings/permission-levels-for-a-personal-account-repository),
 * so there the author has to do it.
 */
export class BotAccess {
  readonly #door: GitHubDoor;
  readonly #organization: string | undefined;

  constructor(options: {
    door: GitHubDoor;
    /** That plugins are published into. */
    organization: string | undefined;
  }) {
    this.#door = options.door;
    this.#organization = options.organization;
  }

  /** Also accepts the bot's invitation, where there is one. */
  async of(repository: BotRepository): Promise<PublishBotAccess> {
    const { host, owner, repo, url } = repository;
    let identity: PortalIdentity | undefined;
    const kind = () => identity && (identity.app ? 'app' : 'user');
    try {
      identity = await this.#door.identify({ host, lane: 'page' });
      const { state, isPersonal } = await this.#find(identity, repository);
      return {
        bot: identity.login,
        kind: kind(),
        state,
        steps: await this.#stepsFor(state, isPersonal, identity, repository),
        ...(state !== 'not-needed' && { url: pageFor(identity, url) }),
      };
    } catch (error) {
      if (
        !(error instanceof GitHubUnavailableError) &&
        !(error instanceof NotAllowedError)
      ) {
        throw error;
      }
      return {
        bot: identity?.login,
        kind: kind(),
        state: 'unknown',
        steps: [
          `What the portal may do with ${owner}/${repo} could not be found out: ${error.message}`,
        ],
        ...(identity && { url: pageFor(identity, url) }),
      };
    }
  }

  /**
   * Makes the bot a collaborator in the author's own name, an administrator where GitHub has
   * such, and accepts for it. A GitHub App is left to be installed.
   *
   * @param github - as the author
   */
  async add(
    github: Octokit,
    repository: BotRepository,
  ): Promise<PublishBotAccess> {
    const { owner, repo } = repository;
    const access = await this.of(repository);
    if (
      access.state === 'admin' ||
      access.state === 'not-needed' ||
      access.kind !== 'user' ||
      access.bot === undefined
    ) {
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

  /**
   * Why GitHub would not let somebody transfer a repository into the organisation, in a
   * sentence; `undefined` where it would, or that could not be found out. Whoever transfers
   * has to be allowed to create repositories there.
   */
  async obstacleOf(
    {
      host,
      authorLogin,
      url,
    }: Pick<BotRepository, 'host' | 'authorLogin' | 'url'>,
    isPrivate: boolean,
  ): Promise<string | undefined> {
    const org = this.#organization;
    if (org === undefined) {
      return undefined;
    }
    const github = this.#door.asPortal({ host, owner: org, lane: 'page' });
    const { origin } = new URL(url);
    try {
      const { data: membership } = await github.rest.orgs.getMembershipForUser({
        org,
        username: authorLogin,
      });
      if (membership.state === 'pending') {
        return `${authorLogin} was invited into ${org}, and has to accept that first: ${origin}/orgs/${org}/invitation.`;
      }
      if (membership.role === 'admin') {
        return undefined;
      }
    } catch (error) {
      if (error instanceof NotFoundError) {
        return `${authorLogin} is no member of ${org}: GitHub lets only those transfer a repository into an organisation who may create repositories there. Have an administrator invite ${authorLogin}, under "Members and teams".`;
      }
      if (
        error instanceof NotAllowedError ||
        error instanceof GitHubUnavailableError
      ) {
        return undefined;
      }
      throw error;
    }
    const { data: organization } = await github.rest.orgs.get({ org });
    const may =
      (isPrivate
        ? organization.members_can_create_private_repositories
        : organization.members_can_create_public_repositories) ??
      organization.members_can_create_repositories;
    return may === false
      ? `Members of ${org} may not create ${
          isPrivate ? 'private' : 'public'
        } repositories, without which GitHub lets none of them transfer one into it. Have an owner allow it: ${origin}/organizations/${org}/settings/member_privileges.`
      : undefined;
  }

  async #find(
    identity: PortalIdentity,
    repository: BotRepository,
  ): Promise<Found> {
    const { host, owner } = repository;
    const github = this.#door.asPortal({ host, owner, lane: 'page' });
    const found = await seen(github, repository);
    if (found ? found.ownerType === 'User' : await isPerson(github, owner)) {
      // Publishing reads it, and no more before its author transferred it
      const reads =
        found !== undefined ||
        (identity.app === undefined &&
          (await acceptInvitation(github, repository)));
      return { state: reads ? 'not-needed' : 'missing', isPersonal: true };
    }
    const administers = identity.app
      ? await this.#isInstalled(identity.app.id, repository)
      : (await administersAs(github, identity.login, repository)) ||
        ((await acceptInvitation(github, repository)) &&
          (await administersAs(github, identity.login, repository)));
    return { state: administers ? 'admin' : 'missing', isPersonal: false };
  }

  /** Whether a GitHub App is installed for the repository, and may administer it. */
  async #isInstalled(
    appId: number,
    { host, owner, repo }: BotRepository,
  ): Promise<boolean> {
    const app = this.#door.asApp({ host, appId, lane: 'page' });
    try {
      const { data } = await app.rest.apps.getRepoInstallation({ owner, repo });
      return (
        data.suspended_at === null &&
        data.permissions.administration === 'write'
      );
    } catch (error) {
      if (error instanceof NotFoundError) {
        return false;
      }
      throw error;
    }
  }

  async #stepsFor(
    state: PublishBotAccess['state'],
    isPersonal: boolean,
    { login, app }: PortalIdentity,
    repository: BotRepository,
  ): Promise<string[]> {
    const { owner, repo, url } = repository;
    if (state === 'admin') {
      return [];
    }
    if (state === 'not-needed') {
      const obstacle = await this.obstacleOf(repository, false);
      return [
        `${owner}/${repo} belongs to a personal account, in which GitHub lets nobody but its owner transfer a repository. Once it is approved it is your turn: you transfer it here by one click, in your own name.`,
        ...(obstacle === undefined ? [] : [`Before that: ${obstacle}`]),
      ];
    }
    const last =
      'Come back and choose "Check again"; the portal finds out by itself.';
    if (app) {
      return [
        `Open ${app.url}/installations/new and choose ${owner}.`,
        `Give it access to ${repo}${
          isPersonal ? '' : ', and agree that it administers repositories'
        }.`,
        last,
      ];
    }
    return [
      `Open ${url}/settings/access.`,
      isPersonal
        ? `Choose "Add people" and type ${login}: without that the portal does not see the repository, which is private.`
        : `Choose "Add people", type ${login} and give it the role "Admin".`,
      'Come back and choose "Check again"; the portal accepts the invitation by itself.',
    ];
  }
}

function pageFor({ app }: PortalIdentity, url: string): string {
  return app ? `${app.url}/installations/new` : `${url}/settings/access`;
}

async function seen(github: Octokit, { repositoryId }: BotRepository) {
  try {
    return await findRepository(github, repositoryId);
  } catch (error) {
    if (error instanceof NotFoundError) {
      return undefined;
    }
    throw error;
  }
}

async function isPerson(github: Octokit, username: string): Promise<boolean> {
  const { data } = await github.rest.users.getByUsername({ username });
  return data.type === 'User';
}

/** @returns whether there was one */
async function acceptInvitation(
  github: Octokit,
  { repositoryId }: BotRepository,
): Promise<boolean> {
  const { data: invitations } =
    await github.rest.repos.listInvitationsForAuthenticatedUser({
      per_page: 100,
    });
  const invitation = invitations.find(
    each => each.repository.id === repositoryId && !each.expired,
  );
  if (invitation) {
    await github.rest.repos.acceptInvitationForAuthenticatedUser({
      invitation_id: invitation.id,
    });
  }
  return invitation !== undefined;
}

async function administersAs(
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
