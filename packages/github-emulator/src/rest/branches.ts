import { GitHubError } from '../server/GitHubError';
import { encodePath } from '../server/Urls';
import { nodeId } from '../state/nodeId';
import { Repository } from '../state/repositoryRecords';
import { presentCommit } from './present/git';
import { ok, RestRequest } from './RestRequest';
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

/** Branches and tags. */
export const branchRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/branches', listBranches),
  route('GET', '/repos/{owner}/{repo}/branches/{branch}', getBranch),
  route('GET', '/repos/{owner}/{repo}/tags', listTags),
];
