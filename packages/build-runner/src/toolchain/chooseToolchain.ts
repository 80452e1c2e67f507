import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CustomErrorBase } from '@backstage/errors';
import type { GoModule } from './goMod';
import { compareGoVersions } from './goVersion';

/**
 * An installed Go that plugins may be built with.
 *
 * @public
 */
export interface Toolchain {
  /** Version without `go` before it, for example `1.26.8`. */
  version: string;
  /** Absolute path of its GOROOT. */
  root: string;
}

/**
 * There is no Go to build a plugin with.
 *
 * @public
 */
export class ToolchainUnavailableError extends CustomErrorBase {}

const run = promisify(execFile);

/**
 * Finds the Go of some folders.
 *
 * @param roots - GOROOT folders; when empty, that of the `go` on the PATH
 * @throws ToolchainUnavailableError when one of them has no Go
 *
 * @public
 */
export async function findToolchains(
  roots: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Toolchain[]> {
  const programs =
    roots.length > 0 ? roots.map(root => join(root, 'bin/go')) : ['go'];
  return Promise.all(
    programs.map(async program => {
      try {
        const { stdout } = await run(program, ['env', 'GOVERSION', 'GOROOT'], {
          env: { ...env, GOTOOLCHAIN: 'local' },
          cwd: '/',
        });
        const [version, root] = stdout.trim().split('\n');
        return {
          version: version.replace(/^go/, '').split(/[ -]/)[0],
          root: await realpath(root),
        };
      } catch {
        throw new ToolchainUnavailableError(
          `There is no Go at '${program}' to build with; install Go or name its folder`,
        );
      }
    }),
  );
}

/**
 * The oldest allowed Go that is new enough for a module, so that a toolchain that is
 * added for one plugin does not change what the others are built with.
 *
 * @throws ToolchainUnavailableError when there is none
 */
export function chooseToolchain(
  module: GoModule,
  allowed: readonly Toolchain[],
): Toolchain {
  const [chosen] = allowed
    .filter(({ version }) => compareGoVersions(version, module.go) >= 0)
    .sort((a, b) => compareGoVersions(a.version, b.version));
  if (!chosen) {
    throw new ToolchainUnavailableError(
      `go.mod wants Go ${module.go}; allowed here ${
        allowed.length === 1 ? 'is' : 'are'
      } ${allowed.map(({ version }) => version).join(', ') || 'none'}`,
    );
  }
  return chosen;
}
