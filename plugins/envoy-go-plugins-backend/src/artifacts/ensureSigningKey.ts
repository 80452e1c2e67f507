import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isError } from '@backstage/errors';
import type { SigningKey } from './CosignSigner';
import { pickEnvironment } from './pickEnvironment';
import { runTool } from './runTool';
import { SigningError } from './SigningError';
import type { ToolProvider } from './ToolProvider';
import { withFileLock } from './withFileLock';

/**
 * Reads the key pair of a folder (`cosign.key`, `cosign.pub`), which is made on first use:
 * for the desk and for tests. A portal for others is given a key.
 *
 * @param password - that the private key is encrypted with
 */
export async function ensureSigningKey(options: {
  folder: string;
  password: string;
  tools: ToolProvider;
  env?: NodeJS.ProcessEnv;
}): Promise<SigningKey> {
  const { folder, password } = options;
  const known = await readKey(folder);
  const privateKey =
    known ??
    (await withFileLock(
      `${folder}.lock`,
      async () => (await readKey(folder)) ?? generate(options),
    ));
  return { privateKey, password };
}

async function generate(options: {
  folder: string;
  password: string;
  tools: ToolProvider;
  env?: NodeJS.ProcessEnv;
}): Promise<string> {
  const { folder, password, tools, env = process.env } = options;
  await mkdir(join(folder, '..'), { recursive: true });
  const fresh = await mkdtemp(`${folder}.`);
  try {
    const result = await runTool(
      await tools.path('cosign'),
      ['generate-key-pair'],
      {
        cwd: fresh,
        env: {
          ...pickEnvironment(env),
          HOME: fresh,
          COSIGN_PASSWORD: password,
        },
        timeoutMs: 60_000,
      },
    );
    if (result.code !== 0) {
      throw new SigningError(
        `cosign did not make a key pair in ${folder}: ${result.stderr.trim()}`,
      );
    }
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return readFile(join(folder, 'cosign.key'), 'utf8');
}

async function readKey(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, 'cosign.key'), 'utf8');
  } catch (error) {
    if (isError(error) && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
