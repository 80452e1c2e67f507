import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildLibrary } from '@envoy-go/envoy-runner';
import { parseGoBuildInfo } from '../GoBuildInfo';
import type { BuiltLibrary } from '../BuiltRelease';

const EXAMPLE = resolve(
  __dirname,
  '../../../../../examples/plugins/header-auth',
);

/** Builds the example `header-auth` by real Go, from a copy of its sources in `folder`. */
export async function buildExample(folder: string): Promise<BuiltLibrary> {
  const sources = join(folder, 'sources');
  await mkdir(sources, { recursive: true });
  await cp(EXAMPLE, sources, { recursive: true });
  await writeFile(join(folder, 'LICENSE'), 'Apache License\n');
  const path = join(folder, 'library.so');
  await buildLibrary({ directory: sources, output: path });
  const { stdout } = await promisify(execFile)('go', [
    'version',
    '-m',
    '-json',
    path,
  ]);
  return {
    platform: 'linux/amd64',
    path,
    buildInfo: parseGoBuildInfo(stdout),
  };
}
