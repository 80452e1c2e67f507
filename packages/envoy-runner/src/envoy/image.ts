import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser } from 'tar';
import { isProgramMissing, runProgram } from '../process/runProgram';
import { EnvoyUnavailableError } from './EnvoyUnavailableError';
import { sha256OfFile } from './executable';
import type { DownloadOptions } from './wheel';

const BINARY = 'usr/local/bin/envoy';

/**
 * Takes the Envoy out of the container image of its version, with crane.
 *
 * @param target - where to put it; must not exist
 * @returns hex sha256 of the Envoy
 * @throws EnvoyUnavailableError when crane is missing, or the image or the Envoy in it
 */
export async function extractEnvoyFromImage(
  version: string,
  target: string,
  options: DownloadOptions = {},
): Promise<string> {
  const image = `envoyproxy/envoy:v${version}`;
  const platform = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  let found = false;
  try {
    const result = await runProgram(
      'crane',
      ['export', '--platform', platform, image, '-'],
      {
        env: options.env,
        signal: options.signal,
        timeoutMs: 600_000,
        onStdout: async stream => {
          const writes: Promise<void>[] = [];
          const parser = new Parser({
            onReadEntry: entry => {
              const name = entry.path.replace(/^\.?\//, '');
              if (name === BINARY && entry.type === 'File' && !found) {
                found = true;
                writes.push(
                  pipeline(entry, createWriteStream(target, { flags: 'wx' })),
                );
              } else {
                entry.resume();
              }
            },
          });
          await new Promise<void>((resolve, reject) => {
            parser.on('end', () => resolve());
            parser.on('error', reject);
            (stream as Readable).on('error', reject);
            stream.pipe(parser);
          });
          await Promise.all(writes);
        },
      },
    );
    if (result.code !== 0) {
      throw new EnvoyUnavailableError(
        `crane could not export ${image}: ${
          result.stderr.trim().split('\n').at(-1) || 'it did not say why'
        }`,
      );
    }
  } catch (error) {
    if (isProgramMissing(error)) {
      throw new EnvoyUnavailableError(
        `An Envoy out of a container image is taken with crane, and there is none on the PATH; install it (go install github.com/google/go-containerregistry/cmd/crane@latest), or use the wheel`,
      );
    }
    throw error;
  }
  if (!found) {
    throw new EnvoyUnavailableError(`The image ${image} holds no ${BINARY}`);
  }
  return sha256OfFile(target);
}
