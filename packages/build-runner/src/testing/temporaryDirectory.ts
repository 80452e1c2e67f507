import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a function that gives each test a folder to write into; it is gone after the test.
 */
export function useTemporaryDirectory(): () => Promise<string> {
  const paths: string[] = [];
  afterEach(async () => {
    await Promise.all(
      paths.splice(0).map(path => rm(path, { recursive: true, force: true })),
    );
  });
  return async () => {
    const path = await mkdtemp(join(tmpdir(), 'build-runner-test-'));
    paths.push(path);
    return path;
  };
}
