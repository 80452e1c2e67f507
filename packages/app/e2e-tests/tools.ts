import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';

/** What the portal's backend installs for itself where the PATH has none. */
const TOOLS = ['crane', 'cosign'];

export interface RunOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Runs a program, and returns all that it printed. */
export async function run(
  command: string,
  args: string[],
  options: RunOptions,
): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(command, args, {
    ...options,
    maxBuffer: 16 * 1024 * 1024,
  });
  return `${stdout}${stderr}`;
}

/**
 * Somebody who has crane and cosign, and is logged in nowhere. Waits until the backend has
 * installed them.
 */
export async function withRegistryTools(cwd: string): Promise<RunOptions> {
  const cache =
    process.env.ENVOY_GO_CACHE ??
    path.join(
      process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
      'envoy-go',
    );
  const folders = async () => {
    const names = await readdir(path.join(cache, 'tools')).catch(() => []);
    return TOOLS.flatMap(tool => {
      const name = names.filter(one => one.startsWith(`${tool}-v`)).at(-1);
      return name === undefined ? [] : [path.join(cache, 'tools', name)];
    });
  };
  await expect
    .poll(async () => (await folders()).length, { timeout: 300_000 })
    .toBe(TOOLS.length);
  return {
    cwd,
    env: {
      PATH: [...(await folders()), process.env.PATH].join(path.delimiter),
      HOME: cwd,
    },
  };
}
