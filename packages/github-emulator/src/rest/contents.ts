import { FileEdit, GitRepository } from '../git/GitRepository';
import { isRefName, isRepositoryPath } from '../git/names';
import { GitHubError, notFound } from '../server/GitHubError';
import { Repository } from '../state/repositoryRecords';
import { contentFile, contentSummary, presentGitCommit } from './present/git';
import { ok, RestAnswer, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';
import { refuseIfProtected } from './protectedBranches';
import { readMessage, readSignature } from './signature';

const LARGEST_INLINE = 1024 * 1024;

/** The commit that a request's `ref` names, or the default branch's. */
async function requestedCommit(
  request: RestRequest,
  repository: Repository,
  git: GitRepository,
  name?: string,
): Promise<{ ref: string; commit: string }> {
  const ref = name || request.query.get('ref') || repository.defaultBranch;
  const commit = await git.resolveCommit(ref.replace(/^refs\//, ''));
  if (!commit) {
    const isEmpty = repository.pushedAt === undefined;
    throw new GitHubError(
      404,
      isEmpty
        ? 'This repository is empty.'
        : `No commit found for the ref ${ref}`,
    );
  }
  return { ref, commit };
}

async function getContents(request: RestRequest): Promise<RestAnswer> {
  const { emulator } = request;
  const repository = request.repository();
  const git = emulator.repositories.git(repository);
  const path = request.params.path.replace(/^\/+|\/+$/g, '');
  if (!isRepositoryPath(path)) {
    throw notFound();
  }
  const { ref, commit } = await requestedCommit(request, repository, git);
  const entry = await git.entryAt(commit, path);
  if (!entry) {
    throw notFound();
  }
  if (entry.type === 'tree') {
    const entries = (await git.listTree(entry.sha)).map(child => ({
      ...child,
      path: path ? `${path}/${child.path}` : child.path,
    }));
    const list = entries.map(child =>
      contentSummary(emulator, repository, ref, child),
    );
    return ok(
      request.media === 'object'
        ? {
            ...contentSummary(emulator, repository, ref, entry),
            entries: list,
          }
        : list,
    );
  }
  if (entry.type === 'commit') {
    return ok({
      ...contentSummary(emulator, repository, ref, entry),
      submodule_git_url: null,
    });
  }
  return await presentFile(request, repository, git, ref, entry);
}

async function presentFile(
  request: RestRequest,
  repository: Repository,
  git: GitRepository,
  ref: string,
  entry: Awaited<ReturnType<GitRepository['entryAt']>> & {},
): Promise<RestAnswer> {
  if (request.media === 'raw') {
    return {
      status: 200,
      body: await git.readBlob(entry.sha),
      headers: {
        'content-type': 'application/vnd.github.raw; charset=utf-8',
      },
    };
  }
  if ((entry.size ?? 0) > LARGEST_INLINE) {
    return ok({
      ...contentSummary(request.emulator, repository, ref, entry),
      content: '',
      encoding: 'none',
    });
  }
  return ok(await contentFile(request.emulator, repository, git, ref, entry));
}

async function changeFile(
  request: RestRequest,
  makeEdit: (path: string) => FileEdit,
) {
  const repository = request.repository('write');
  const { account } = request.signedIn();
  const { emulator, body } = request;
  const git = emulator.repositories.git(repository);
  const path = request.params.path.replace(/^\/+/, '');
  if (path === '' || !isRepositoryPath(path)) {
    throw new GitHubError(422, 'path contains a malformed path component');
  }
  requireWorkflowScope(request, [path]);
  const branch = (body.string('branch') ?? repository.defaultBranch).replace(
    /^refs\/heads\//,
    '',
  );
  if (!isRefName(branch)) {
    throw new GitHubError(404, `Branch ${branch} not found`);
  }
  const parent = await git.resolveCommit(`heads/${branch}`);
  refuseIfProtected(
    request,
    repository,
    `refs/heads/${branch}`,
    parent ? 'update' : 'create',
    409,
  );
  if (!parent && repository.pushedAt !== undefined) {
    throw new GitHubError(404, `Branch ${branch} not found`);
  }
  const before = parent ? await git.entryAt(parent, path) : undefined;
  const sha = body.string('sha');
  const edit = makeEdit(path);
  if (before && sha === undefined) {
    throw new GitHubError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  }
  if (sha !== undefined && sha !== before?.sha) {
    throw before
      ? new GitHubError(409, `${path} does not match ${sha}`)
      : notFound();
  }
  if (!before && !edit.content) {
    throw notFound();
  }
  if (before && before.type !== 'blob') {
    throw new GitHubError(422, `${path} is a folder`);
  }
  const committer = readSignature(
    body.object('committer') ?? body.object('author'),
    account,
    emulator.clock(),
  );
  const commit = await emulator.pushes.during(repository, account, () =>
    git.commit({
      branch,
      parent,
      edits: [edit],
      message: readMessage(body),
      author: readSignature(
        body.object('author') ?? body.object('committer'),
        account,
        emulator.clock(),
      ),
      committer,
    }),
  );
  const after = await git.entryAt(commit, path);
  return {
    status: before ? 200 : 201,
    body: {
      content: after
        ? contentSummary(emulator, repository, branch, after)
        : null,
      commit: presentGitCommit(
        emulator,
        repository,
        await git.readCommit(commit),
      ),
    },
  };
}

/** Refuses changes to workflows by tokens of applications that lack the `workflow` scope, as GitHub does. */
export function requireWorkflowScope(
  request: RestRequest,
  paths: string[],
): void {
  const touched = paths.some(path => path.startsWith('.github/workflows/'));
  if (touched && !request.viewer.hasScope('workflow')) {
    throw notFound();
  }
}

function decodeBase64(text: string): Buffer {
  if (!/^[A-Za-z0-9+/\s]*=*\s*$/.test(text)) {
    throw new GitHubError(422, 'content is not valid Base64');
  }
  return Buffer.from(text, 'base64');
}

async function getReadme(request: RestRequest, folder: string) {
  const { emulator } = request;
  const repository = request.repository();
  const git = emulator.repositories.git(repository);
  const { ref, commit } = await requestedCommit(request, repository, git);
  const tree = await git.entryAt(commit, folder);
  const entries = tree?.type === 'tree' ? await git.listTree(tree.sha) : [];
  const file = entries.find(
    entry =>
      entry.type === 'blob' &&
      /^readme(\.(md|markdown|rst|txt))?$/i.test(entry.path),
  );
  if (!file) {
    throw notFound();
  }
  return await presentFile(request, repository, git, ref, {
    ...file,
    path: folder ? `${folder}/${file.path}` : file.path,
  });
}

async function redirectToArchive(request: RestRequest, kind: 'tar.gz' | 'zip') {
  const { emulator } = request;
  const repository = request.repository();
  const git = emulator.repositories.git(repository);
  const { ref } = await requestedCommit(
    request,
    repository,
    git,
    request.params.ref,
  );
  const fullName = emulator.repositories.fullName(repository);
  return {
    status: 302,
    headers: {
      location: emulator.urls.page(
        `/_codeload/${fullName}/legacy.${kind}/${encodeURIComponent(ref)}`,
      ),
    },
  };
}

/** Files, folders, the README and archives. */
export const contentRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/contents/{path}', getContents),
  route('PUT', '/repos/{owner}/{repo}/contents/{path}', request =>
    changeFile(request, path => ({
      path,
      content: decodeBase64(request.body.requiredString('content')),
    })),
  ),
  route('DELETE', '/repos/{owner}/{repo}/contents/{path}', request =>
    changeFile(request, path => ({ path })),
  ),
  route('GET', '/repos/{owner}/{repo}/readme', request =>
    getReadme(request, ''),
  ),
  route('GET', '/repos/{owner}/{repo}/readme/{dir}', request =>
    getReadme(request, request.params.dir),
  ),
  route('GET', '/repos/{owner}/{repo}/tarball/{ref}', request =>
    redirectToArchive(request, 'tar.gz'),
  ),
  route('GET', '/repos/{owner}/{repo}/zipball/{ref}', request =>
    redirectToArchive(request, 'zip'),
  ),
];
