import { execFile } from 'node:child_process';
import {
  access,
  constants,
  mkdir,
  mkdtemp,
  rename,
  rm,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isError } from '@backstage/errors';
import { cacheDirectory } from '@envoy-go/envoy-runner';
import { removeOld } from '../toolchain';

const MODULE = 'golang.org/x/vuln/cmd/govulncheck';
const VERSION = 'v1.1.4';
const INSTALL_MS = 10 * 60_000;
const run = promisify(execFile);

/**
 * The path of govulncheck in the cache folder; it is installed there from the Go module
 * proxy when it is missing.
 *
 * @param options - `go`: path of the Go that compiles it
 * @throws Error when it cannot be installed; the message says what Go said
 */
export async function installGovulncheck(options: {
  go: string;
  env: NodeJS.ProcessEnv;
  onLine: (line: string) => void;
  signal?: AbortSignal;
}): Promise<string> {
  const { env } = options;
  const folder = join(cacheDirectory(env), 'tools', `govulncheck-${VERSION}`);
  const program = join(folder, 'govulncheck');
  const isThere = await access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (isThere) {
    return program;
  }
  options.onLine(`Installing govulncheck ${VERSION}, once`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const prefix = `${folder}.new-`;
  await removeOld(dirname(prefix), basename(prefix), 2 * INSTALL_MS);
  const staging = await mkdtemp(prefix);
  try {
    await run(
      options.go,
      ['install', '-trimpath', '-ldflags=-s', `${MODULE}@${VERSION}`],
      {
        cwd: '/',
        env: {
          HOME: homedir(),
          ...Object.fromEntries(
            Object.entries(env).filter(([name]) =>
              /^(PATH|HOME|GO.*|XDG_.*|SSL_CERT_.*|https?_proxy|no_proxy)$/i.test(
                name,
              ),
            ),
          ),
          GOBIN: staging,
          GOFLAGS: '',
          CGO_ENABLED: '0',
        },
        timeout: INSTALL_MS,
        signal: options.signal,
      },
    );
    // Somebody else may have been faster; theirs is as good
    await rename(join(staging, 'govulncheck'), program);
    return program;
  } catch (error) {
    options.signal?.throwIfAborted();
    const said = isError(error) && String(error.stderr ?? error.message).trim();
    throw new Error(
      `govulncheck ${VERSION} could not be installed from the Go module proxy: ${
        said ? said.split('\n').at(-1) : error
      }`,
    );
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
