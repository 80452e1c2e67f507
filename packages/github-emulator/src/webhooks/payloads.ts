import { JsonObject, JsonValue } from '@backstage/types';
import { Emulator } from '../Emulator';
import { Commit, PathChanges } from '../git/GitRepository';
import {
  presentTeam,
  simpleOrganization,
  simpleUser,
} from '../rest/present/account';
import {
  fullPullRequest,
  presentComment,
  presentIssue,
} from '../rest/present/discussion';
import { presentRelease } from '../rest/present/release';
import { presentRepository } from '../rest/present/repository';
import { Viewer } from '../server/Viewer';
import { isJsonObject } from '../truth/jsonSchema';
import {
  Account,
  OrganizationInvitation,
  OrganizationMembership,
  Team,
} from '../state/accountRecords';
import { Issue, IssueComment } from '../state/discussionRecords';
import { PullRequestIssue } from '../state/Discussions';
import { nodeId } from '../state/nodeId';
import { Release } from '../state/releaseRecords';
import { Repository } from '../state/repositoryRecords';

/** Webhooks see what everybody sees; permissions of somebody are no part of what they are told. */
const NOBODY = new Viewer({ address: 'webhook' });

/** Fields that the REST API has and webhooks have not, wherever they are. */
const REST_ONLY = new Set(['user_view_type']);

function without(value: JsonObject, ...names: string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !names.includes(name) && !REST_ONLY.has(name))
      .map(([name, one]) => [name, withoutRestOnly(one)]),
  );
}

/** A value of the REST API as webhooks have it. */
export function withoutRestOnly(
  value: JsonValue | undefined,
): JsonValue | undefined {
  if (Array.isArray(value)) {
    return value.map(one => (isJsonObject(one) ? without(one) : one));
  }
  return isJsonObject(value) ? without(value) : value;
}

/** `user`. */
export function webhookUser(emulator: Emulator, account: Account): JsonObject {
  return without(simpleUser(emulator, account));
}

/** `organization`. */
export function webhookOrganization(
  emulator: Emulator,
  organization: Account,
): JsonObject {
  return without(simpleOrganization(emulator, organization));
}

/** `repository`. */
export function webhookRepository(
  emulator: Emulator,
  repository: Repository,
): JsonObject {
  return {
    ...without(presentRepository(emulator, repository, NOBODY)),
    custom_properties: {},
  };
}

/** `repository` as it is in pushes: with times in seconds. */
export function pushedRepository(
  emulator: Emulator,
  repository: Repository,
): JsonObject {
  const owner = emulator.repositories.owner(repository);
  const presented = webhookRepository(emulator, repository);
  const seconds = (time: string) => Math.floor(Date.parse(time) / 1000);
  return {
    ...presented,
    created_at: seconds(repository.createdAt),
    pushed_at: seconds(repository.pushedAt ?? repository.createdAt),
    stargazers: presented.stargazers_count,
    master_branch: repository.defaultBranch,
    ...(owner.type === 'Organization' && { organization: owner.login }),
  };
}

/** `team`. */
export function webhookTeam(emulator: Emulator, team: Team): JsonObject {
  const { parent = null, ...rest } = presentTeam(emulator, team);
  const strip = (one: JsonObject) => without(one, 'type', 'organization_id');
  return {
    ...strip(rest),
    parent: isJsonObject(parent) ? strip(parent) : null,
  };
}

/** `membership` of an organisation. */
export function webhookMembership(
  emulator: Emulator,
  membership: OrganizationMembership,
  state: 'active' | 'inactive',
): JsonObject {
  const organization = emulator.accounts.get(membership.organizationId);
  const user = emulator.accounts.get(membership.userId);
  const url = emulator.urls.api(`/orgs/${organization.login}`);
  return {
    url: `${url}/memberships/${user.login}`,
    state,
    role: membership.role,
    organization_url: url,
    user: webhookUser(emulator, user),
  };
}

/** `organization-invitation`, in the REST API too. */
export function presentOrganizationInvitation(
  emulator: Emulator,
  invitation: OrganizationInvitation,
): JsonObject {
  const { login } = emulator.accounts.get(invitation.organizationId);
  const invitee = emulator.accounts.get(invitation.inviteeId);
  return {
    id: invitation.id,
    node_id: nodeId('OrganizationInvitation', invitation.id),
    login: invitee.login,
    email: null,
    role: invitation.role === 'admin' ? 'admin' : 'direct_member',
    created_at: invitation.createdAt,
    failed_at: null,
    failed_reason: null,
    inviter: simpleUser(emulator, emulator.accounts.get(invitation.inviterId)),
    team_count: invitation.teams.length,
    invitation_teams_url: emulator.urls.api(
      `/orgs/${login}/invitations/${invitation.id}/teams`,
    ),
  };
}

/** The `invitation` of an organisation's event. */
export function webhookInvitation(
  emulator: Emulator,
  invitation: OrganizationInvitation,
): JsonObject {
  return without(presentOrganizationInvitation(emulator, invitation));
}

/** `release`. What has no name or notes has empty ones. */
export function webhookRelease(
  emulator: Emulator,
  repository: Repository,
  release: Release,
): JsonObject {
  const presented = without(
    presentRelease(emulator, repository, release),
    'immutable',
  );
  const { assets } = presented;
  return {
    ...presented,
    name: release.name ?? '',
    body: release.body ?? '',
    assets: Array.isArray(assets)
      ? assets.filter(isJsonObject).map(asset => without(asset, 'digest'))
      : [],
  };
}

/** `issue`, of pull requests too where they are commented on. */
export function webhookIssue(
  emulator: Emulator,
  repository: Repository,
  issue: Issue,
): JsonObject {
  return {
    ...without(presentIssue(emulator, repository, issue), 'closed_by'),
    performed_via_github_app: null,
  };
}

/** `issue-comment`. */
export function webhookComment(
  emulator: Emulator,
  repository: Repository,
  issue: Issue,
  comment: IssueComment,
): JsonObject {
  return {
    ...without(presentComment(emulator, repository, issue, comment)),
    performed_via_github_app: null,
  };
}

/** `pull-request`. */
export async function webhookPullRequest(
  emulator: Emulator,
  repository: Repository,
  issue: PullRequestIssue,
): Promise<JsonObject> {
  const presented = without(
    await fullPullRequest(emulator, repository, issue, NOBODY),
  );
  const side = (value: JsonValue | undefined, of: Repository | undefined) =>
    isJsonObject(value)
      ? { ...value, repo: of ? webhookRepository(emulator, of) : null }
      : null;
  return {
    ...presented,
    head: side(
      presented.head,
      emulator.store.collections.repositories.get(issue.pull.headRepositoryId),
    ),
    base: side(presented.base, repository),
  };
}

/** `commit` of a push. */
export function webhookCommit(
  emulator: Emulator,
  repository: Repository,
  commit: Commit,
  paths: PathChanges,
): JsonObject {
  const person = (signature: Commit['author']) => {
    const account = emulator.store.collections.accounts
      .list()
      .find(one => one.email === signature.email);
    return {
      name: signature.name,
      email: signature.email,
      ...(account && { username: account.login }),
    };
  };
  const fullName = emulator.repositories.fullName(repository);
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: emulator.urls.page(`/${fullName}/commit/${commit.sha}`),
    author: person(commit.author),
    committer: person(commit.committer),
    added: paths.added,
    removed: paths.removed,
    modified: paths.modified,
  };
}
