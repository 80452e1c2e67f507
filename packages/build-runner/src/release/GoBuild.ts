import { createHash, type Hash } from 'node:crypto';
import { chown, mkdir } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type {
  Sandbox,
  SandboxCommand,
  SandboxExit,
  StepLimits,
} from '../isolation';
import { describeSandboxExit } from '../isolation';
import type { StepEnd } from '../progress';
import type { Toolchain } from '../toolchain';
import type { Platform, UsedModule } from './BuildReport';
import { GO_CACHE, goEnvironment, OFFLINE } from './goEnvironment';

/** Where the source is in a sandbox; nobody writes to it. */
export const SOURCE = '/source';
/** Where the compiled standard library is in a sandbox; nobody writes to it. */
export const STANDARD_CACHE = '/standard-cache';
const WORK = '/scratch/work';

const LIST_BYTES = 8 * 1024 * 1024;
const UNREACHABLE =
  /dial tcp|no such host|i\/o timeout|connection re(?:set|fused)|TLS handshake|: 5\d\d |deadline exceeded|module lookup disabled by GOPROXY=off/;
const REFUSED = /SECURITY ERROR|checksum mismatch/;

/** C compilers, by the platform they make libraries for when it is not the machine's own. */
export const CROSS_COMPILERS: Partial<Record<Platform, string>> = {
  'linux/amd64': 'x86_64-linux-gnu-gcc',
  'linux/arm64': 'aarch64-linux-gnu-gcc',
};

/** What a step's commands are given beside what to run. */
export interface StepContext {
  limits?: Partial<StepLimits>;
  onLine: (line: string) => void;
  signal?: AbortSignal;
}

/** A folder for modules that all builds share and no build's code can write to. */
export async function prepareModuleCache(
  path: string,
  user: number | undefined,
): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o755 });
  if (user !== undefined) {
    await chown(path, user, user);
  }
}

/** What Go is asked to do in a sandbox. */
export class GoBuild {
  readonly #sandbox: Sandbox;
  readonly #toolchain: Toolchain;

  constructor(sandbox: Sandbox, toolchain: Toolchain) {
    this.#sandbox = sandbox;
    this.#toolchain = toolchain;
  }

  /**
   * Begins with the compiled standard library: with links to its files, which nobody can
   * write to. Go trims a cache once a day by how old its files are; this one is new.
   */
  async fillCache(context: StepContext): Promise<void> {
    await this.#run(
      {
        program: 'sh',
        args: [
          '-c',
          `[ ! -d ${STANDARD_CACHE} ] || {
  cp -rs ${STANDARD_CACHE} ${GO_CACHE} && rm -f ${GO_CACHE}/trim.txt && date +%s >${GO_CACHE}/trim.txt
}`,
        ],
      },
      context,
    );
  }

  /** Downloads what go.mod and go.sum name, and compares it with go.sum. */
  async downloadModules(
    env: Record<string, string>,
    context: StepContext,
  ): Promise<StepEnd> {
    const said: string[] = [];
    const onLine = (line: string) => {
      said.push(line);
      context.onLine(line);
    };
    // The copy shows whether the download had to add to go.mod or go.sum.
    const command = `cp -r ${SOURCE} module && cd module && go mod download && go mod verify &&
for file in go.mod go.sum; do
  [ ! -e "$file" ] || cmp -s "$file" "${SOURCE}/$file" || { echo "$file is incomplete; run go mod tidy and commit it"; exit 3; }
done`;
    const exit = await this.#run(
      { program: 'sh', args: ['-c', command], env },
      { ...context, onLine },
    );
    const end = endOf(exit, 'The modules could not be downloaded');
    return end.state === 'failed' && isUnreachable(said)
      ? {
          state: 'could-not-run',
          reason: `The modules could not be downloaded: ${said.find(line =>
            UNREACHABLE.test(line),
          )}`,
        }
      : end;
  }

  /**
   * What go.mod asks for, after {@link GoBuild.downloadModules}. Of modules that nothing is
   * built from go.sum may know nothing; that is no reason to fail.
   */
  async listModules(
    env: Record<string, string>,
    context: StepContext,
  ): Promise<UsedModule[]> {
    const output = await this.#print(
      {
        program: `${this.#toolchain.root}/bin/go`,
        args: ['list', '-mod=mod', '-m', '-json', 'all'],
        cwd: `${WORK}/module`,
        env: { ...env, GOFLAGS: '' },
      },
      LIST_BYTES,
      context,
    );
    return output === undefined ? [] : readModules(output);
  }

  /** What Go wrote into the library that was built in a folder. */
  async readBuildInfo(
    folder: string,
    context: StepContext,
  ): Promise<string | undefined> {
    return this.#print(
      {
        program: `${this.#toolchain.root}/bin/go`,
        args: ['version', '-m', '-json', `${WORK}/${folder}.out/library.so`],
        env: OFFLINE,
      },
      LIST_BYTES,
      context,
    );
  }

  async vet(context: StepContext): Promise<StepEnd> {
    await this.#copySource('vet', context);
    const exit = await this.#go(['vet', './...'], 'vet', {}, context);
    return endOf(exit, 'go vet found something');
  }

  async test(context: StepContext): Promise<StepEnd> {
    await this.#copySource('test', context);
    const exit = await this.#go(
      ['test', '-v', '-p=1', './...'],
      'test',
      {},
      context,
    );
    return endOf(exit, 'The unit tests failed');
  }

  /** Builds the library in a folder of its own. */
  async build(
    folder: string,
    platform: Platform,
    context: StepContext,
  ): Promise<StepEnd> {
    await this.#copySource(folder, context);
    const [os, arch] = platform.split('/');
    const compiler = isNative(platform) ? undefined : CROSS_COMPILERS[platform];
    const exit = await this.#go(
      [
        'build',
        '-trimpath',
        '-buildmode=c-shared',
        '-o',
        `${WORK}/${folder}.out/library.so`,
        './cmd/envoy-module',
      ],
      folder,
      {
        GOOS: os,
        GOARCH: arch,
        ...(compiler && { CC: compiler }),
      },
      context,
    );
    return endOf(exit, 'The library does not compile');
  }

  /**
   * Hashes the library that was built in a folder, and copies it out when told where to.
   * It is read in the sandbox, so no link in there leads to a file out here.
   */
  async takeLibrary(
    folder: string,
    maxBytes: number,
    output: string | undefined,
    context: StepContext,
  ): Promise<{ digest: string; bytes: number } | undefined> {
    const hash: Hash = createHash('sha256');
    const file = output === undefined ? undefined : createWriteStream(output);
    let bytes = 0;
    const exit = await this.#sandbox.run({
      program: 'cat',
      args: [`${WORK}/${folder}.out/library.so`],
      onLine: context.onLine,
      onOutput: chunk => {
        bytes += chunk.length;
        hash.update(chunk);
        file?.write(chunk);
      },
      limits: { ...context.limits, outputBytes: maxBytes },
      signal: context.signal,
    });
    if (file) {
      file.end();
      await finished(file);
    }
    return exit.code === 0 && exit.killed === undefined
      ? { digest: `sha256:${hash.digest('hex')}`, bytes }
      : undefined;
  }

  /** What a command prints to its standard output, when all is well. */
  async #print(
    command: SandboxCommand,
    maxBytes: number,
    context: StepContext,
  ): Promise<string | undefined> {
    const output: Buffer[] = [];
    const exit = await this.#run(
      { ...command, onOutput: chunk => output.push(chunk) },
      { ...context, limits: { ...context.limits, outputBytes: maxBytes } },
    );
    return exit.code === 0 && exit.killed === undefined
      ? Buffer.concat(output).toString('utf8')
      : undefined;
  }

  async #copySource(folder: string, context: StepContext): Promise<void> {
    await this.#run({ program: 'cp', args: ['-r', SOURCE, folder] }, context);
  }

  async #go(
    args: string[],
    folder: string,
    env: Record<string, string>,
    context: StepContext,
  ): Promise<SandboxExit> {
    return this.#run(
      {
        program: `${this.#toolchain.root}/bin/go`,
        args,
        cwd: `${WORK}/${folder}`,
        env: { ...OFFLINE, ...env },
      },
      context,
    );
  }

  async #run(
    command: SandboxCommand,
    { limits, onLine, signal }: StepContext,
  ): Promise<SandboxExit> {
    return this.#sandbox.run({
      ...command,
      env: { ...goEnvironment(this.#toolchain), ...command.env },
      limits,
      onLine,
      signal,
    });
  }
}

/** Whether libraries for a platform need no cross compiler here. */
export function isNative(platform: Platform): boolean {
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  return platform === `linux/${arch}`;
}

function endOf(exit: SandboxExit, failure: string): StepEnd {
  if (exit.killed !== undefined) {
    return { state: 'failed', reason: `It was stopped: ${exit.killed}` };
  }
  return exit.code === 0
    ? { state: 'passed' }
    : { state: 'failed', reason: `${failure} (${describeSandboxExit(exit)})` };
}

/** JSON objects one after the other, each from the beginning of a line. */
function readModules(text: string): UsedModule[] {
  return text
    .split(/\n(?=\{)/)
    .filter(module => module.trim())
    .map(module => JSON.parse(module))
    .map(({ Path, Version, Time, Indirect }) => ({
      path: Path,
      ...(Version && { version: Version }),
      ...(Time && { time: Time }),
      ...(Indirect && { indirect: true }),
    }));
}

function isUnreachable(said: string[]): boolean {
  return (
    said.some(line => UNREACHABLE.test(line)) &&
    !said.some(line => REFUSED.test(line))
  );
}
