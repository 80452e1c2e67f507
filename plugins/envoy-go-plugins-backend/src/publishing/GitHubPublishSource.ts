import {
  type PublishSource,
  type PublishSourceFile,
  UnreadableSourceError,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import type { Octokit } from '@octokit/rest';

/** A file that is larger is not read, in bytes. */
const LARGEST_FILE = 512 * 1024;

/** So much is read of a repository at one commit: bytes, and files, each of which is a request. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_READ = 400;

/** A repository that has more is not looked at. */
const MOST_FILES = 5_000;

/**
 * The files of a repository at one commit, read of GitHub's trees and blobs:
 * https://docs.github.com/rest/git/trees, https://docs.github.com/rest/git/blobs
 */
export class GitHubPublishSource implements PublishSource {
  readonly commit: string;
  readonly files: readonly PublishSourceFile[];
  readonly #github: Octokit;
  readonly #owner: string;
  readonly #repo: string;
  readonly #url: string;
  readonly #byPath: Map<string, PublishSourceFile>;
  readonly #contents = new Map<string, Promise<Buffer>>();
  #bytes = 0;

  /**
   * @param options - `url`: the repository's page
   * @throws NotFoundError when there is no such commit, or the portal does not see it
   * @throws UnreadableSourceError when there are more files than are looked at
   */
  static async open(options: {
    github: Octokit;
    owner: string;
    repo: string;
    url: string;
    commit: string;
  }): Promise<GitHubPublishSource> {
    const { github, owner, repo, commit } = options;
    const { data } = await github.rest.git.getTree({
      owner,
      repo,
      tree_sha: commit,
      recursive: '1',
    });
    const files = data.tree
      .filter(({ type }) => type !== 'tree')
      .map(({ path, mode, sha, size = 0 }) => ({
        path: path ?? '',
        mode: mode ?? '',
        sha: sha ?? '',
        size,
      }));
    if (data.truncated || files.length > MOST_FILES) {
      throw new UnreadableSourceError(
        `The repository has more than ${MOST_FILES} files, which is more than is looked at. Take out what does not belong to the plugin`,
      );
    }
    return new GitHubPublishSource({ ...options, files });
  }

  private constructor(options: {
    github: Octokit;
    owner: string;
    repo: string;
    url: string;
    commit: string;
    files: PublishSourceFile[];
  }) {
    this.commit = options.commit;
    this.files = options.files;
    this.#github = options.github;
    this.#owner = options.owner;
    this.#repo = options.repo;
    this.#url = options.url;
    this.#byPath = new Map(options.files.map(file => [file.path, file]));
  }

  async read(path: string): Promise<Buffer | undefined> {
    const file = this.#byPath.get(path);
    if (!file || !file.mode.startsWith('100')) {
      return undefined;
    }
    const known = this.#contents.get(file.sha);
    if (known) {
      return known;
    }
    if (file.size > LARGEST_FILE) {
      throw new UnreadableSourceError(
        `${path} has ${file.size} bytes, more than the ${LARGEST_FILE} that are looked at`,
      );
    }
    if (
      this.#bytes + file.size > MOST_BYTES ||
      this.#contents.size >= MOST_READ
    ) {
      throw new UnreadableSourceError(
        `The repository has more to read than the ${MOST_READ} files and ${MOST_BYTES} bytes that are looked at`,
      );
    }
    this.#bytes += file.size;
    const content = this.#fetch(file.sha);
    this.#contents.set(file.sha, content);
    try {
      return await content;
    } catch (error) {
      this.#contents.delete(file.sha);
      throw error;
    }
  }

  urlOf(path: string, line?: number): string {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    return `${this.#url}/blob/${this.commit}/${encoded}${
      line === undefined ? '' : `#L${line}`
    }`;
  }

  async #fetch(sha: string): Promise<Buffer> {
    const { data } = await this.#github.rest.git.getBlob({
      owner: this.#owner,
      repo: this.#repo,
      file_sha: sha,
      // Never changes and is read once: not worth a place among the answers that are kept
      headers: { 'if-none-match': '"none"' },
    });
    return Buffer.from(data.content, 'base64');
  }
}
