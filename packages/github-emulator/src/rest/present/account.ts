import { JsonObject } from '@backstage/types';
import { Emulator } from '../../Emulator';
import { Account, Team } from '../../state/accountRecords';
import { nodeId } from '../../state/nodeId';

/** `simple-user`: an account as it appears inside other things. */
export function simpleUser(emulator: Emulator, account: Account): JsonObject {
  // The brackets of a bot's login have no place in an address.
  const login = encodeURIComponent(account.login);
  const api = emulator.urls.api(`/users/${login}`);
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: avatarUrl(emulator, account),
    gravatar_id: '',
    url: api,
    html_url: emulator.urls.page(
      account.type === 'Bot'
        ? `/apps/${account.login.replace('[bot]', '')}`
        : `/${login}`,
    ),
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** `simple-user` of an account by its id, or null. */
export function simpleUserById(
  emulator: Emulator,
  id: number | undefined,
): JsonObject | null {
  const account = emulator.store.collections.accounts.get(id);
  return account ? simpleUser(emulator, account) : null;
}

/** `public-user`: what everybody sees of an account. */
export function publicUser(emulator: Emulator, account: Account): JsonObject {
  return {
    ...simpleUser(emulator, account),
    name: account.name ?? null,
    company: account.company ?? null,
    blog: '',
    location: account.location ?? null,
    email: account.emailPublic ? account.email ?? null : null,
    hireable: null,
    bio: account.bio ?? null,
    twitter_username: null,
    public_repos: emulator.repositories
      .ownedBy(account)
      .filter(repository => repository.visibility === 'public').length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
  };
}

/** `private-user`: what people see of themselves. */
export function privateUser(emulator: Emulator, account: Account): JsonObject {
  const hidden = emulator.repositories
    .ownedBy(account)
    .filter(repository => repository.visibility !== 'public').length;
  return {
    ...publicUser(emulator, account),
    user_view_type: 'private',
    notification_email: account.email ?? null,
    private_gists: 0,
    total_private_repos: hidden,
    owned_private_repos: hidden,
    disk_usage: emulator.repositories
      .ownedBy(account)
      .reduce((sum, repository) => sum + repository.size, 0),
    collaborators: 0,
    two_factor_authentication: true,
    plan: {
      name: 'pro',
      space: 976562499,
      collaborators: 0,
      private_repos: 9999,
    },
  };
}

/** `organization-simple`. */
export function simpleOrganization(
  emulator: Emulator,
  organization: Account,
): JsonObject {
  const api = emulator.urls.api(`/orgs/${organization.login}`);
  return {
    login: organization.login,
    id: organization.id,
    node_id: nodeId('Organization', organization.id),
    url: api,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    hooks_url: `${api}/hooks`,
    issues_url: `${api}/issues`,
    members_url: `${api}/members{/member}`,
    public_members_url: `${api}/public_members{/member}`,
    avatar_url: avatarUrl(emulator, organization),
    description: organization.description ?? null,
  };
}

/** `organization-full`. */
export function fullOrganization(
  emulator: Emulator,
  organization: Account,
): JsonObject {
  return {
    ...simpleOrganization(emulator, organization),
    name: organization.name ?? organization.login,
    ...(organization.location && { location: organization.location }),
    ...(organization.email && { email: organization.email }),
    is_verified: false,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: emulator.repositories
      .ownedBy(organization)
      .filter(repository => repository.visibility === 'public').length,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: emulator.urls.page(`/${organization.login}`),
    type: 'Organization',
    default_repository_permission:
      organization.baseRepositoryPermission ?? 'read',
    members_can_create_repositories: organization.membersCanCreateRepositories,
    created_at: organization.createdAt,
    updated_at: organization.updatedAt,
    archived_at: null,
  };
}

/** `team`. */
export function presentTeam(emulator: Emulator, team: Team): JsonObject {
  const parent = emulator.store.collections.teams.get(team.parentId);
  return {
    ...simpleTeam(emulator, team),
    parent: parent ? simpleTeam(emulator, parent) : null,
  };
}

/** `team-simple`. */
export function simpleTeam(emulator: Emulator, team: Team): JsonObject {
  const { login } = emulator.accounts.get(team.organizationId);
  const api = emulator.urls.api(
    `/organizations/${team.organizationId}/team/${team.id}`,
  );
  return {
    id: team.id,
    node_id: nodeId('Team', team.id),
    url: api,
    html_url: emulator.urls.page(`/orgs/${login}/teams/${team.slug}`),
    members_url: `${api}/members{/member}`,
    repositories_url: `${api}/repos`,
    name: team.name,
    slug: team.slug,
    description: team.description ?? null,
    privacy: team.privacy,
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    type: 'organization',
    organization_id: team.organizationId,
  };
}

/** `team-full`. */
export function fullTeam(emulator: Emulator, team: Team): JsonObject {
  const { organization, ...rest } = {
    ...presentTeam(emulator, team),
    organization: fullOrganization(
      emulator,
      emulator.accounts.get(team.organizationId),
    ),
  };
  return {
    ...rest,
    members_count: emulator.accounts.teamMembers(team).length,
    repos_count: emulator.store.collections.teamRepositories.countBy(
      'team',
      team.id,
    ),
    created_at: team.createdAt,
    updated_at: team.updatedAt,
    organization,
  };
}

/** Where the picture of an account is. */
export function avatarUrl(emulator: Emulator, account: Account): string {
  return emulator.urls.page(`/avatars/${account.id}`);
}
