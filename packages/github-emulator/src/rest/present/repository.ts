import { JsonObject } from '@backstage/types';
import { Emulator } from '../../Emulator';
import { Viewer } from '../../server/Viewer';
import { LICENSE_NAMES, mainLanguage } from '../../state/contentFacts';
import { nodeId } from '../../state/nodeId';
import { Permission, permits, Repository } from '../../state/repositoryRecords';
import { simpleUser } from './account';

/** `minimal-repository` and more: a repository as it appears in lists and inside other things. */
export function presentRepository(
  emulator: Emulator,
  repository: Repository,
  viewer: Viewer,
): JsonObject {
  const owner = emulator.repositories.owner(repository);
  const fullName = `${owner.login}/${repository.name}`;
  const api = emulator.urls.api(`/repos/${fullName}`);
  const page = emulator.urls.page(`/${fullName}`);
  const stars = emulator.repositories.starCount(repository);
  const forks = emulator.repositories.forks(repository).length;
  const openIssues = emulator.repositories.openIssueCount(repository);
  const host = new URL(page).hostname;
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullName,
    private: repository.visibility !== 'public',
    owner: simpleUser(emulator, owner),
    html_url: page,
    description: repository.description ?? null,
    fork: repository.parentId !== undefined,
    url: api,
    forks_url: `${api}/forks`,
    keys_url: `${api}/keys{/key_id}`,
    collaborators_url: `${api}/collaborators{/collaborator}`,
    teams_url: `${api}/teams`,
    hooks_url: `${api}/hooks`,
    issue_events_url: `${api}/issues/events{/number}`,
    events_url: `${api}/events`,
    assignees_url: `${api}/assignees{/user}`,
    branches_url: `${api}/branches{/branch}`,
    tags_url: `${api}/tags`,
    blobs_url: `${api}/git/blobs{/sha}`,
    git_tags_url: `${api}/git/tags{/sha}`,
    git_refs_url: `${api}/git/refs{/sha}`,
    trees_url: `${api}/git/trees{/sha}`,
    statuses_url: `${api}/statuses/{sha}`,
    languages_url: `${api}/languages`,
    stargazers_url: `${api}/stargazers`,
    contributors_url: `${api}/contributors`,
    subscribers_url: `${api}/subscribers`,
    subscription_url: `${api}/subscription`,
    commits_url: `${api}/commits{/sha}`,
    git_commits_url: `${api}/git/commits{/sha}`,
    comments_url: `${api}/comments{/number}`,
    issue_comment_url: `${api}/issues/comments{/number}`,
    contents_url: `${api}/contents/{+path}`,
    compare_url: `${api}/compare/{base}...{head}`,
    merges_url: `${api}/merges`,
    archive_url: `${api}/{archive_format}{/ref}`,
    downloads_url: `${api}/downloads`,
    issues_url: `${api}/issues{/number}`,
    pulls_url: `${api}/pulls{/number}`,
    milestones_url: `${api}/milestones{/number}`,
    notifications_url: `${api}/notifications{?since,all,participating}`,
    labels_url: `${api}/labels{/name}`,
    releases_url: `${api}/releases{/id}`,
    deployments_url: `${api}/deployments`,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt ?? repository.createdAt,
    git_url: `git://${host}/${fullName}.git`,
    ssh_url: `git@${host}:${fullName}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: repository.homepage ?? null,
    size: repository.size,
    stargazers_count: stars,
    watchers_count: stars,
    language: mainLanguage(repository.languages) ?? null,
    has_issues: repository.settings.hasIssues,
    has_projects: repository.settings.hasProjects,
    has_downloads: true,
    has_wiki: repository.settings.hasWiki,
    has_pages: false,
    has_discussions: false,
    forks_count: forks,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: openIssues,
    license: presentLicense(emulator, repository.license),
    allow_forking: true,
    is_template: repository.settings.isTemplate,
    web_commit_signoff_required: false,
    topics: repository.topics,
    visibility: repository.visibility,
    forks,
    open_issues: openIssues,
    watchers: stars,
    default_branch: repository.defaultBranch,
    ...(viewer.account && {
      permissions: presentPermissions(
        emulator.repositories.permissionOf(repository, viewer),
      ),
    }),
  };
}

/** `full-repository`: a repository when it is asked for itself. */
export function fullRepository(
  emulator: Emulator,
  repository: Repository,
  viewer: Viewer,
): JsonObject {
  const { settings } = repository;
  const owner = emulator.repositories.owner(repository);
  const parent = emulator.store.collections.repositories.get(
    repository.parentId,
  );
  const mayPush = permits(
    emulator.repositories.permissionOf(repository, viewer),
    'write',
  );
  return {
    ...presentRepository(emulator, repository, viewer),
    temp_clone_token: null,
    ...(mayPush && {
      allow_squash_merge: settings.allowSquashMerge,
      allow_merge_commit: settings.allowMergeCommit,
      allow_rebase_merge: settings.allowRebaseMerge,
      allow_auto_merge: settings.allowAutoMerge,
      allow_update_branch: settings.allowUpdateBranch,
      delete_branch_on_merge: settings.deleteBranchOnMerge,
      squash_merge_commit_title: settings.squashMergeCommitTitle,
      squash_merge_commit_message: settings.squashMergeCommitMessage,
    }),
    ...(owner.type === 'Organization' && {
      organization: simpleUser(emulator, owner),
    }),
    ...(parent && {
      parent: presentRepository(emulator, parent, viewer),
      source: presentRepository(emulator, parent, viewer),
    }),
    network_count: emulator.repositories.forks(repository).length,
    subscribers_count: emulator.store.collections.subscriptions.countBy(
      'repository',
      repository.id,
    ),
  };
}

/** The five switches that GitHub shows a permission as. */
export function presentPermissions(permission: Permission): JsonObject {
  return {
    admin: permits(permission, 'admin'),
    maintain: permits(permission, 'maintain'),
    push: permits(permission, 'write'),
    triage: permits(permission, 'triage'),
    pull: permits(permission, 'read'),
  };
}

/** `license-simple`, or null. */
export function presentLicense(
  emulator: Emulator,
  license: string | undefined,
): JsonObject | null {
  if (!license) {
    return null;
  }
  const name = LICENSE_NAMES[license];
  const key = name ? license.toLowerCase() : 'other';
  return {
    key,
    name: name ?? 'Other',
    spdx_id: license,
    url: name ? emulator.urls.api(`/licenses/${key}`) : null,
    node_id: nodeId('License', key),
  };
}
