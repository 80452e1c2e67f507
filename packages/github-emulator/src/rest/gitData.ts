import { JsonObject } from '@backstage/types';
import { GitRepository, ObjectType } from '../git/GitRepository';
import { FULL_SHA, isRefName } from '../git/names';
import { GitHubError, notFound } from '../server/GitHubError';
import { nodeId } from '../state/nodeId';
import { Repository } from '../state/repositoryRecords';
import { base64Lines, presentGitCommit, presentRef } from './present/git';
import { created, noContent, ok, RestRequest } from './RestRequest';
import { requireWorkflowScope } from './contents';
import { refuseIfProtected } from './protectedBranches';
import { Route, route } from './RouteTable';
import { readMessage, readSignature } from './signature';

const LARGEST_TREE = 100_000;

/** Files, programs, folders, submodules and links. */
const TREE_MODES = ['100644', '100755', '040000', '160000', '120000'] as const;

function open(request: RestRequest, needed: 'read' | 'write' = 'read') {
  const repository = request.repository(needed);
  return { repository, git: request.emulator.repositories.git(repository) };
}

function api(request: RestRequest, repository: Repository): string {
  const { urls, repositories } = request.emulator;
  return urls.api(`/repos/${repositories.fullName(repository)}`);
}

function refuseIfEmpty(repository: Repository): void {
  if (repository.pushedAt === undefined) {
    throw new GitHubError(409, 'Git Repository is empty.');
  }
}

async function requireObject(
  git: GitRepository,
  sha: string,
  type: ObjectType,
): Promise<void> {
  const found = await git.describeObject(sha);
  if (found?.type !== type) {
    throw found || FULL_SHA.test(sha)
      ? new GitHubError(
          422,
          `${type} SHA does not exist or is not a ${type} object`,
        )
      : new GitHubError(
          422,
          `The ${type} parameter must be exactly 40 characters and contain only [0-9a-f].`,
        );
  }
}

async function getBlob(request: RestRequest) {
  const { repository, git } = open(request);
  const sha = request.params.file_sha;
  const object = await git.readObject(sha);
  if (object?.type !== 'blob') {
    throw notFound();
  }
  const { content } = object;
  if (request.media === 'raw') {
    return {
      status: 200,
      body: content,
      headers: { 'content-type': 'application/vnd.github.raw; charset=utf-8' },
    };
  }
  return ok({
    sha,
    node_id: nodeId('Blob', `${repository.id}:${sha}`),
    size: content.length,
    url: `${api(request, repository)}/git/blobs/${sha}`,
    content: base64Lines(content),
    encoding: 'base64',
  });
}

async function createBlob(request: RestRequest) {
  const { repository, git } = open(request, 'write');
  const text = request.body.requiredString('content');
  const encoding = request.body.string('encoding') ?? 'utf-8';
  const sha = await git.writeBlob(
    Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8'),
  );
  return created({ sha, url: `${api(request, repository)}/git/blobs/${sha}` });
}

async function presentTree(
  request: RestRequest,
  repository: Repository,
  git: GitRepository,
  tree: string,
  recursive: boolean,
): Promise<JsonObject> {
  const base = `${api(request, repository)}/git`;
  const entries = await git.listTree(tree, { recursive });
  return {
    sha: tree,
    url: `${base}/trees/${tree}`,
    tree: entries.slice(0, LARGEST_TREE).map(entry => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.size !== undefined && { size: entry.size }),
      ...(entry.type !== 'commit' && {
        url: `${base}/${entry.type}s/${entry.sha}`,
      }),
    })),
    truncated: entries.length > LARGEST_TREE,
  };
}

async function getTree(request: RestRequest) {
  const { repository, git } = open(request);
  refuseIfEmpty(repository);
  const tree = await git.resolveObject(request.params.tree_sha, 'tree');
  if (!tree) {
    throw notFound();
  }
  // Any value switches it on, "0" and "false" too.
  const recursive = request.query.has('recursive');
  return ok(await presentTree(request, repository, git, tree, recursive));
}

async function createTree(request: RestRequest) {
  const { repository, git } = open(request, 'write');
  const base = request.body.string('base_tree');
  const baseTree = base && (await git.resolveObject(base, 'tree'));
  if (base && !baseTree) {
    throw new GitHubError(422, 'base_tree is not a valid tree oid');
  }
  const entries = [];
  for (const entry of request.body.objects('tree') ?? []) {
    const content = entry.string('content');
    const path = entry.requiredString('path');
    const sha = entry.string('sha');
    if (sha) {
      const found = await git.describeObject(sha);
      if (!found) {
        throw new GitHubError(422, `tree.sha ${sha} is not a valid object`);
      }
    }
    entries.push({
      path,
      mode: entry.oneOf('mode', TREE_MODES) ?? '100644',
      sha:
        content === undefined ? sha : await git.writeBlob(Buffer.from(content)),
    });
  }
  requireWorkflowScope(
    request,
    entries.map(({ path }) => path),
  );
  const tree = await git.writeTree(baseTree || undefined, entries);
  return created(await presentTree(request, repository, git, tree, false));
}

async function getCommit(request: RestRequest) {
  const { repository, git } = open(request);
  const sha = request.params.commit_sha;
  if ((await git.describeObject(sha))?.type !== 'commit') {
    throw notFound();
  }
  return ok(
    presentGitCommit(request.emulator, repository, await git.readCommit(sha)),
  );
}

async function createCommit(request: RestRequest) {
  const { repository, git } = open(request, 'write');
  const { account } = request.signedIn();
  const { body, emulator } = request;
  const tree = body.requiredString('tree');
  const parents = body.strings('parents') ?? [];
  await requireObject(git, tree, 'tree');
  for (const parent of parents) {
    await requireObject(git, parent, 'commit');
  }
  const author = readSignature(
    body.object('author'),
    account,
    emulator.clock(),
  );
  const committer = body.object('committer');
  const sha = await git.writeCommit({
    tree,
    parents,
    message: readMessage(body),
    author,
    committer: committer
      ? readSignature(committer, account, emulator.clock())
      : author,
  });
  return created(
    presentGitCommit(emulator, repository, await git.readCommit(sha)),
  );
}

async function getRef(request: RestRequest) {
  const { repository, git } = open(request);
  refuseIfEmpty(repository);
  const ref = await git.findRef(`refs/${request.params.ref}`);
  if (!ref) {
    throw notFound();
  }
  return ok(presentRef(request.emulator, repository, ref));
}

async function matchingRefs(request: RestRequest) {
  const { repository, git } = open(request);
  refuseIfEmpty(repository);
  const prefix = `refs/${request.params.ref}`;
  const refs = (await git.listRefs('refs/')).filter(ref =>
    ref.name.startsWith(prefix),
  );
  return request.paged(refs, ref =>
    presentRef(request.emulator, repository, ref),
  );
}

async function createRef(request: RestRequest) {
  const { repository, git } = open(request, 'write');
  const { account } = request.signedIn();
  const name = request.body.requiredString('ref');
  const sha = request.body.requiredString('sha');
  refuseIfEmpty(repository);
  if (
    !isRefName(name) ||
    !/^refs\/[^/]+\/[^-]/.test(name) ||
    name.startsWith('refs/pull/')
  ) {
    throw new GitHubError(422, `${name} is not a valid ref name.`);
  }
  const object = await git.describeObject(sha);
  if (!object || (name.startsWith('refs/heads/') && object.type !== 'commit')) {
    throw new GitHubError(422, 'Object does not exist');
  }
  if (await git.findRef(name)) {
    throw new GitHubError(422, 'Reference already exists');
  }
  refuseIfProtected(request, repository, name, 'create', 422);
  await request.emulator.pushes.during(repository, account, () =>
    git.updateRef(name, sha, undefined),
  );
  return created(
    presentRef(request.emulator, repository, { name, sha, type: object.type }),
  );
}

async function updateRef(request: RestRequest) {
  const { repository, git } = open(request, 'write');
  const { account } = request.signedIn();
  const name = `refs/${request.params.ref}`;
  const sha = request.body.requiredString('sha');
  const ref = await git.findRef(name);
  if (!ref) {
    throw new GitHubError(422, 'Reference does not exist');
  }
  const object = await git.describeObject(sha);
  if (!object) {
    throw new GitHubError(422, 'Object does not exist');
  }
  const isForward = await git.isAncestor(ref.sha, sha);
  refuseIfProtected(
    request,
    repository,
    name,
    isForward ? 'update' : 'force',
    422,
  );
  if (!request.body.boolean('force') && !isForward) {
    throw new GitHubError(422, 'Update is not a fast forward');
  }
  await request.emulator.pushes.during(repository, account, () =>
    git.updateRef(name, sha, ref.sha),
  );
  return ok(
    presentRef(request.emulator, repository, { name, sha, type: object.type }),
  );
}

async function deleteRef(request: RestRequest) {
  const { repository, git } = open(request, 'write');
  const name = `refs/${request.params.ref}`;
  if (!(await git.findRef(name))) {
    throw new GitHubError(422, 'Reference does not exist');
  }
  if (name === `refs/heads/${repository.defaultBranch}`) {
    throw new GitHubError(422, 'Cannot delete the default branch');
  }
  refuseIfProtected(request, repository, name, 'delete', 422);
  await request.emulator.pushes.during(
    repository,
    request.signedIn().account,
    () => git.deleteRef(name),
  );
  return noContent();
}

async function presentTag(
  request: RestRequest,
  repository: Repository,
  git: GitRepository,
  sha: string,
) {
  const tag = await git.readTag(sha);
  const object = await git.resolveObject(sha, 'commit');
  const base = `${api(request, repository)}/git`;
  return {
    node_id: nodeId('Tag', `${repository.id}:${sha}`),
    sha,
    url: `${base}/tags/${sha}`,
    tag: tag.name,
    message: tag.message,
    tagger: { ...tag.tagger },
    object: {
      sha: object ?? '',
      type: 'commit',
      url: `${base}/commits/${object ?? ''}`,
    },
    verification: {
      verified: false,
      reason: 'unsigned',
      signature: null,
      payload: null,
      verified_at: null,
    },
  };
}

async function getTag(request: RestRequest) {
  const { repository, git } = open(request);
  const sha = request.params.tag_sha;
  if ((await git.describeObject(sha))?.type !== 'tag') {
    throw notFound();
  }
  return ok(await presentTag(request, repository, git, sha));
}

async function createTag(request: RestRequest) {
  const { repository, git } = open(request, 'write');
  const { account } = request.signedIn();
  const object = request.body.requiredString('object');
  const type =
    request.body.oneOf('type', ['commit', 'tree', 'blob']) ?? 'commit';
  const name = request.body.requiredString('tag');
  await requireObject(git, object, type);
  if (!isRefName(name)) {
    throw new GitHubError(422, `${name} is not a valid tag name.`);
  }
  const sha = await git.writeTag({
    name,
    object,
    type,
    message: readMessage(request.body),
    tagger: readSignature(
      request.body.object('tagger'),
      account,
      request.emulator.clock(),
    ),
  });
  return created(await presentTag(request, repository, git, sha));
}

/** Git's own objects: blobs, trees, commits, tags and refs. */
export const gitDataRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/git/blobs/{file_sha}', getBlob),
  route('POST', '/repos/{owner}/{repo}/git/blobs', createBlob),
  route('GET', '/repos/{owner}/{repo}/git/trees/{tree_sha}', getTree),
  route('POST', '/repos/{owner}/{repo}/git/trees', createTree),
  route('GET', '/repos/{owner}/{repo}/git/commits/{commit_sha}', getCommit),
  route('POST', '/repos/{owner}/{repo}/git/commits', createCommit),
  route('GET', '/repos/{owner}/{repo}/git/ref/{ref}', getRef),
  route('GET', '/repos/{owner}/{repo}/git/matching-refs/{ref}', matchingRefs),
  route('POST', '/repos/{owner}/{repo}/git/refs', createRef),
  route('PATCH', '/repos/{owner}/{repo}/git/refs/{ref}', updateRef),
  route('DELETE', '/repos/{owner}/{repo}/git/refs/{ref}', deleteRef),
  route('GET', '/repos/{owner}/{repo}/git/tags/{tag_sha}', getTag),
  route('POST', '/repos/{owner}/{repo}/git/tags', createTag),
];
