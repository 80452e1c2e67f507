import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { InputError } from '@backstage/errors';
import type { BuildArgs, BuildSourceClient } from '../rpc';
import { DEFAULT_SOURCE_LIMITS } from '../source';

/**
 * Fetches the source of a build from the backend into a file.
 *
 * @throws InputError when it is not what the build was asked for with
 */
export async function receiveSource(options: {
  client: BuildSourceClient;
  build: BuildArgs;
  /** Path of the file, which must not be there yet. */
  file: string;
  signal: AbortSignal;
}): Promise<void> {
  const { build, client, signal } = options;
  const expected = Number(build.sourceBytes);
  if (expected > DEFAULT_SOURCE_LIMITS.archiveBytes) {
    throw new InputError(
      `The archive has ${expected} bytes; ${DEFAULT_SOURCE_LIMITS.archiveBytes} are taken at most`,
    );
  }
  const file = await open(options.file, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await client.source(
      { build: build.build },
      async ({ data }) => {
        bytes += data.length;
        if (bytes > expected) {
          throw new InputError(
            `The backend sends more than the ${expected} bytes that the archive has`,
          );
        }
        hash.update(data);
        await file.writeFile(data);
      },
      { signal, timeout: 0 },
    );
  } finally {
    await file.close();
  }
  const digest = hash.digest('hex');
  if (bytes !== expected || digest !== build.sourceSha256) {
    throw new InputError(
      `The backend sent ${bytes} bytes with the sha256 ${digest} instead of ${expected} with ${build.sourceSha256}`,
    );
  }
}
