import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
import { NotFoundError } from '@backstage/errors';
import { type GitHubDoor, GitHubUnavailableError } from '../github';
import type { StoredBuild } from './BuildStore';

/** A packed source that is larger is not built, in bytes. */
export const LARGEST_SOURCE = 64 * 1024 * 1024;

/** So long nothing may arrive of it, in milliseconds. */
const SILENCE_MS = 60_000;

/** The plugin's source is what it must not be, or is not there: another attempt is of no use. */
export class SourceRefusedError extends Error {
  constructor(
    message: string,
    /** Whether it is the plugin's doing, rather than that there is nothing to be built. */
    readonly isPluginsDoing: boolean,
  ) {
    super(message);
    this.name = 'SourceRefusedError';
  }
}

/**
 * Writes a repository's files at a commit into a file, as GitHub packs them, without ever
 * having more than a piece of it in memory. The repository is found by its id, wherever it
 * is by now.
 *
 * @throws SourceRefusedError when it is too large, or not there
 * @throws GitHubUnavailableError
 */
export async function fetchSource(
  build: Pick<StoredBuild, 'host' | 'repository' | 'repositoryId' | 'commit'>,
  options: {
    door: GitHubDoor;
    file: string;
    signal: AbortSignal;
    largest?: number;
  },
): Promise<void> {
  const { host, repositoryId, repository, commit } = build;
  const { door, file, signal, largest = LARGEST_SOURCE } = options;
  const github = door.asPortal({
    host,
    owner: repository.split('/')[0],
    lane: 'urgent',
    signal,
  });
  let body: unknown;
  try {
    // https://docs.github.com/rest/repos/repos answers by id, too, which its description leaves out
    const { data } = await github.request<string>('GET /repositories/{id}', {
      id: repositoryId,
    });
    const [owner, repo] = String(data.full_name).split('/');
    const archive = await github.rest.repos.downloadTarballArchive({
      owner,
      repo,
      ref: commit,
      request: { parseSuccessResponseBody: false },
    });
    body = archive.data;
  } catch (error) {
    if (error instanceof NotFoundError) {
      throw new SourceRefusedError(
        `GitHub does not show the portal commit ${commit.slice(
          0,
          12,
        )} of ${repository}: it, or the repository, is gone, or the portal lost access to it`,
        false,
      );
    }
    throw error;
  }
  if (!(body instanceof ReadableStream)) {
    throw new GitHubUnavailableError(
      `GitHub at ${host} answered without the source of ${repository}.`,
      { reason: 'failed' },
    );
  }
  await save(body, { file, signal, largest, repository, host });
}

async function save(
  body: ReadableStream,
  options: {
    file: string;
    signal: AbortSignal;
    largest: number;
    repository: string;
    host: string;
  },
): Promise<void> {
  const { file, signal, largest, repository, host } = options;
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), SILENCE_MS).unref();
  try {
    await pipeline(
      Readable.fromWeb(body),
      async function* count(chunks: AsyncIterable<Uint8Array>) {
        let bytes = 0;
        for await (const chunk of chunks) {
          timer.refresh();
          bytes += chunk.byteLength;
          if (bytes > largest) {
            throw new SourceRefusedError(
              `The packed source of ${repository} is larger than ${
                largest / 1024 / 1024
              } MiB, which is more than is built. Take out of the repository what does not belong to the plugin`,
              true,
            );
          }
          yield chunk;
        }
      },
      createWriteStream(file),
      { signal: AbortSignal.any([signal, silent.signal]) },
    );
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SourceRefusedError) {
      throw error;
    }
    throw new GitHubUnavailableError(
      `GitHub at ${host} broke off in the middle of the source of ${repository}.`,
      { reason: silent.signal.aborted ? 'timed-out' : 'unreachable' },
    );
  } finally {
    clearTimeout(timer);
  }
}
