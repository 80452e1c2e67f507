import {
  access,
  constants,
  copyFile,
  mkdtemp,
  mkdir,
  readFile,
  rm,
  stat,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join, resolve } from 'node:path';
import {
  admittedEnvoyVersions,
  cacheDirectory,
  readPlugin,
  readProof,
  resolveEnvoy,
  type PluginDescription,
  type ResolvedEnvoy,
} from '@envoy-go/envoy-runner';
import { InputError, isError } from '@backstage/errors';
import {
  MODULES_USER,
  Sandbox,
  SandboxUnavailableError,
  type SandboxMount,
  type ScratchLimits,
  type StepLimits,
} from '../isolation';
import { checkLibrary, ElfError } from '../library';
import { findLicence } from '../licence';
import {
  combineStates,
  Progress,
  type ProgressListener,
  type StepEnd,
} from '../progress';
import { proveRelease } from '../proof';
import {
  copyFolder,
  DEFAULT_SOURCE_LIMITS,
  SourceError,
  unpackArchive,
  type SourceLimits,
  type SourceSize,
} from '../source';
import {
  chooseToolchain,
  findToolchains,
  prepareStandardCache,
  readGoModule,
  ToolchainUnavailableError,
  type GoModule,
  type Toolchain,
} from '../toolchain';
import {
  installGovulncheck,
  mergeFindings,
  scanLibrary,
  type VulnerabilityReport,
} from '../vulnerabilities';
import type {
  BuildReport,
  BuiltLibrary,
  Compatibility,
  Platform,
} from './BuildReport';
import {
  CROSS_COMPILERS,
  GoBuild,
  isNative,
  prepareModuleCache,
  SOURCE,
  STANDARD_CACHE,
  type StepContext,
} from './GoBuild';
import {
  downloadEnvironment,
  goEnvironment,
  machineModuleSource,
  MODULES,
  type ModuleSource,
} from './goEnvironment';

/** @public */
export interface BuildReleaseOptions extends ProgressListener {
  /** Path of an archive (`.tar.gz`, all in one folder) or of a folder. */
  source: string;
  /** Commit that the archive must say it is of. */
  commit?: string;
  /** Folder that the libraries are put into, as `linux-amd64/lib<name>.so`. */
  out: string;
  /**
   * Versions or paths of the Envoys to prove it in. When empty, all known
   * versions that the plugin's `spec.envoy` admits.
   */
  envoys?: readonly string[];
  /** When empty, linux/amd64 and linux/arm64, as far as there are compilers for them. */
  platforms?: readonly Platform[];
  /** GOROOT folders of the Go that plugins may be built with; the one on the PATH if empty. */
  toolchains?: readonly string[];
  /** Where modules come from; as the machine's Go is set by default. */
  modules?: ModuleSource;
  /** Folder that keeps modules; one in the cache of envoy-runner by default. */
  moduleCache?: string;
  /** Folder for what a build needs while it goes on; that for temporary files by default. */
  workDirectory?: string;
  limits?: {
    source?: Partial<SourceLimits>;
    scratch?: ScratchLimits;
    /** Of every step. */
    step?: Partial<StepLimits>;
    /** Bytes of a library. */
    libraryBytes?: number;
  };
  /** Newest GNU C library that the Envoys have. */
  glibc?: string;
  /**
   * Where the database of vulnerabilities is: `https://…`, or `file:///…` for a folder that
   * everybody may read. `GOVULNDB` in the environment by default, else that of Go.
   */
  vulnerabilityDatabase?: string;
  /** Environment; of it, only how modules, tools and Envoys are downloaded is used. */
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

const DATABASE = 'https://vuln.go.dev';
const VULNERABILITIES = 'vulnerabilities';
const LIBRARY_BYTES = 128 * 1024 * 1024;
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A step that ended otherwise than passed: what follows cannot run. */
class StepStopped extends Error {
  readonly end: StepEnd;

  constructor(end: StepEnd) {
    super(end.reason);
    this.end = end;
  }
}

/**
 * Waits for all, whatever becomes of them: none is left behind that still uses what the
 * others had.
 *
 * @throws what the first of them threw
 */
async function allEnded<T>(work: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

class ReleaseBuild {
  readonly #options: BuildReleaseOptions;
  readonly #env: NodeJS.ProcessEnv;
  readonly #directory: string;
  readonly #source: string;
  readonly #sandboxes: Sandbox[] = [];
  readonly #report: Omit<BuildReport, 'outcome' | 'steps' | 'durationMs'> = {
    libraries: [],
    compatibility: [],
  };
  #progress: Progress;

  constructor(options: BuildReleaseOptions, directory: string) {
    this.#options = options;
    this.#env = options.env ?? process.env;
    this.#directory = directory;
    this.#source = join(directory, 'source');
    this.#progress = new Progress([], {});
  }

  async close(): Promise<void> {
    await Promise.all(this.#sandboxes.map(sandbox => sandbox.close()));
  }

  async run(): Promise<BuildReport> {
    const startedAt = performance.now();
    const platforms = this.#options.platforms?.length
      ? [...this.#options.platforms]
      : await availablePlatforms(this.#env);
    this.#progress = new Progress(
      [
        'source',
        'toolchain',
        'modules',
        'vet',
        'test',
        ...platforms.flatMap(platform => [
          `build ${platform}`,
          `library ${platform}`,
        ]),
        VULNERABILITIES,
        ...(this.#options.envoys ?? []).map(envoy => `proof ${envoy}`),
      ],
      this.#options,
    );
    try {
      await this.#steps(platforms);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (!(error instanceof StepStopped)) {
        throw error;
      }
      this.#progress.giveUp('A step before it did not pass');
    }
    const { steps } = this.#progress;
    const deciding = steps.filter(({ name }) => name !== VULNERABILITIES);
    const outcome = combineStates(deciding.map(({ state }) => state));
    if (outcome !== 'passed') {
      const { libraries, licence } = this.#report;
      const files = libraries.map(({ file }) => file);
      await Promise.all(
        [...files, ...(licence ? [licence.file] : [])].map(file =>
          rm(file, { force: true }),
        ),
      );
    }
    const telling = deciding.find(({ state }) => state === outcome);
    return {
      outcome,
      ...(outcome !== 'passed' && {
        reason: `${telling?.name}: ${telling?.reason ?? outcome}`,
      }),
      ...this.#report,
      steps,
      durationMs: Math.round(performance.now() - startedAt),
    };
  }

  async #steps(platforms: Platform[]): Promise<void> {
    const { module, plugin } = await this.#step('source', () =>
      this.#takeSource(),
    );
    const { toolchain, standard } = await this.#step('toolchain', async () => {
      const allowed = await findToolchains(this.#options.toolchains, this.#env);
      const chosen = chooseToolchain(module, allowed);
      this.#progress.log(
        'toolchain',
        `go.mod wants Go ${module.go}: ${chosen.version} of ${chosen.root}`,
      );
      this.#report.go = chosen.version;
      return {
        toolchain: chosen,
        standard: await this.#standardCache(chosen),
      };
    });
    await this.#step('modules', () => this.#downloadModules(toolchain));

    const checks = await this.#step('vet', async () => {
      const { go } = await this.#goBuild('checks', toolchain, standard, 'vet');
      stopUnlessPassed(await go.vet(this.#context('vet')));
      return go;
    });
    await this.#step('test', async () =>
      stopUnlessPassed(await checks.test(this.#context('test'))),
    );
    for (const platform of platforms) {
      await this.#step(`build ${platform}`, () =>
        this.#build(toolchain, standard, platform, plugin.name),
      );
      await this.#step(`library ${platform}`, () => this.#check(platform));
    }
    await this.#takeLicence();
    await allEnded([this.#prove(plugin), this.#scan(toolchain)]);
  }

  async #takeSource(): Promise<{
    module: GoModule;
    plugin: PluginDescription;
  }> {
    const { signal, commit } = this.#options;
    const limits = {
      ...DEFAULT_SOURCE_LIMITS,
      ...this.#options.limits?.source,
    };
    const from = resolve(this.#options.source);
    const status = await stat(from).catch(() => undefined);
    if (!status) {
      throw new InputError(`There is no archive or folder at ${from}`);
    }
    await mkdir(this.#source, { mode: 0o755 });
    let said: string | undefined;
    let taken: SourceSize;
    if (status.isDirectory()) {
      taken = await copyFolder(from, this.#source, limits, signal);
    } else {
      const unpacked = await unpackArchive(from, this.#source, limits, signal);
      said = unpacked.commit;
      taken = unpacked;
    }
    if (commit !== undefined && said !== commit) {
      throw new InputError(
        `The archive says it is of commit ${
          said ?? 'none'
        }, but ${commit} is to be built`,
      );
    }
    const module = await readGoModule(this.#source);
    const plugin = await readPlugin(this.#source).catch(error => {
      throw new InputError(messageOf(error).replaceAll(`${this.#source}/`, ''));
    });
    if (!NAME.test(plugin.name)) {
      throw new InputError(
        `catalog-info.yaml names the plugin ${JSON.stringify(
          plugin.name,
        )}; use small letters, digits and dashes`,
      );
    }
    await readProof(plugin.proofPath).catch(error => {
      throw new InputError(messageOf(error).replaceAll(`${this.#source}/`, ''));
    });
    this.#report.source = { files: taken.files, bytes: taken.bytes };
    this.#report.plugin = {
      name: plugin.name,
      module: module.path,
      filterName: plugin.filterName,
    };
    if (said !== undefined) {
      this.#report.commit = said;
    }
    this.#progress.log(
      'source',
      `${plugin.name} (${module.path}): ${taken.files} files, ${taken.bytes} bytes`,
    );
    return { module, plugin };
  }

  async #standardCache(toolchain: Toolchain): Promise<string | undefined> {
    const user = cacheUser();
    await prepareModuleCache(this.#moduleCache(), user);
    return prepareStandardCache({
      toolchain,
      directory: join(cacheDirectory(this.#env), 'go-build'),
      user,
      env: goEnvironment(toolchain),
      createSandbox: mounts =>
        this.#sandbox('standard', toolchain, mounts, { user }),
      onLine: line => this.#progress.log('toolchain', line),
      signal: this.#options.signal,
    });
  }

  async #downloadModules(toolchain: Toolchain): Promise<void> {
    const modules =
      this.#options.modules ?? (await machineModuleSource(toolchain));
    const user = cacheUser();
    const { env, mounts } = downloadEnvironment(modules, this.#env);
    this.#progress.log(
      'modules',
      `Modules come from ${withoutSecrets(
        env.GOPROXY,
      )}, their checksums are compared with go.sum and ${env.GOSUMDB}`,
    );
    const sandbox = await this.#sandbox('modules', toolchain, mounts, {
      network: true,
      user,
    });
    const go = new GoBuild(sandbox, toolchain);
    stopUnlessPassed(await go.downloadModules(env, this.#context('modules')));
    this.#report.modules = await go.listModules(env, this.#context('modules'));
    await sandbox.close();
  }

  /**
   * Each of the two builds has a sandbox of its own, in which nothing of the plugin has
   * run: its tests cannot change what is built.
   */
  async #build(
    toolchain: Toolchain,
    standard: string | undefined,
    platform: Platform,
    name: string,
  ): Promise<void> {
    const step = `build ${platform}`;
    const context = this.#context(`build ${platform}`);
    const label = platform.replace('/', '-');
    const maxBytes = this.#options.limits?.libraryBytes ?? LIBRARY_BYTES;
    const folder = join(resolve(this.#options.out), label);
    await mkdir(folder, { recursive: true });
    const file = join(folder, `lib${name}.so`);
    const digests: string[] = [];
    let bytes = 0;
    let buildInfo: string | undefined;
    for (const [index, output] of [file, undefined].entries()) {
      const place = `${index === 0 ? 'first' : 'second-elsewhere'}-${label}`;
      const { go, sandbox } = await this.#goBuild(
        place,
        toolchain,
        standard,
        step,
      );
      stopUnlessPassed(await go.build(place, platform, context));
      const taken = await go.takeLibrary(place, maxBytes, output, context);
      buildInfo ??= await go.readBuildInfo(place, context);
      await sandbox.close();
      if (!taken) {
        throw stopped(
          'failed',
          `The library is missing, or larger than ${maxBytes} bytes`,
        );
      }
      this.#progress.log(
        `build ${platform}`,
        `Build ${index + 1}: ${taken.digest}, ${taken.bytes} bytes`,
      );
      digests.push(taken.digest);
      bytes = taken.bytes;
    }
    const [digest, again] = digests;
    if (digest !== again) {
      throw stopped(
        'failed',
        `Building twice gave different libraries: ${digest} and ${again}`,
      );
    }
    this.#report.libraries.push({
      platform,
      file,
      digest,
      bytes,
      needed: [],
      hooks: [],
      ...(buildInfo !== undefined && { buildInfo }),
    });
  }

  async #check(platform: Platform): Promise<void> {
    const library = this.#library(platform);
    const { problems, ...facts } = checkLibrary(await readFile(library.file), {
      platform,
      glibc: this.#options.glibc,
    });
    Object.assign(library, facts);
    this.#progress.log(
      `library ${platform}`,
      `${facts.hooks.length} hooks of Envoy's ABI, needs glibc ${
        facts.glibc ?? 'of any version'
      }, ${facts.needed.join(', ')}`,
    );
    if (problems.length > 0) {
      throw stopped('failed', problems.join('. '));
    }
  }

  async #takeLicence(): Promise<void> {
    const found = await findLicence(this.#source);
    if (found) {
      const file = join(resolve(this.#options.out), basename(found.path));
      await copyFile(found.path, file);
      this.#report.licence = {
        file,
        ...(found.spdx !== undefined && { spdx: found.spdx }),
      };
    }
  }

  async #scan(toolchain: Toolchain): Promise<void> {
    this.#progress.start(VULNERABILITIES);
    const report = await this.#askGovulncheck(toolchain);
    this.#report.vulnerabilities = report;
    const reached = report.vulnerabilities.filter(found => found.reached);
    this.#progress.end(VULNERABILITIES, {
      state: report.outcome,
      ...(report.outcome === 'could-not-run' && { reason: report.reason }),
      ...(report.outcome === 'failed' && {
        reason: `The library has ${reached
          .map(({ id, module }) => `${id} (${module})`)
          .join(', ')}`,
      }),
    });
  }

  async #askGovulncheck(toolchain: Toolchain): Promise<VulnerabilityReport> {
    const { signal } = this.#options;
    const { onLine, limits } = this.#context(VULNERABILITIES);
    try {
      const program = await installGovulncheck({
        go: join(toolchain.root, 'bin/go'),
        env: this.#env,
        onLine,
        signal,
      });
      const found: Omit<VulnerabilityReport, 'reason'>[] = [];
      for (const { platform, file } of this.#report.libraries) {
        const name = `scan-${platform.replace('/', '-')}`;
        const directory = join(this.#directory, name);
        await mkdir(directory, { recursive: true });
        found.push(
          await scanLibrary({
            program,
            library: file,
            database:
              this.#options.vulnerabilityDatabase ??
              (this.#env.GOVULNDB || DATABASE),
            directory,
            createSandbox: async ({ name: part, mounts, network }) => {
              const sandbox = await Sandbox.create({
                directory: join(directory, part),
                mounts,
                network,
              });
              this.#sandboxes.push(sandbox);
              return sandbox;
            },
            network: downloadEnvironment({ proxy: '', sumdb: '' }, this.#env),
            limits,
            onLine,
            signal,
          }),
        );
      }
      return mergeFindings(found);
    } catch (error) {
      signal?.throwIfAborted();
      return {
        outcome: 'could-not-run',
        reason: messageOf(error),
        vulnerabilities: [],
      };
    }
  }

  async #prove(plugin: PluginDescription): Promise<void> {
    const chosen = this.#options.envoys?.length
      ? [...new Set(this.#options.envoys)]
      : admittedEnvoyVersions(plugin.envoy);
    if (chosen.length === 0) {
      this.#progress.add('proof');
      this.#progress.giveUp(
        `spec.envoy is '${plugin.envoy}', which admits no Envoy that is known here`,
      );
      return;
    }
    chosen
      .map(envoy => `proof ${envoy}`)
      .filter(name => !this.#progress.has(name))
      .forEach(name => this.#progress.add(name));
    // Side by side: each is mostly the start of its Envoy and of its prover
    this.#report.compatibility.push(
      ...(await allEnded(
        chosen.map((requested, index) =>
          this.#proveIn(requested, join(this.#directory, `proof-${index}`)),
        ),
      )),
    );
  }

  async #proveIn(requested: string, directory: string): Promise<Compatibility> {
    const step = `proof ${requested}`;
    const platform = this.#report.libraries
      .map(library => library.platform)
      .find(isNative);
    this.#progress.start(step);
    const row: Compatibility = {
      requested,
      platform: platform ?? 'linux/amd64',
      outcome: 'could-not-run',
      warnings: [],
      cases: [],
      durationMs: 0,
    };
    try {
      if (!platform) {
        throw new InputError(
          'No library was built for this machine, so none can be proven here',
        );
      }
      const envoy = await this.#envoy(requested, step);
      row.envoy = envoy.version;
      row.envoySha256 = envoy.sha256;
      const { logTail: _, ...run } = await proveRelease({
        directory,
        source: this.#source,
        library: this.#library(platform).file,
        envoy,
        limits: this.#options.limits?.step,
        onLine: line => this.#progress.log(step, line),
        signal: this.#options.signal,
      });
      Object.assign(row, run);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      row.reason = messageOf(error);
    }
    const failed = row.cases.filter(({ outcome }) => outcome === 'failed');
    this.#progress.end(step, {
      state: row.outcome,
      ...(row.outcome !== 'passed' && {
        reason:
          row.reason ??
          `${failed.length} of ${row.cases.length} cases failed: ${failed
            .map(({ name }) => name)
            .join(', ')}`,
      }),
    });
    return row;
  }

  async #envoy(requested: string, step: string): Promise<ResolvedEnvoy> {
    return resolveEnvoy(requested, {
      env: this.#env,
      signal: this.#options.signal,
      onDownload: (version, from) =>
        this.#progress.log(step, `Downloading Envoy ${version} (${from})`),
    });
  }

  #library(platform: Platform): BuiltLibrary {
    const library = this.#report.libraries.find(
      built => built.platform === platform,
    );
    if (!library) {
      throw new Error(`No library was built for ${platform}`);
    }
    return library;
  }

  async #goBuild(
    name: string,
    toolchain: Toolchain,
    standard: string | undefined,
    step: string,
  ): Promise<{ go: GoBuild; sandbox: Sandbox }> {
    const sandbox = await this.#sandbox(
      name,
      toolchain,
      standard === undefined
        ? []
        : [{ source: standard, target: STANDARD_CACHE }],
    );
    const go = new GoBuild(sandbox, toolchain);
    await go.fillCache(this.#context(step));
    return { go, sandbox };
  }

  async #sandbox(
    name: string,
    toolchain: Toolchain,
    mounts: SandboxMount[],
    options: { network?: boolean; user?: number } = {},
  ): Promise<Sandbox> {
    const directory = join(this.#directory, name);
    await mkdir(directory, { recursive: true });
    const sandbox = await Sandbox.create({
      directory,
      ...options,
      scratch: this.#options.limits?.scratch,
      mounts: [
        { source: this.#source, target: SOURCE },
        {
          source: this.#moduleCache(),
          target: MODULES,
          writable: options.network,
        },
        // What is in /usr is there already.
        ...(toolchain.root.startsWith('/usr/')
          ? []
          : [{ source: toolchain.root, target: toolchain.root }]),
        ...mounts,
      ],
    });
    this.#sandboxes.push(sandbox);
    return sandbox;
  }

  #moduleCache(): string {
    return resolve(
      this.#options.moduleCache ?? join(cacheDirectory(this.#env), 'modules'),
    );
  }

  #context(step: string): StepContext {
    return {
      limits: this.#options.limits?.step,
      onLine: line => this.#progress.log(step, line),
      signal: this.#options.signal,
    };
  }

  /** Runs a step; what it throws is how it ended. */
  async #step<T>(name: string, run: () => Promise<T>): Promise<T> {
    this.#options.signal?.throwIfAborted();
    this.#progress.start(name);
    try {
      const result = await run();
      this.#progress.end(name, { state: 'passed' });
      return result;
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      const end = endOfError(error);
      this.#progress.end(name, end);
      throw new StepStopped(end);
    }
  }
}

/**
 * Builds a release and proves it: unpacks its source, downloads its modules, vets, tests
 * and builds it twice for each platform without a network, checks the libraries, and
 * proves them in each Envoy.
 *
 * What is wrong with the release, or missing here, is in the report; steps after one that
 * did not pass could not run. Proofs do not wait for one another.
 *
 * @throws the signal's reason when it is aborted; nothing of the build runs any more then
 *
 * @public
 */
export async function buildRelease(
  options: BuildReleaseOptions,
): Promise<BuildReport> {
  const directory = await mkdtemp(
    join(options.workDirectory ?? tmpdir(), `build-runner-${process.pid}-`),
  );
  const build = new ReleaseBuild(options, directory);
  try {
    return await build.run();
  } finally {
    await build.close();
    // What was aborted may still be writing
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What can be built for here: the machine's own kind, and others there is a compiler for. */
export async function availablePlatforms(
  env: NodeJS.ProcessEnv,
): Promise<Platform[]> {
  const all: Platform[] = ['linux/amd64', 'linux/arm64'];
  const there = await Promise.all(
    all.map(
      async platform =>
        isNative(platform) || isInstalled(CROSS_COMPILERS[platform] ?? '', env),
    ),
  );
  return all.filter((_, index) => there[index]);
}

async function isInstalled(
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const found = await Promise.all(
    (env.PATH ?? '').split(delimiter).map(folder =>
      access(join(folder || '.', program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** User that fills the folders that builds share; undefined when that is we ourselves. */
function cacheUser(): number | undefined {
  return process.getuid?.() === 0 ? MODULES_USER : undefined;
}

function endOfError(error: unknown): StepEnd {
  if (error instanceof StepStopped) {
    return error.end;
  }
  const reason = messageOf(error);
  const isOfRelease =
    error instanceof SourceError ||
    error instanceof InputError ||
    error instanceof ElfError ||
    error instanceof ToolchainUnavailableError;
  return error instanceof SandboxUnavailableError || !isOfRelease
    ? { state: 'could-not-run', reason }
    : { state: 'failed', reason };
}

function stopUnlessPassed(end: StepEnd): void {
  if (end.state !== 'passed') {
    throw new StepStopped(end);
  }
}

function stopped(state: StepEnd['state'], reason: string): StepStopped {
  return new StepStopped({ state, reason });
}

/** Addresses without the user and password that may be in them. */
function withoutSecrets(proxies: string): string {
  return proxies.replace(/\/\/[^/@,]*@/g, '//');
}

function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}
