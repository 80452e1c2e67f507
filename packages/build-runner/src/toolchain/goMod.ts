import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@backstage/errors';
import { compareGoVersions, isGoVersion } from './goVersion';

/**
 * What a build takes of a plugin's go.mod.
 *
 * @public
 */
export interface GoModule {
  /** Module path. */
  path: string;
  /** Version of Go that it needs at least, without `go` before it. */
  go: string;
}

const MAX_BYTES = 1024 * 1024;
const MODULE_PATH = /^[A-Za-z0-9][A-Za-z0-9._~/-]{0,254}$/;

/**
 * Reads the module path and the Go version of a folder's go.mod.
 *
 * @throws {@link @backstage/errors#InputError} when there is none that names them
 */
export async function readGoModule(directory: string): Promise<GoModule> {
  const file = join(directory, 'go.mod');
  const status = await lstat(file).catch(() => undefined);
  if (!status?.isFile() || status.size > MAX_BYTES) {
    throw new InputError(
      'There is no go.mod at the top of the source; a plugin is a Go module of its own',
    );
  }
  return parseGoModule(await readFile(file, 'utf8'));
}

/**
 * The lines `module`, `go` and `toolchain` of a go.mod
 * (https://go.dev/ref/mod#go-mod-file-grammar).
 */
export function parseGoModule(text: string): GoModule {
  const value = (directive: string) => {
    const line = new RegExp(
      `^\\s*${directive}\\s+(?:"([^"\\n]*)"|\`([^\`\\n]*)\`|(\\S+))\\s*(?://.*)?$`,
      'm',
    ).exec(text);
    return line?.[1] ?? line?.[2] ?? line?.[3];
  };
  const path = value('module');
  if (!path || !MODULE_PATH.test(path)) {
    throw new InputError(
      `go.mod names the module ${JSON.stringify(
        path ?? '',
      )}, which is no module path such as github.com/ORG/NAME`,
    );
  }
  const go = value('go');
  if (!go || !isGoVersion(go)) {
    throw new InputError(
      `go.mod has the line 'go ${
        go ?? ''
      }', which names no version of Go; write for example 'go 1.25.6'`,
    );
  }
  const toolchain = value('toolchain');
  if (toolchain === undefined || toolchain === 'default') {
    return { path, go };
  }
  if (!toolchain.startsWith('go') || !isGoVersion(toolchain)) {
    throw new InputError(
      `go.mod has the line 'toolchain ${toolchain}', which names no toolchain such as go1.26.8`,
    );
  }
  const wanted = toolchain.slice(2);
  return { path, go: compareGoVersions(wanted, go) > 0 ? wanted : go };
}
