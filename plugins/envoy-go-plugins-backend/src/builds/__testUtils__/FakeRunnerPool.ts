import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildRunner } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  NoRunnerError,
  type RunnerJob,
  type RunnerPool,
  type RunnerProgress,
  type RunnerResult,
} from '../runners';

type RunOptions = RunnerProgress & { signal: AbortSignal };

/** What a runner does with a job. */
export type Behaviour = (
  job: RunnerJob,
  options: RunOptions,
) => Promise<RunnerResult>;

/** A result of which only some is of interest. */
export function resultOf(
  report: Pick<RunnerResult['report'], 'outcome'> &
    Partial<RunnerResult['report']>,
): RunnerResult {
  return {
    runner: { name: 'fake-1', version: '1.0.0' },
    report: {
      go: '1.26.8',
      steps: [],
      libraries: [],
      compatibility: [],
      durationMs: 3,
      ...report,
    },
    modules: [],
    buildInfo: [],
  };
}

/** Builds a library out of the archive that is there, of which the proof passes. */
export const buildIt: Behaviour = async (job, options) => {
  options.onStep({ name: 'build linux/amd64', state: 'queued' });
  options.onStep({ name: 'proof 1.40.0', state: 'queued' });
  options.onLog({ step: 'build linux/amd64', line: 'go build' });
  options.signal.throwIfAborted();
  const library = Buffer.concat([
    Buffer.from('\x7fELF'),
    createHash('sha256').update(job.commit).digest(),
  ]);
  const archive = await readFile(job.archive);
  if (archive.readUInt16BE(0) !== 0x1f8b) {
    throw new Error('The archive is none');
  }
  const file = join(job.out, 'libfilter.so');
  await writeFile(file, library);
  options.onStep({ name: 'build linux/amd64', state: 'passed' });
  options.onStep({ name: 'proof 1.40.0', state: 'passed' });
  return resultOf({
    outcome: 'passed',
    libraries: [
      {
        platform: 'linux/amd64',
        file,
        digest: `sha256:${createHash('sha256').update(library).digest('hex')}`,
        bytes: library.length,
        needed: ['libc.so.6'],
        hooks: [],
      },
    ],
    compatibility: [
      {
        requested: '1.40.0',
        envoy: '1.40.0',
        platform: 'linux/amd64',
        outcome: 'passed',
        warnings: [],
        cases: [
          {
            name: 'answers',
            outcome: 'passed',
            differences: [],
            durationMs: 1,
          },
        ],
        durationMs: 2,
      },
    ],
  });
};

/** Runners without processes, which write what runners write. */
export class FakeRunnerPool implements RunnerPool {
  /** Those that were begun, in order. */
  readonly jobs: RunnerJob[] = [];
  /** How many there were at most at the same time. */
  most = 0;
  #slots: number;
  #running = 0;
  #behaviour: Behaviour;
  readonly #listeners = new Set<() => void>();

  constructor(options: { slots?: number; behaviour?: Behaviour } = {}) {
    this.#slots = options.slots ?? 1;
    this.#behaviour = options.behaviour ?? buildIt;
  }

  set slots(slots: number) {
    this.#slots = slots;
    this.#listeners.forEach(listener => listener());
  }

  set behaviour(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  list(): BuildRunner[] {
    return [];
  }

  free(): number {
    return Math.max(0, this.#slots - this.#running);
  }

  onFree(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async run(job: RunnerJob, options: RunOptions): Promise<RunnerResult> {
    if (this.free() === 0) {
      throw new NoRunnerError();
    }
    this.jobs.push(job);
    this.#running += 1;
    this.most = Math.max(this.most, this.#running);
    options.onTaken('fake-1');
    try {
      return await this.#behaviour(job, options);
    } finally {
      this.#running -= 1;
      this.#listeners.forEach(listener => listener());
    }
  }
}

/** One that begins, and ends only when it is stopped. */
export const neverEnd: Behaviour = async (_job, { signal }) =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
    }
    signal.addEventListener('abort', () => reject(signal.reason));
  });
