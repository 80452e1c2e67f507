import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** Runs a TypeScript file of this folder in a Node of its own. */
export function spawnNode(file: string, args: string[] = []): ChildProcess {
  return spawn(
    process.execPath,
    [
      '--no-node-snapshot',
      '--require',
      require.resolve('@backstage/cli/config/nodeTransform.cjs'),
      join(__dirname, file),
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
}
