import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@backstage/errors';
import type { CallContext } from '@envoy-go/plugin-rpc';
import { buildRelease, type BuildReport, type Platform } from '../release';
import {
  sourceOfCaller,
  type BuildArgs,
  type BuildPart,
  type BuildResult,
  type BuildRunnerHandlers,
  type DescribeArgs,
  type DescribeResult,
} from '../rpc';
import { PartSender } from './PartSender';
import { receiveSource } from './receiveSource';
import { Slots } from './Slots';

/** What {@link RunnerBuilds} is told. */
export interface RunnerBuildsOptions {
  description: DescribeResult;
  /** Folder of this runner alone. */
  workDirectory: string;
  /** GOROOT folders of the Go that plugins may be built with; the one on the PATH if empty. */
  toolchains?: readonly string[];
  /** Of it, only how modules, tools and Envoys are downloaded is used. */
  env: NodeJS.ProcessEnv;
  /** Ends all builds. */
  signal: AbortSignal;
}

const PIECE_BYTES = 64 * 1024;
const PLATFORMS: readonly string[] = ['linux/amd64', 'linux/arm64'];
const ENVOY = /^v?\d+\.\d+(\.\d+)?$/;

/** The builds that a backend asks for. */
export class RunnerBuilds implements BuildRunnerHandlers {
  readonly #options: RunnerBuildsOptions;
  readonly #slots: Slots;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: RunnerBuildsOptions) {
    this.#options = options;
    this.#slots = new Slots(options.description.concurrency);
  }

  describe(_: DescribeArgs): DescribeResult {
    return this.#options.description;
  }

  async build(
    args: BuildArgs,
    ctx: CallContext,
    part: (part: BuildPart) => Promise<void>,
  ): Promise<BuildResult> {
    const running = this.#run(args, ctx, part);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Waits until nothing is built any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #run(
    args: BuildArgs,
    ctx: CallContext,
    part: (part: BuildPart) => Promise<void>,
  ): Promise<BuildResult> {
    const signal = AbortSignal.any([ctx.signal, this.#options.signal]);
    // One that was cancelled may still be on its way out
    const leave = await this.#slots.take(signal);
    const directory = await mkdtemp(
      join(this.#options.workDirectory, 'build-'),
    );
    try {
      ctx.log.info(`Build ${args.build} of ${args.commit} begins`);
      const report = await this.#build(args, ctx, part, directory, signal);
      ctx.log.info(
        `Build ${args.build}: ${report.outcome}${
          report.reason === undefined ? '' : `: ${report.reason}`
        }`,
      );
      if (report.outcome === 'passed') {
        await sendFiles(report, part);
      }
      return toResult(report);
    } catch (error) {
      if (signal.aborted) {
        ctx.log.info(`Build ${args.build} was stopped`);
      }
      throw error;
    } finally {
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
      leave();
    }
  }

  async #build(
    args: BuildArgs,
    ctx: CallContext,
    part: (part: BuildPart) => Promise<void>,
    directory: string,
    signal: AbortSignal,
  ): Promise<BuildReport> {
    const { env, toolchains } = this.#options;
    const platforms = args.platforms.map(readPlatform);
    const foreign = args.envoys.find(envoy => !ENVOY.test(envoy));
    if (foreign !== undefined) {
      throw new InputError(
        `${JSON.stringify(foreign)} is no version of Envoy such as 1.40.0`,
      );
    }
    const source = join(directory, 'source.tar.gz');
    await receiveSource({
      client: sourceOfCaller(ctx),
      build: args,
      file: source,
      signal,
    });
    const out = join(directory, 'out');
    await mkdir(out);
    const sender = new PartSender({ part, logBytes: Number(args.logBytes) });
    const report = await buildRelease({
      source,
      commit: args.commit,
      out,
      envoys: args.envoys,
      platforms,
      toolchains,
      workDirectory: directory,
      limits: { libraryBytes: Number(args.libraryBytes) },
      env,
      signal,
      onStep: step => sender.step(step),
      onLog: line => sender.log(line),
    });
    await sender.flush();
    return report;
  }
}

async function sendFiles(
  report: BuildReport,
  part: (part: BuildPart) => Promise<void>,
): Promise<void> {
  const files = [
    ...report.libraries.map(({ platform, file }) => ({ name: platform, file })),
    ...(report.licence ? [{ name: 'licence', file: report.licence.file }] : []),
  ];
  for (const { name, file } of files) {
    const pieces = createReadStream(file, { highWaterMark: PIECE_BYTES });
    for await (const data of pieces) {
      await part({ kind: 'file', name, data });
    }
  }
}

function toResult(report: BuildReport): BuildResult {
  const { libraries, licence, modules, vulnerabilities, ...rest } = report;
  return {
    report: JSON.stringify({
      ...rest,
      libraries: libraries.map(
        ({ file: _file, buildInfo: _info, ...library }) => library,
      ),
    }),
    modules: JSON.stringify(modules ?? []),
    buildInfo: Object.fromEntries(
      libraries.flatMap(({ platform, buildInfo }) =>
        buildInfo === undefined ? [] : [[platform, buildInfo]],
      ),
    ),
    ...(licence?.spdx !== undefined && { licenceSpdx: licence.spdx }),
    ...(vulnerabilities && {
      vulnerabilities: JSON.stringify(vulnerabilities),
    }),
  };
}

function readPlatform(platform: string): Platform {
  if (!isPlatform(platform)) {
    throw new InputError(
      `${JSON.stringify(platform)} is no platform; it must be ${PLATFORMS.join(
        ' or ',
      )}`,
    );
  }
  return platform;
}

function isPlatform(platform: string): platform is Platform {
  return PLATFORMS.includes(platform);
}
