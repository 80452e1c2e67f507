import { JsonObject } from '@backstage/types';
import { Emulator } from '../../Emulator';
import {
  Commit,
  FileChange,
  GitRepository,
  Ref,
  TreeEntry,
} from '../../git/GitRepository';
import { encodePath } from '../../server/Urls';
import { nodeId } from '../../state/nodeId';
import { Repository } from '../../state/repositoryRecords';
import { simpleUser } from './account';

const UNVERIFIED: JsonObject = {
  verified: false,
  reason: 'unsigned',
  signature: null,
  payload: null,
  verified_at: null,
};

function addresses(emulator: Emulator, repository: Repository) {
  const fullName = emulator.repositories.fullName(repository);
  return {
    api: emulator.urls.api(`/repos/${fullName}`),
    page: emulator.urls.page(`/${fullName}`),
  };
}

/** `simple-user` of the account with an e-mail address, or null. */
function userByEmail(emulator: Emulator, email: string): JsonObject | null {
  const account = emulator.store.collections.accounts
    .list()
    .find(
      one =>
        one.email?.toLowerCase() === email.toLowerCase() ||
        email.endsWith(`+${one.login}@users.noreply.github.com`),
    );
  return account ? simpleUser(emulator, account) : null;
}

/** `commit`. */
export function presentCommit(
  emulator: Emulator,
  repository: Repository,
  commit: Commit,
): JsonObject {
  const { api, page } = addresses(emulator, repository);
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', `${repository.id}:${commit.sha}`),
    commit: {
      author: { ...commit.author },
      committer: { ...commit.committer },
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: UNVERIFIED,
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: userByEmail(emulator, commit.author.email),
    committer: userByEmail(emulator, commit.committer.email),
    parents: commit.parents.map(sha => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
  };
}

/** `git-commit`. */
export function presentGitCommit(
  emulator: Emulator,
  repository: Repository,
  commit: Commit,
): JsonObject {
  const { api, page } = addresses(emulator, repository);
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', `${repository.id}:${commit.sha}`),
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    author: { ...commit.author },
    committer: { ...commit.committer },
    message: commit.message,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    parents: commit.parents.map(sha => ({
      sha,
      url: `${api}/git/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
    verification: UNVERIFIED,
  };
}

/** `diff-entry`. */
export function presentFileChange(
  emulator: Emulator,
  repository: Repository,
  commit: string,
  change: FileChange,
): JsonObject {
  const { api, page } = addresses(emulator, repository);
  const path = encodePath(change.path);
  return {
    sha: change.sha,
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${page}/blob/${commit}/${path}`,
    raw_url: `${page}/raw/${commit}/${path}`,
    contents_url: `${api}/contents/${path}?ref=${commit}`,
    ...(change.previousPath && { previous_filename: change.previousPath }),
  };
}

/** `git-ref`. */
export function presentRef(
  emulator: Emulator,
  repository: Repository,
  ref: Pick<Ref, 'name' | 'type' | 'sha'>,
): JsonObject {
  const { api } = addresses(emulator, repository);
  return {
    ref: ref.name,
    node_id: nodeId('Ref', `${repository.id}:${ref.name}`),
    url: `${api}/git/${encodePath(ref.name)}`,
    object: {
      sha: ref.sha,
      type: ref.type,
      url: `${api}/git/${ref.type}s/${ref.sha}`,
    },
  };
}

/** The fields that a file, a folder, a link and a submodule have in common where contents are listed. */
export function contentSummary(
  emulator: Emulator,
  repository: Repository,
  ref: string,
  entry: TreeEntry,
): JsonObject {
  const { api, page } = addresses(emulator, repository);
  const path = encodePath(entry.path);
  const query = `?ref=${encodeURIComponent(ref)}`;
  const self = `${api}/contents/${path}${query}`;
  const isFolder = entry.type === 'tree';
  const git = `${api}/git/${isFolder ? 'trees' : 'blobs'}/${entry.sha}`;
  const html = `${page}/${isFolder ? 'tree' : 'blob'}/${encodePath(
    ref,
  )}/${path}`;
  return {
    name: entry.path.split('/').pop() ?? '',
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url: self,
    html_url: html,
    git_url: git,
    download_url: isFolder ? null : `${page}/raw/${encodePath(ref)}/${path}`,
    type: contentType(entry),
    _links: { self, git, html },
  };
}

function contentType(entry: TreeEntry): string {
  if (entry.mode === '120000') {
    return 'symlink';
  }
  if (entry.type === 'commit') {
    return 'submodule';
  }
  return entry.type === 'tree' ? 'dir' : 'file';
}

/** `content-file`: with the file's bytes in base 64 in lines of 60, as GitHub sends them. */
export async function contentFile(
  emulator: Emulator,
  repository: Repository,
  git: GitRepository,
  ref: string,
  entry: TreeEntry,
): Promise<JsonObject> {
  const content = await git.readBlob(entry.sha);
  if (entry.mode === '120000') {
    return {
      ...contentSummary(emulator, repository, ref, entry),
      target: content.toString(),
    };
  }
  return {
    ...contentSummary(emulator, repository, ref, entry),
    content: base64Lines(content),
    encoding: 'base64',
  };
}

/** Base 64 in lines of 60 characters, each ended. */
export function base64Lines(content: Buffer): string {
  return content.toString('base64').replace(/.{1,60}/g, '$&\n');
}
