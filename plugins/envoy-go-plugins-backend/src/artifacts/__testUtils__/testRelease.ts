import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProofReport } from '@envoy-go/envoy-runner';
import type { BuiltRelease, Platform } from '../BuiltRelease';
import { parseGoBuildInfo } from '../GoBuildInfo';

/** What `go version -m -json` prints of a library. */
export const BUILD_INFO_JSON = JSON.stringify({
  GoVersion: 'go1.26.8',
  Path: 'github.com/envoy-plugins/header-auth/cmd/envoy-module',
  Main: {
    Path: 'github.com/envoy-plugins/header-auth',
    Version: '(devel)',
  },
  Deps: [
    {
      Path: 'github.com/envoyproxy/envoy/source/extensions/dynamic_modules',
      Version: 'v0.0.0-20260423231439-f1dd21b16c24',
      Sum: 'h1:NM/c/D2pvvSpEqmF2p8tWnZPbeiZ1B8gS5TPH764qao=',
    },
    {
      Path: 'example.com/replaced',
      Version: 'v1.0.0',
      Replace: {
        Path: 'example.com/fork',
        Version: 'v1.0.1',
        Sum: 'h1:NM/c/D2pvvSpEqmF2p8tWnZPbeiZ1B8gS5TPH764qao=',
      },
    },
  ],
  Settings: [
    { Key: '-buildmode', Value: 'c-shared' },
    { Key: 'GOARCH', Value: 'amd64' },
  ],
});

/** A report that says that a filter passed in these Envoys. */
export function passedProof(...envoys: string[]): ProofReport {
  return {
    outcome: 'passed',
    durationMs: 1200,
    results: envoys.map(version => ({
      outcome: 'passed',
      warnings: [],
      cases: [
        {
          name: 'lets admins pass',
          outcome: 'passed',
          differences: [],
          durationMs: 3,
        },
      ],
      durationMs: 400,
      plugin: { name: 'header-auth', directory: '/home/builder/header-auth' },
      envoy: {
        requested: version,
        version,
        executable: '/home/builder/envoy',
        source: 'wheel',
        sha256: 'a'.repeat(64),
      },
    })),
  };
}

const MACHINES: Record<Platform, number> = {
  'linux/amd64': 62,
  'linux/arm64': 183,
};

/** The bytes of a shared library that holds nothing but its header and `content`. */
export function sharedLibrary(platform: Platform, content = ''): Buffer {
  const header = Buffer.alloc(128);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(3, 16);
  header.writeUInt16LE(MACHINES[platform], 18);
  return Buffer.concat([header, Buffer.from(content)]);
}

/** A release of a filter `header-auth`, whose files are in a folder. */
export async function testRelease(
  folder: string,
  changes: Partial<BuiltRelease> = {},
  platforms: Platform[] = ['linux/amd64'],
): Promise<BuiltRelease> {
  const licence = join(folder, 'LICENSE');
  await writeFile(licence, 'Apache License\n');
  const libraries = await Promise.all(
    platforms.map(async platform => {
      const path = join(folder, `${platform.replace('/', '-')}.so`);
      await writeFile(path, sharedLibrary(platform, changes.version));
      return { platform, path, buildInfo: parseGoBuildInfo(BUILD_INFO_JSON) };
    }),
  );
  return {
    plugin: 'header-auth',
    title: 'Header auth',
    description: 'Lets a request pass only with a header',
    version: 'v1.2.0',
    source: {
      url: 'https://github.com/envoy-plugins/header-auth',
      tag: changes.version ?? 'v1.2.0',
      commit: '0123456789abcdef0123456789abcdef01234567',
      committedAt: new Date('2026-11-20T10:00:00Z'),
    },
    filterName: 'header-auth',
    runtime: 'dynamic-module',
    abi: 'v0.1.0',
    licence: { spdx: 'Apache-2.0', path: licence },
    libraries,
    proof: passedProof('1.38.3', '1.40.0'),
    build: {
      id: 'build-1',
      builderId: 'https://envoygo.dev/build-runner',
      builderVersion: '0.1.0',
      startedAt: new Date('2026-11-20T10:01:00Z'),
      finishedAt: new Date('2026-11-20T10:01:20Z'),
    },
    ...changes,
  };
}
