import { createHash } from 'node:crypto';
import {
  chown,
  mkdir,
  mkdtemp,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox, SandboxMount } from '../isolation';
import type { Toolchain } from './chooseToolchain';
import { removeOld } from './removeOld';

/** What {@link prepareStandardCache} is told. */
export interface StandardCacheOptions {
  toolchain: Toolchain;
  /** Folder that keeps what was compiled, for all builds. */
  directory: string;
  /** User that compiles; undefined when that is we ourselves. */
  user: number | undefined;
  /** The environment of a build's Go. */
  env: Record<string, string>;
  /** Makes a sandbox with these folders. */
  createSandbox: (mounts: SandboxMount[]) => Promise<Sandbox>;
  onLine: (line: string) => void;
  signal?: AbortSignal;
}

const CACHE = '/cache';
const UNFINISHED = 'unfinished-';
/** No runner that lives needs that long. */
const UNFINISHED_MS = 60 * 60_000;
const MODULE = '/module';
// What filters and their tests commonly use of the standard library.
const PROGRAM = `package main

import (
	"C"
	_ "bufio"
	_ "bytes"
	_ "compress/gzip"
	_ "context"
	_ "crypto/hmac"
	_ "crypto/md5"
	_ "crypto/rand"
	_ "crypto/sha256"
	_ "crypto/subtle"
	_ "encoding/base64"
	_ "encoding/hex"
	_ "encoding/json"
	_ "errors"
	_ "fmt"
	_ "io"
	_ "log/slog"
	_ "maps"
	_ "math/rand/v2"
	_ "net/http"
	_ "net/url"
	_ "regexp"
	_ "slices"
	_ "strconv"
	_ "strings"
	_ "sync/atomic"
	_ "time"
	_ "unsafe"
)

func main() {}
`;
const TEST = `package main

import (
	_ "net/http/httptest"
	"testing"
)

func TestNothing(*testing.T) {}
`;

/**
 * Compiles the standard library once for each toolchain, in the ways that builds need it,
 * and gives the folder with the result. Nothing of a plugin takes part: each build gets
 * links to it that it cannot write through, so none can leave anything in it for another.
 */
export async function prepareStandardCache(
  options: StandardCacheOptions,
): Promise<string | undefined> {
  const { toolchain, directory, user, signal } = options;
  const key = createHash('sha256')
    .update(JSON.stringify([toolchain, PROGRAM, TEST, options.env]))
    .digest('hex')
    .slice(0, 12);
  const path = join(directory, `${toolchain.version}-${key}`);
  if (await stat(path).catch(() => undefined)) {
    return path;
  }
  options.onLine(`Compiling the standard library of Go ${toolchain.version}`);
  await mkdir(directory, { recursive: true, mode: 0o755 });
  await removeOld(directory, UNFINISHED, UNFINISHED_MS);
  const unfinished = await mkdtemp(join(directory, UNFINISHED));
  try {
    const module = join(unfinished, 'module');
    const cache = join(unfinished, 'cache');
    await mkdir(module, { recursive: true, mode: 0o755 });
    await mkdir(cache, { mode: 0o755 });
    await writeFile(join(module, 'go.mod'), 'module standard\n\ngo 1.21\n');
    await writeFile(join(module, 'main.go'), PROGRAM);
    await writeFile(join(module, 'main_test.go'), TEST);
    if (user !== undefined) {
      await chown(cache, user, user);
    }
    const sandbox = await options.createSandbox([
      { source: module, target: MODULE },
      { source: cache, target: CACHE, writable: true },
    ]);
    try {
      for (const args of [
        ['vet', '.'],
        ['test', '.'],
        ['build', '-trimpath', '-buildmode=c-shared', '-o', '/tmp/x.so', '.'],
      ]) {
        const exit = await sandbox.run({
          program: `${toolchain.root}/bin/go`,
          args,
          cwd: MODULE,
          env: { ...options.env, GOCACHE: CACHE },
          onLine: options.onLine,
          signal,
        });
        if (exit.code !== 0) {
          return undefined;
        }
      }
    } finally {
      await sandbox.close();
    }
    // Somebody else may have been faster; theirs is as good.
    await rename(cache, path).catch(() => {});
    return path;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
