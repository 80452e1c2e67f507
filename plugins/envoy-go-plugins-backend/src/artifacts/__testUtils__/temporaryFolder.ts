import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a function that gives folders, which are gone after all tests of the file. */
export function useTemporaryFolders(): () => Promise<string> {
  const paths: string[] = [];
  afterAll(async () => {
    await Promise.all(
      paths.map(path => rm(path, { recursive: true, force: true })),
    );
  });
  return async () => {
    const path = await mkdtemp(join(tmpdir(), 'envoy-go-artifacts-'));
    paths.push(path);
    return path;
  };
}

/** Writes an executable script. */
export async function writeProgram(path: string, text: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
}
