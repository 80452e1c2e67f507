import { promises as fs } from 'node:fs';
import path from 'node:path';
import {
  Account,
  OrganizationInvitation,
  OrganizationMembership,
  Team,
  TeamMembership,
} from './accountRecords';
import { GitHubApp, Installation, InstallationToken } from './appRecords';
import { Collection } from './Collection';
import {
  AccessToken,
  AuthorizationCode,
  OAuthApplication,
} from './credentialRecords';
import {
  Issue,
  IssueComment,
  Label,
  PullRequestReview,
} from './discussionRecords';
import { Journal } from './Journal';
import { Release } from './releaseRecords';
import {
  ActionsSecret,
  ActionsVariable,
  BranchProtection,
  Collaborator,
  CommitStatus,
  DeployKey,
  Environment,
  FormerName,
  KnownRefs,
  PlantedRefs,
  PushUnderway,
  Repository,
  RepositoryInvitation,
  SecretKey,
  Star,
  Subscription,
  TeamRepository,
  TransferUnderway,
} from './repositoryRecords';
import { Ruleset } from './rulesetRecords';
import { Webhook, WebhookDelivery, WebhookEvent } from './webhookRecords';

function createCollections() {
  return {
    accounts: new Collection<Account, 'login'>({
      login: account => account.login.toLowerCase(),
    }),
    memberships: new Collection<
      OrganizationMembership,
      'organization' | 'user'
    >({
      organization: membership => membership.organizationId,
      user: membership => membership.userId,
    }),
    organizationInvitations: new Collection<
      OrganizationInvitation,
      'organization' | 'invitee'
    >({
      organization: invitation => invitation.organizationId,
      invitee: invitation => invitation.inviteeId,
    }),
    teams: new Collection<Team, 'organization'>({
      organization: team => team.organizationId,
    }),
    teamMemberships: new Collection<TeamMembership, 'team' | 'user'>({
      team: membership => membership.teamId,
      user: membership => membership.userId,
    }),
    repositories: new Collection<Repository, 'owner' | 'name' | 'parent'>({
      owner: repository => repository.ownerId,
      name: repository =>
        `${repository.ownerId}/${repository.name.toLowerCase()}`,
      parent: repository => repository.parentId,
    }),
    formerNames: new Collection<FormerName, 'repository' | 'name'>({
      repository: former => former.repositoryId,
      name: former => `${former.ownerId}/${former.name.toLowerCase()}`,
    }),
    plantedRefs: new Collection<PlantedRefs>({}),
    knownRefs: new Collection<KnownRefs>({}),
    pushesUnderway: new Collection<PushUnderway, 'repository'>({
      repository: push => push.repositoryId,
    }),
    transfersUnderway: new Collection<TransferUnderway>({}),
    webhooks: new Collection<Webhook, 'target'>({
      target: ({ target }) => `${target.type}/${target.id}`,
    }),
    webhookEvents: new Collection<WebhookEvent>({}),
    webhookDeliveries: new Collection<WebhookDelivery, 'hook' | 'event'>({
      hook: delivery => delivery.hookId,
      event: delivery => delivery.eventId,
    }),
    collaborators: new Collection<
      Collaborator,
      'repository' | 'user' | 'place'
    >({
      place: ({ repositoryId, userId }) => `${repositoryId}/${userId}`,
      repository: collaborator => collaborator.repositoryId,
      user: collaborator => collaborator.userId,
    }),
    invitations: new Collection<RepositoryInvitation, 'repository' | 'invitee'>(
      {
        repository: invitation => invitation.repositoryId,
        invitee: invitation => invitation.inviteeId,
      },
    ),
    teamRepositories: new Collection<TeamRepository, 'team' | 'repository'>({
      team: grant => grant.teamId,
      repository: grant => grant.repositoryId,
    }),
    stars: new Collection<Star, 'repository' | 'user' | 'place'>({
      place: ({ repositoryId, userId }) => `${repositoryId}/${userId}`,
      repository: star => star.repositoryId,
      user: star => star.userId,
    }),
    subscriptions: new Collection<Subscription, 'repository' | 'user'>({
      repository: subscription => subscription.repositoryId,
      user: subscription => subscription.userId,
    }),
    branchProtections: new Collection<BranchProtection, 'repository'>({
      repository: protection => protection.repositoryId,
    }),
    rulesets: new Collection<Ruleset, 'repository'>({
      repository: ruleset => ruleset.repositoryId,
    }),
    commitStatuses: new Collection<CommitStatus, 'repository' | 'commit'>({
      repository: status => status.repositoryId,
      commit: status => `${status.repositoryId}/${status.sha}`,
    }),
    variables: new Collection<ActionsVariable, 'repository'>({
      repository: variable => variable.repositoryId,
    }),
    secrets: new Collection<ActionsSecret, 'repository'>({
      repository: secret => secret.repositoryId,
    }),
    secretKeys: new Collection<SecretKey>({}),
    environments: new Collection<Environment, 'repository'>({
      repository: environment => environment.repositoryId,
    }),
    deployKeys: new Collection<DeployKey, 'repository' | 'key'>({
      repository: key => key.repositoryId,
      key: ({ key }) => key,
    }),
    issues: new Collection<Issue, 'repository' | 'number'>({
      repository: issue => issue.repositoryId,
      number: issue => `${issue.repositoryId}/${issue.number}`,
    }),
    comments: new Collection<IssueComment, 'repository' | 'issue'>({
      repository: comment => comment.repositoryId,
      issue: comment => comment.issueId,
    }),
    reviews: new Collection<PullRequestReview, 'repository' | 'issue'>({
      repository: review => review.repositoryId,
      issue: review => review.issueId,
    }),
    labels: new Collection<Label, 'repository'>({
      repository: label => label.repositoryId,
    }),
    releases: new Collection<Release, 'repository'>({
      repository: release => release.repositoryId,
    }),
    tokens: new Collection<AccessToken, 'token' | 'refreshToken' | 'user'>({
      token: token => token.token,
      refreshToken: token => token.refreshToken,
      user: token => token.userId,
    }),
    authorizationCodes: new Collection<AuthorizationCode, 'code'>({
      code: code => code.code,
    }),
    apps: new Collection<GitHubApp, 'slug' | 'clientId'>({
      slug: app => app.slug,
      clientId: app => app.clientId,
    }),
    installations: new Collection<Installation, 'app' | 'account'>({
      app: installation => installation.appId,
      account: installation => installation.accountId,
    }),
    installationTokens: new Collection<
      InstallationToken,
      'token' | 'installation'
    >({
      token: token => token.token,
      installation: token => token.installationId,
    }),
    applications: new Collection<OAuthApplication, 'clientId'>({
      clientId: application => application.clientId,
    }),
  };
}

/** All collections by name. */
export type Collections = ReturnType<typeof createCollections>;

/**
 * Everything that is known here but the content of repositories.
 *
 * Reading is from memory. A change is in memory at once and on disk when {@link Store.saved} resolves, which the server
 * waits for before it answers: what was answered survives the process being killed.
 */
export class Store {
  readonly #journal: Journal;
  readonly collections: Collections;

  private constructor(journal: Journal, collections: Collections) {
    this.#journal = journal;
    this.collections = collections;
  }

  /** Opens the state in a folder, which is created when it is not there. */
  static async open(folder: string): Promise<Store> {
    await fs.mkdir(folder, { recursive: true });
    const collections = createCollections();
    const journal = await Journal.open(
      path.join(folder, 'records'),
      collections,
    );
    return new Store(journal, collections);
  }

  /** An id that no record has or ever had. */
  nextId(): number {
    return this.#journal.nextId();
  }

  /** Resolves when all changes made so far are on disk. */
  async saved(): Promise<void> {
    await this.#journal.saved();
  }

  /** Lets go of the files and forgets what was not saved. */
  async abandon(): Promise<void> {
    await this.#journal.abandon();
  }

  /** Writes what is left to write and lets go of the files. */
  async close(): Promise<void> {
    await this.#journal.close();
  }
}
