import { JsonObject } from '@backstage/types';
import { isRefName } from '../git/names';
import { GitHubError } from '../server/GitHubError';
import { encodePath } from '../server/Urls';
import { nodeId } from '../state/nodeId';
import { BranchProtection, Repository } from '../state/repositoryRecords';
import { presentCommit } from './present/git';
import { noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function addresses(
  request: RestRequest,
  repository: Repository,
  branch: string,
) {
  const { repositories, urls } = request.emulator;
  const fullName = repositories.fullName(repository);
  const api = urls.api(`/repos/${fullName}`);
  return {
    api,
    self: `${api}/branches/${encodePath(branch)}`,
    page: urls.page(`/${fullName}/tree/${encodePath(branch)}`),
  };
}

/** `protected-branch`, and with the switches that `branch-protection` names alike. */
function presentProtection(
  request: RestRequest,
  repository: Repository,
  protection: BranchProtection,
): JsonObject {
  const { self } = addresses(request, repository, protection.branch);
  const url = `${self}/protection`;
  const { requiredStatusChecks: checks, requiredReviews: reviews } = protection;
  return {
    url,
    ...(checks && {
      required_status_checks: {
        url: `${url}/required_status_checks`,
        strict: checks.strict,
        contexts: checks.contexts,
        contexts_url: `${url}/required_status_checks/contexts`,
        checks: checks.contexts.map(context => ({ context, app_id: null })),
      },
    }),
    ...(reviews && {
      required_pull_request_reviews: {
        url: `${url}/required_pull_request_reviews`,
        dismiss_stale_reviews: reviews.dismissStale,
        require_code_owner_reviews: reviews.codeOwners,
        required_approving_review_count: reviews.approvals,
        require_last_push_approval: reviews.lastPushApproval,
      },
    }),
    required_signatures: {
      url: `${url}/required_signatures`,
      enabled: protection.requiredSignatures,
    },
    enforce_admins: {
      url: `${url}/enforce_admins`,
      enabled: protection.enforceAdmins,
    },
    required_linear_history: { enabled: protection.linearHistory },
    allow_force_pushes: { enabled: protection.allowForcePushes },
    allow_deletions: { enabled: protection.allowDeletions },
    block_creations: { enabled: protection.blockCreations },
    required_conversation_resolution: {
      enabled: protection.conversationResolution,
    },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  };
}

async function listBranches(request: RestRequest) {
  const repository = request.repository();
  const git = request.emulator.repositories.git(repository);
  const wanted = request.query.get('protected');
  const branches = (await git.listRefs('refs/heads/'))
    .map(ref => {
      const name = ref.name.slice('refs/heads/'.length);
      const { api, self } = addresses(request, repository, name);
      const isProtected =
        request.emulator.repositories.branchProtection(repository, name) !==
        undefined;
      return {
        name,
        commit: { sha: ref.commit, url: `${api}/commits/${ref.commit}` },
        protected: isProtected,
        protection_url: `${self}/protection`,
      };
    })
    .filter(branch => wanted === null || String(branch.protected) === wanted);
  return request.paged(branches, branch => branch);
}

async function getBranch(request: RestRequest) {
  const repository = request.repository();
  const { emulator } = request;
  const git = emulator.repositories.git(repository);
  const name = request.params.branch;
  const ref = await git.findRef(`refs/heads/${name}`);
  if (!ref) {
    throw new GitHubError(404, 'Branch not found');
  }
  const { self, page } = addresses(request, repository, name);
  const protection = emulator.repositories.branchProtection(repository, name);
  return ok({
    name,
    commit: presentCommit(
      emulator,
      repository,
      await git.readCommit(ref.commit),
    ),
    _links: { self, html: page },
    protected: protection !== undefined,
    protection: {
      enabled: protection !== undefined,
      required_status_checks: {
        enforcement_level: protection?.requiredStatusChecks
          ? 'everyone'
          : 'off',
        contexts: protection?.requiredStatusChecks?.contexts ?? [],
        checks: [],
      },
    },
    protection_url: `${self}/protection`,
  });
}

function findProtection(request: RestRequest): {
  repository: Repository;
  protection: BranchProtection;
} {
  const repository = request.repository('admin');
  const protection = request.emulator.repositories.branchProtection(
    repository,
    request.params.branch,
  );
  if (!protection) {
    throw new GitHubError(404, 'Branch not protected');
  }
  return { repository, protection };
}

async function protectBranch(request: RestRequest) {
  const repository = request.repository('admin');
  const { emulator, body } = request;
  const branch = request.params.branch;
  const git = emulator.repositories.git(repository);
  if (!isRefName(branch) || !(await git.findRef(`refs/heads/${branch}`))) {
    throw new GitHubError(404, 'Branch not found');
  }
  for (const field of [
    'required_status_checks',
    'enforce_admins',
    'required_pull_request_reviews',
    'restrictions',
  ]) {
    if (!body.has(field) && !body.isNull(field)) {
      throw new GitHubError(
        422,
        `Invalid request.\n\n"${field}" wasn't supplied.`,
      );
    }
  }
  const before = emulator.repositories.branchProtection(repository, branch);
  const checks = body.object('required_status_checks');
  const reviews = body.object('required_pull_request_reviews');
  const restrictions = body.object('restrictions');
  const protection = emulator.store.collections.branchProtections.put({
    id: before?.id ?? emulator.store.nextId(),
    repositoryId: repository.id,
    branch,
    enforceAdmins: body.boolean('enforce_admins') ?? false,
    requiredStatusChecks: checks && {
      strict: checks.boolean('strict') ?? false,
      contexts: checks.strings('contexts') ?? [],
    },
    requiredReviews: reviews && {
      approvals: reviews.number('required_approving_review_count') ?? 1,
      codeOwners: reviews.boolean('require_code_owner_reviews') ?? false,
      dismissStale: reviews.boolean('dismiss_stale_reviews') ?? false,
      lastPushApproval: reviews.boolean('require_last_push_approval') ?? false,
    },
    restrictions: restrictions && {
      users: restrictions.strings('users') ?? [],
      teams: restrictions.strings('teams') ?? [],
      apps: restrictions.strings('apps') ?? [],
    },
    requiredSignatures: before?.requiredSignatures ?? false,
    linearHistory: body.boolean('required_linear_history') ?? false,
    conversationResolution:
      body.boolean('required_conversation_resolution') ?? false,
    allowForcePushes: body.boolean('allow_force_pushes') ?? false,
    allowDeletions: body.boolean('allow_deletions') ?? false,
    blockCreations: body.boolean('block_creations') ?? false,
  });
  return ok(presentProtection(request, repository, protection));
}

function setSignatures(request: RestRequest, enabled: boolean) {
  const { repository, protection } = findProtection(request);
  request.emulator.store.collections.branchProtections.update(protection.id, {
    requiredSignatures: enabled,
  });
  const { self } = addresses(request, repository, protection.branch);
  return enabled
    ? ok({ url: `${self}/protection/required_signatures`, enabled })
    : noContent();
}

async function listTags(request: RestRequest) {
  const repository = request.repository();
  const git = request.emulator.repositories.git(repository);
  const tags = (await git.listRefs('refs/tags/')).reverse();
  return request.paged(tags, ref => {
    const name = ref.name.slice('refs/tags/'.length);
    const { api } = addresses(request, repository, name);
    return {
      name,
      zipball_url: `${api}/zipball/${encodePath(ref.name)}`,
      tarball_url: `${api}/tarball/${encodePath(ref.name)}`,
      commit: { sha: ref.commit, url: `${api}/commits/${ref.commit}` },
      node_id: nodeId('Ref', `${repository.id}:${ref.name}`),
    };
  });
}

/** Branches with their rules, and tags. */
export const branchRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/branches', listBranches),
  route('GET', '/repos/{owner}/{repo}/branches/{branch}', getBranch),
  route(
    'GET',
    '/repos/{owner}/{repo}/branches/{branch}/protection',
    request => {
      const { repository, protection } = findProtection(request);
      return ok(presentProtection(request, repository, protection));
    },
  ),
  route(
    'PUT',
    '/repos/{owner}/{repo}/branches/{branch}/protection',
    protectBranch,
  ),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/branches/{branch}/protection',
    request => {
      const { protection } = findProtection(request);
      request.emulator.store.collections.branchProtections.delete(
        protection.id,
      );
      return noContent();
    },
  ),
  route(
    'POST',
    '/repos/{owner}/{repo}/branches/{branch}/protection/required_signatures',
    request => setSignatures(request, true),
  ),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/branches/{branch}/protection/required_signatures',
    request => setSignatures(request, false),
  ),
  route('GET', '/repos/{owner}/{repo}/tags', listTags),
];
