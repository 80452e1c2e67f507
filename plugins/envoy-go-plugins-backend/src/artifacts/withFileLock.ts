import { randomUUID } from 'node:crypto';
import {
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  utimes,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isError } from '@backstage/errors';

export interface FileLockOptions {
  signal?: AbortSignal;
  /** How often a holder says that it lives; default: 2000. */
  heartbeatMs?: number;
  /** After how long without a sign of life a holder counts as dead; default: 15000. */
  staleMs?: number;
  /** How often one who waits looks; default: 200. */
  pollMs?: number;
}

/**
 * Does something while no other process (of those that name the same file) does. One that
 * was killed holds nobody up for longer than `staleMs`.
 *
 * @param path - of the lock, which is there only while it is held
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  options: FileLockOptions = {},
): Promise<T> {
  const {
    heartbeatMs = 2000,
    staleMs = 15_000,
    pollMs = 200,
    signal,
  } = options;
  const owner = randomUUID();
  await mkdir(dirname(path), { recursive: true });
  while (!(await take(path, owner))) {
    await removeStale(path, staleMs);
    await wait(pollMs, undefined, { signal });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    // Where it cannot be touched the lock counts as left after a while: then two do the
    // same work, which both end by moving it into place.
    utimes(path, now, now).catch(() => {});
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readFile(path, 'utf8').catch(() => undefined)) === owner) {
      await rm(path, { force: true });
    }
  }
}

async function take(path: string, owner: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(owner);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (isError(error) && error.code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

async function removeStale(path: string, staleMs: number): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found && Date.now() - found.mtimeMs > staleMs) {
    // Renamed first, so that of several who saw it only one removes it.
    const left = `${path}.${randomUUID()}`;
    await rename(path, left).catch(() => {});
    await rm(left, { force: true });
  }
}
