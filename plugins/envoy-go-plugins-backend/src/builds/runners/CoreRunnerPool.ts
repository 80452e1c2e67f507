import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { BuildRunner } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  BuildRunnerClient,
  buildRunnerInterface,
  createBuildSourceFunctions,
  type BuildPart,
  type SourcePart,
} from '@envoy-go/build-runner';
import {
  CoreClosingError,
  Core,
  PayloadTooLargeError,
  PluginGoneError,
  PluginNotFoundError,
  WrongTypeError,
  type MountedPlugin,
  type ServeOptions,
} from '@envoy-go/plugin-rpc';
import type { Platform } from '../../artifacts';
import { ReceivedFiles } from './ReceivedFiles';
import { RunnerBreachError } from './RunnerBreachError';
import type { RunnerJob, RunnerProgress, RunnerResult } from './RunnerJob';
import { NoRunnerError, RunnerLostError, type RunnerPool } from './RunnerPool';
import {
  cleanText,
  readDescription,
  readResult,
  readStep,
  type ReceivedResult,
} from './RunnerReports';
import type { RunnerRegister } from './RunnerStore';

const MIB = 1024 * 1024;
const STEP_NAME = /^[\w][\w .,:@/+()~-]{0,199}$/;
const PLATFORMS: Platform[] = ['linux/amd64', 'linux/arm64'];
const DESCRIBE_MS = 60_000;
const PIECE_BYTES = 64 * 1024;
/** A line as it is kept; a runner cuts its own to about 4,096. */
const LINE_LENGTH = 8192;
/** Each step is queued, begins and ends; there are a few dozen. */
const MAX_STEP_CHANGES = 1000;

/** What a runner may send with one build. */
export interface RunnerLimits {
  /** Bytes of one library. */
  libraryBytes: number;
  /** Bytes of log, all steps together. */
  logBytes: number;
}

const DEFAULT_LIMITS: RunnerLimits = {
  libraryBytes: 128 * MIB,
  logBytes: 64 * MIB,
};

interface Connected {
  plugin: MountedPlugin;
  client: BuildRunnerClient;
  runner: Omit<BuildRunner, 'builds' | 'seenAt' | 'state'>;
  jobs: Map<string, RunnerJob>;
}

/** Runners that mount on a core of plugin-rpc. */
export class CoreRunnerPool implements RunnerPool {
  readonly #core: Core;
  readonly #register: RunnerRegister;
  readonly #logger: LoggerService;
  readonly #limits: RunnerLimits;
  readonly #connected = new Map<string, Connected>();
  readonly #listeners = new Set<() => void>();
  /** What is being written of each runner, one after the other. */
  readonly #writing = new Map<string, Promise<void>>();

  constructor(options: {
    tokens: readonly string[];
    register: RunnerRegister;
    logger: LoggerService;
    limits?: Partial<RunnerLimits>;
    /** How often runners have to say that they are there, in milliseconds. */
    pingInterval?: number;
  }) {
    this.#register = options.register;
    this.#logger = options.logger;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#core = new Core({
      tokens: options.tokens,
      interfaces: [buildRunnerInterface],
      functions: createBuildSourceFunctions({
        source: ({ build }, ctx, part) =>
          this.#sendSource(ctx.peer.name, build, ctx.signal, part),
      }),
      concurrency: 16,
      logRate: 1_000,
      ...(options.pingInterval && { pingInterval: options.pingInterval }),
      onListenerError: error =>
        this.#logger.error('A runner could not be taken in', toError(error)),
    });
    this.#core.on('mounted', ({ plugin }) => void this.#mounted(plugin));
    this.#core.on('unmounted', ({ plugin, reason }) =>
      this.#gone(plugin, reason),
    );
    this.#core.on('lost', ({ plugin, reason }) => this.#gone(plugin, reason));
    this.#core.on('refused', ({ application, error }) =>
      this.#logger.warn(
        `A build runner could not mount as ${JSON.stringify(
          application.name.slice(0, 200),
        )}: ${error.message}`,
      ),
    );
    this.#core.on('log', ({ plugin, level, message }) =>
      this.#logger[level](`${plugin}: ${cleanText(message, LINE_LENGTH)}`),
    );
  }

  /** @returns the address, with the port that was chosen */
  async serve(options: ServeOptions): Promise<{ address: string }> {
    return this.#core.serve(options);
  }

  /** @param options - `grace`: how long builds may go on, in milliseconds */
  async close(options: { grace: number }): Promise<void> {
    await this.#core.close(options);
    await Promise.all(this.#writing.values());
  }

  list(): BuildRunner[] {
    return [...this.#connected.values()].map(toRunner);
  }

  free(): number {
    return [...this.#connected.values()].reduce(
      (total, connected) => total + freeOf(connected),
      0,
    );
  }

  onFree(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async run(
    job: RunnerJob,
    options: RunnerProgress & { signal: AbortSignal },
  ): Promise<RunnerResult> {
    options.signal.throwIfAborted();
    const connected = this.#choose(job.buildId);
    const { name } = connected.runner;
    connected.jobs.set(job.buildId, job);
    this.#write(connected);
    const files = new ReceivedFiles({
      directory: job.out,
      platforms: job.platforms?.length ? job.platforms : PLATFORMS,
      libraryBytes: this.#limits.libraryBytes,
    });
    try {
      options.onTaken(name);
      return await this.#build(connected, job, files, options);
    } catch (error) {
      await files.discard();
      options.signal.throwIfAborted();
      throw await this.#explain(connected, error);
    } finally {
      connected.jobs.delete(job.buildId);
      this.#write(connected);
      this.#tellFree();
    }
  }

  #choose(buildId: string): Connected {
    const [chosen] = [...this.#connected.values()]
      .filter(
        connected => freeOf(connected) > 0 && !connected.jobs.has(buildId),
      )
      .sort((a, b) => a.jobs.size - b.jobs.size || freeOf(b) - freeOf(a));
    if (!chosen) {
      throw new NoRunnerError();
    }
    return chosen;
  }

  async #build(
    { client, runner }: Connected,
    job: RunnerJob,
    files: ReceivedFiles,
    options: RunnerProgress & { signal: AbortSignal },
  ): Promise<RunnerResult> {
    const { size } = await stat(job.archive);
    const hash = createHash('sha256');
    for await (const piece of createReadStream(job.archive)) {
      hash.update(piece);
    }
    let logBytes = 0;
    let changes = 0;
    const onPart = async (part: BuildPart) => {
      if (part.kind === 'file') {
        await files.write(part.name, part.data ?? new Uint8Array());
      } else if (part.kind === 'step') {
        changes += 1;
        if (changes > MAX_STEP_CHANGES) {
          throw new RunnerBreachError(
            `it told of more than ${MAX_STEP_CHANGES} changes of steps`,
          );
        }
        options.onStep(readStep(part));
      } else {
        if (!STEP_NAME.test(part.name)) {
          throw new RunnerBreachError('it sent log of what is no step');
        }
        for (const line of part.lines ?? []) {
          // A line of nothing is one all the same
          logBytes += Buffer.byteLength(line) + 1;
          if (logBytes > this.#limits.logBytes) {
            throw new RunnerBreachError(
              `it sent more than ${this.#limits.logBytes} bytes of log`,
            );
          }
          options.onLog({
            step: part.name,
            line: cleanText(line, LINE_LENGTH),
          });
        }
      }
    };
    const answer = await client.build(
      {
        build: job.buildId,
        commit: job.commit,
        sourceBytes: BigInt(size),
        sourceSha256: hash.digest('hex'),
        envoys: job.envoys ?? [],
        platforms: job.platforms ?? [],
        libraryBytes: BigInt(this.#limits.libraryBytes),
        logBytes: BigInt(this.#limits.logBytes),
      },
      onPart,
      // How long it may take is for the caller's signal to say
      { timeout: 0, signal: options.signal },
    );
    await files.end();
    const received = readResult(answer);
    checkWhole(received, job, files);
    const { report, licenceSpdx, ...rest } = received;
    const { licence } = files;
    return {
      runner: { name: runner.name, version: runner.version },
      report: {
        ...report,
        libraries: report.libraries.map(library => ({
          ...library,
          file: files.library(library.platform)?.path ?? '',
        })),
      },
      ...(licence && {
        licence: {
          path: licence.path,
          ...(licenceSpdx !== undefined && { spdx: licenceSpdx }),
        },
      }),
      ...rest,
    };
  }

  /** What a call that failed means for who wanted the build. */
  async #explain(connected: Connected, error: unknown): Promise<unknown> {
    const { plugin, runner } = connected;
    if (
      error instanceof RunnerBreachError ||
      error instanceof WrongTypeError ||
      error instanceof PayloadTooLargeError
    ) {
      this.#logger.error(
        `The build runner ${runner.name} is sent away: ${error.message}`,
      );
      this.#connected.delete(runner.name);
      await plugin.remove(error.message, { grace: 0 });
      return new RunnerLostError(
        runner.name,
        `it was sent away, for ${error.message}`,
      );
    }
    return error instanceof PluginGoneError ||
      error instanceof PluginNotFoundError ||
      error instanceof CoreClosingError
      ? new RunnerLostError(runner.name, error.message)
      : error;
  }

  async #sendSource(
    runner: string,
    build: string,
    signal: AbortSignal,
    part: (part: SourcePart) => Promise<void>,
  ): Promise<{ bytes: bigint }> {
    const job = this.#connected.get(runner)?.jobs.get(build);
    if (!job) {
      throw new Error(
        `The runner ${runner} has no build ${JSON.stringify(
          build.slice(0, 100),
        )}`,
      );
    }
    let bytes = 0n;
    const pieces = createReadStream(job.archive, {
      highWaterMark: PIECE_BYTES,
      signal,
    });
    for await (const data of pieces) {
      await part({ data });
      bytes += BigInt(data.length);
    }
    return { bytes };
  }

  // ------------------------------------------------------------------- who is there

  async #mounted(plugin: MountedPlugin): Promise<void> {
    try {
      const client = new BuildRunnerClient(
        { call: (_, name, args, options) => plugin.call(name, args, options) },
        plugin.name,
      );
      const facts = readDescription(
        await client.describe({}, { timeout: DESCRIBE_MS }),
      );
      if (plugin.state !== 'mounted') {
        return;
      }
      const connected: Connected = {
        plugin,
        client,
        runner: {
          name: plugin.name,
          connectedAt: plugin.mountedAt.toISOString(),
          ...facts,
        },
        jobs: new Map(),
      };
      this.#connected.set(plugin.name, connected);
      this.#logger.info(
        `The build runner ${plugin.name} on ${facts.hostname} is connected: ${
          facts.concurrency
        } at once, ${facts.platforms.join(', ')}, Go ${facts.go.join(', ')}`,
      );
      this.#write(connected);
      this.#tellFree();
    } catch (error) {
      if (plugin.state === 'mounted') {
        const { message } = toError(error);
        this.#logger.error(
          `The build runner ${plugin.name} is sent away: it could not say what it is: ${message}`,
        );
        await plugin.remove(`It could not say what it is: ${message}`);
      }
    }
  }

  #gone(plugin: MountedPlugin, reason: string): void {
    this.#logger.info(`The build runner ${plugin.name} is gone: ${reason}`);
    if (this.#connected.get(plugin.name)?.plugin === plugin) {
      this.#connected.delete(plugin.name);
    }
    this.#queueWrite(plugin.name, async () => {
      if (!this.#connected.has(plugin.name)) {
        await this.#register.lose(plugin.name);
      }
    });
  }

  #write(connected: Connected): void {
    const { name } = connected.runner;
    this.#queueWrite(name, async () => {
      if (this.#connected.get(name) === connected) {
        await this.#register.save(toRunner(connected));
      }
    });
  }

  #queueWrite(name: string, write: () => Promise<void>): void {
    const written = (this.#writing.get(name) ?? Promise.resolve())
      .then(write)
      // The next beat writes it
      .catch(error =>
        this.#logger.warn(
          `What is known of the build runner ${name} could not be stored`,
          toError(error),
        ),
      )
      .finally(() => {
        if (this.#writing.get(name) === written) {
          this.#writing.delete(name);
        }
      });
    this.#writing.set(name, written);
  }

  #tellFree(): void {
    if (this.free() > 0) {
      this.#listeners.forEach(listener => listener());
    }
  }
}

/** @throws RunnerBreachError unless all is there that the report says, and nothing else */
function checkWhole(
  { report, buildInfo }: ReceivedResult,
  job: RunnerJob,
  files: ReceivedFiles,
): void {
  if (report.outcome !== 'passed') {
    if (files.count > 0) {
      throw new RunnerBreachError('it sent files of a build that did not pass');
    }
    return;
  }
  if (report.commit !== job.commit) {
    throw new RunnerBreachError(
      `it built the commit ${report.commit ?? 'of nobody knows what'}`,
    );
  }
  const notPassed = [
    ...report.compatibility,
    // What is known of weaknesses is for people to weigh
    ...report.steps
      .filter(({ name }) => name !== 'vulnerabilities')
      .map(({ state }) => ({ outcome: state })),
  ].some(({ outcome }) => outcome !== 'passed');
  if (notPassed || report.libraries.length === 0) {
    throw new RunnerBreachError('it says that all passed, which did not');
  }
  const expected = report.libraries.length + (files.licence ? 1 : 0);
  if (files.count !== expected) {
    throw new RunnerBreachError(
      `it sent ${files.count} files where there should be ${expected}`,
    );
  }
  for (const { platform, digest, bytes } of report.libraries) {
    const file = files.library(platform);
    if (file?.digest !== digest || file.bytes !== bytes) {
      throw new RunnerBreachError(
        `its library for ${platform} is not the one that it says: ${
          file ? `${file.bytes} bytes, ${file.digest}` : 'it did not send any'
        } instead of ${bytes} bytes, ${digest}`,
      );
    }
  }
  if (
    buildInfo.some(
      ({ platform }) =>
        !report.libraries.some(library => library.platform === platform),
    )
  ) {
    throw new RunnerBreachError('it told of a library that it did not build');
  }
}

function freeOf({ plugin, runner, jobs }: Connected): number {
  return plugin.state === 'mounted' && !plugin.leaving
    ? Math.max(0, runner.concurrency - jobs.size)
    : 0;
}

function toRunner({ plugin, runner, jobs }: Connected): BuildRunner {
  return {
    ...runner,
    state: 'connected',
    builds: [...jobs.keys()],
    seenAt: plugin.lastSeenAt.toISOString(),
  };
}
