import { setTimeout as delay } from 'node:timers/promises';
import { isError } from '@backstage/errors';
import { renderBootstrap } from '../bootstrap';
import { stageLibrary } from '../library';
import { describeExit, EnvoyProcess, EnvoyProcessError } from '../process';
import { EchoUpstream } from '../upstream';
import {
  compareBody,
  compareExact,
  compareHeaders,
  compareStats,
  type Difference,
} from './compare';
import { compareUpstream, SETTLE_MS } from './compareUpstream';
import {
  stepsOf,
  type EnvoyProof,
  type ProofCase,
  type ProofExpectation,
  type ProofStep,
} from './EnvoyProof';
import type { CaseResult, ProofRun, StepDifference } from './ProofReport';
import { NoReplyError, sendRequest } from './sendRequest';
import { startServices } from './startServices';

/** @public */
export interface RunProofOptions {
  proof: EnvoyProof;
  /** Name under which the filter registered itself. */
  filterName: string;
  /** The built library. */
  library: string;
  /** Path of the Envoy. */
  executable: string;
  /** Milliseconds within which Envoy must be ready; 20 s by default. */
  readyTimeoutMs?: number;
  /** Milliseconds within which each request must be answered; 10 s by default. */
  requestTimeoutMs?: number;
  /** Milliseconds that all cases together may take; 2 min by default. */
  proofTimeoutMs?: number;
  /** Gets every line of Envoy's log. */
  onLogLine?: (line: string) => void;
  /** Called when Envoy is ready; the cases wait until it is done. */
  onReady?: (envoy: EnvoyProcess) => Promise<void>;
  signal?: AbortSignal;
}

const POLL_MS = 10;

class ProofRunner {
  readonly #options: RunProofOptions;
  readonly #disposals: (() => Promise<void>)[] = [];
  readonly #deadline: number;

  constructor(options: RunProofOptions) {
    this.#options = options;
    this.#deadline = Date.now() + (options.proofTimeoutMs ?? 120_000);
  }

  async dispose(): Promise<void> {
    for (const disposal of this.#disposals.reverse()) {
      await disposal();
    }
  }

  async run(): Promise<Omit<ProofRun, 'durationMs'>> {
    const { proof } = this.#options;
    const upstream = await EchoUpstream.start(proof.upstream);
    this.#disposals.push(() => upstream.stop());
    let envoy: EnvoyProcess;
    try {
      envoy = await this.#startEnvoy(upstream, proof.cases);
    } catch (error) {
      if (!(error instanceof EnvoyProcessError)) {
        throw error;
      }
      return {
        outcome: 'failed',
        reason: describeStartFailure(error, this.#options.filterName),
        logTail: error.logTail,
        warnings: error.warnings,
        cases: await this.#blameCases(upstream, error),
      };
    }
    await this.#options.onReady?.(envoy);

    const cases: CaseResult[] = [];
    for (const [index, proofCase] of proof.cases.entries()) {
      cases.push(
        envoy.exit || Date.now() > this.#deadline
          ? notRun(proofCase.name)
          : await this.#runCase(envoy, upstream, proofCase, index),
      );
    }
    const passed = cases.every(({ outcome }) => outcome === 'passed');
    const died = envoy.exit && `Envoy ended ${describeExit(envoy.exit)}`;
    const late = cases.some(({ outcome }) => outcome === 'not-run')
      ? 'The proof took too long'
      : undefined;
    return {
      outcome: passed && !died ? 'passed' : 'failed',
      ...(died || late ? { reason: died || late } : {}),
      ...(passed && !died ? {} : { logTail: envoy.log.tail() }),
      warnings: envoy.log.warnings(),
      cases,
    };
  }

  /**
   * Envoy refuses its configuration as a whole; which case's was refused is found by
   * starting it with one configuration after the other.
   */
  async #blameCases(
    upstream: EchoUpstream,
    error: EnvoyProcessError,
  ): Promise<CaseResult[]> {
    const { cases } = this.#options.proof;
    const configs = new Map(
      cases.map(({ config }) => [JSON.stringify(config), config] as const),
    );
    const reasons = new Map<string | undefined, string>();
    if (refusal(error) !== undefined && configs.size > 1) {
      for (const [key, config] of configs) {
        const proofCase = { name: 'alone', config };
        try {
          const envoy = await this.#startEnvoy(upstream, [proofCase]);
          await envoy.stop();
        } catch (alone) {
          if (!(alone instanceof EnvoyProcessError)) {
            throw alone;
          }
          reasons.set(
            key,
            describeStartFailure(alone, this.#options.filterName),
          );
        }
      }
    }
    return cases.map(({ name, config }): CaseResult => {
      const reason = reasons.get(JSON.stringify(config));
      return reason === undefined
        ? notRun(name)
        : { ...notRun(name), outcome: 'failed', reason };
    });
  }

  async #startEnvoy(
    upstream: EchoUpstream,
    cases: ProofCase[],
  ): Promise<EnvoyProcess> {
    const { proof, filterName, library } = this.#options;
    const services = await startServices(proof.services);
    this.#disposals.push(() => services.stop());
    const staged = await stageLibrary(library);
    this.#disposals.push(() => staged.remove());
    const envoy = await EnvoyProcess.start({
      executable: this.#options.executable,
      modulesPath: staged.modulesPath,
      readyTimeoutMs: this.#options.readyTimeoutMs,
      onLogLine: this.#options.onLogLine,
      signal: this.#options.signal,
      bootstrap: renderBootstrap({
        upstream: { port: upstream.port },
        services: services.clusters,
        listeners: cases.map((proofCase, index) => ({
          name: listenerName(index),
          filters: [
            {
              filterName,
              moduleName: staged.moduleName,
              config:
                proofCase.config === undefined
                  ? proof.config
                  : proofCase.config,
            },
          ],
        })),
      }),
    });
    this.#disposals.push(() => envoy.stop());
    return envoy;
  }

  async #runCase(
    envoy: EnvoyProcess,
    upstream: EchoUpstream,
    proofCase: ProofCase,
    index: number,
  ): Promise<CaseResult> {
    const startedAt = performance.now();
    const differences: StepDifference[] = [];
    const steps = stepsOf(proofCase);
    let reason: string | undefined;
    try {
      for (const [stepIndex, step] of steps.entries()) {
        const found = await this.#runStep(envoy, upstream, step, index);
        differences.push(
          ...found.map(difference => ({
            ...(steps.length > 1 ? { step: stepIndex + 1 } : {}),
            ...difference,
          })),
        );
      }
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      reason = await describeFailure(error, envoy);
    }
    return {
      name: proofCase.name,
      outcome:
        reason === undefined && differences.length === 0 ? 'passed' : 'failed',
      ...(reason === undefined ? {} : { reason }),
      differences,
      durationMs: Math.round(performance.now() - startedAt),
    };
  }

  async #runStep(
    envoy: EnvoyProcess,
    upstream: EchoUpstream,
    step: ProofStep,
    index: number,
  ): Promise<StepDifference[]> {
    const { request = {}, expect } = step;
    const { host, port } = envoy.listenerAddress(listenerName(index));
    const statPrefix = `http.${listenerName(index)}`;
    const repeat = request.repeat ?? 1;
    const differences: StepDifference[] = [];
    const before = expect.stats ? await envoy.counters() : undefined;
    for (let repetition = 1; repetition <= repeat; repetition++) {
      if (Date.now() > this.#deadline) {
        throw new NoReplyError('the proof took too long');
      }
      const seenBefore = upstream.requests.length;
      let bytes = request.chunks
        ? await receivedBytes(envoy, statPrefix)
        : undefined;
      const { reply, downstream } = await sendRequest(request, {
        host,
        port,
        timeoutMs: this.#options.requestTimeoutMs ?? 10_000,
        signal: this.#options.signal,
        waitUntilRead: async size => {
          bytes = await waitForBytes(envoy, statPrefix, (bytes ?? 0) + size);
        },
      });
      const found = [
        ...compareExact('status', expect.status, reply.status),
        ...compareHeaders('headers', expect.headers, reply.headers),
        ...compareBody('body', expect.body, reply.body),
        ...(await compareUpstream(envoy, upstream, expect.upstream, {
          downstream,
          seenBefore,
        })),
      ];
      differences.push(
        ...found.map(difference => ({
          ...(repeat > 1 ? { repetition } : {}),
          ...difference,
        })),
      );
    }
    if (before) {
      differences.push(
        ...(await settledStats(envoy, statPrefix, expect, before)),
      );
    }
    return differences;
  }
}

/**
 * Proves one filter in one Envoy: starts it, sends what the proof says, compares.
 *
 * Each case has a listener, and so an instance of the filter, of its own; all are in one
 * Envoy, so that a proof costs one start.
 *
 * A filter that crashes Envoy, hangs or refuses its configuration makes a failed run, not
 * an error.
 *
 * @throws the signal's reason when it is aborted
 *
 * @public
 */
export async function runProof(options: RunProofOptions): Promise<ProofRun> {
  const startedAt = performance.now();
  const run = new ProofRunner(options);
  try {
    const finished = await run.run();
    return {
      ...finished,
      durationMs: Math.round(performance.now() - startedAt),
    };
  } finally {
    await run.dispose();
  }
}

async function receivedBytes(
  envoy: EnvoyProcess,
  statPrefix: string,
): Promise<number> {
  const counters = await envoy.counters();
  return counters.get(`${statPrefix}.downstream_cx_rx_bytes_total`) ?? 0;
}

async function waitForBytes(
  envoy: EnvoyProcess,
  statPrefix: string,
  bytes: number,
): Promise<number> {
  let received = await receivedBytes(envoy, statPrefix);
  // A filter that holds Envoy's reading back must not hold us up for long.
  const deadline = Date.now() + 500;
  while (received < bytes && Date.now() < deadline) {
    await delay(1);
    received = await receivedBytes(envoy, statPrefix);
  }
  return received;
}

async function settledStats(
  envoy: EnvoyProcess,
  statPrefix: string,
  expect: ProofExpectation,
  before: ReadonlyMap<string, number>,
): Promise<Difference[]> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    // A filter may count when the request is over, after the client has its reply.
    const active = await envoy.gauge(`${statPrefix}.downstream_rq_active`);
    const differences = compareStats(
      expect.stats,
      before,
      await envoy.counters(),
    );
    if ((active === 0 && differences.length === 0) || Date.now() > deadline) {
      return differences;
    }
    await delay(POLL_MS);
  }
}

async function describeFailure(
  error: unknown,
  envoy: EnvoyProcess,
): Promise<string> {
  // A broken connection is often the first that is seen of a crash.
  await Promise.race([envoy.exited, delay(500)]);
  if (envoy.exit) {
    return `Envoy ended ${describeExit(envoy.exit)} during this case`;
  }
  if (error instanceof NoReplyError) {
    return error.message;
  }
  return isError(error) ? error.message : String(error);
}

const REFUSAL = /Failed to load configuration: (.+)/;

/** What the filter said when it refused its configuration. */
function refusal(error: EnvoyProcessError): string | undefined {
  return error.logTail
    .map(line => REFUSAL.exec(line)?.[1])
    .find(complaint => complaint !== undefined);
}

function describeStartFailure(
  error: EnvoyProcessError,
  filterName: string,
): string {
  const complaint = refusal(error);
  // What the SDK says of a name that nobody registered.
  if (complaint === 'failed to get plugin config factory') {
    return `The library registers no filter named '${filterName}', which is spec.filterName of catalog-info.yaml`;
  }
  if (complaint !== undefined) {
    return `The filter refused its configuration: ${complaint}`;
  }
  const unloadable = error.logTail
    .map(line => /Unable to load dynamic module \S+: (.+)/.exec(line)?.[1])
    .find(why => why !== undefined);
  return unloadable === undefined
    ? error.message
    : `Envoy cannot load the library: ${unloadable}`;
}

function listenerName(index: number): string {
  return `case_${index + 1}`;
}

function notRun(name: string): CaseResult {
  return { name, outcome: 'not-run', differences: [], durationMs: 0 };
}
