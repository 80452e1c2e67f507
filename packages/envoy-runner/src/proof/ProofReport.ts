import type { EnvoySource } from '../envoy';
import type { Difference } from './compare';

/**
 * How a proof ended. Only `passed` counts as one; `could-not-run` says nothing about the
 * filter: there was no Envoy, no compiler, no valid proof.
 *
 * @public
 */
export type ProofOutcome = 'passed' | 'failed' | 'could-not-run';

/** @public */
export interface StepDifference extends Difference {
  /** Which step of the case, from 1; undefined when it has only one. */
  step?: number;
  /** Which repetition of the request, from 1; undefined when there is only one. */
  repetition?: number;
}

/** @public */
export interface CaseResult {
  name: string;
  /** `not-run` when Envoy had not become ready, or had died, or time was up. */
  outcome: 'passed' | 'failed' | 'not-run';
  differences: StepDifference[];
  /** Why there was nothing to compare: no reply, Envoy's death. */
  reason?: string;
  durationMs: number;
}

/**
 * One filter in one Envoy.
 *
 * @public
 */
export interface ProofRun {
  outcome: ProofOutcome;
  /** Why it failed as a whole, or could not run: one sentence. */
  reason?: string;
  /** What Envoy, or the compiler, said last when it did not pass. */
  logTail?: string[];
  /** Distinct warnings in Envoy's log. */
  warnings: string[];
  cases: CaseResult[];
  durationMs: number;
}

/** @public */
export interface ProofResult extends ProofRun {
  plugin: {
    /** The entity's name, or the folder's when there is no valid description. */
    name: string;
    directory: string;
  };
  envoy: {
    /** Version or path as asked for. */
    requested: string;
    version?: string;
    executable?: string;
    source?: EnvoySource;
    sha256?: string;
  };
}

/**
 * All filters in all Envoys.
 *
 * @public
 */
export interface ProofReport {
  /** `failed` if any failed, else `could-not-run` if any could not, else `passed`. */
  outcome: ProofOutcome;
  results: ProofResult[];
  durationMs: number;
}

/** The outcome of several results together. */
export function combineOutcomes(outcomes: ProofOutcome[]): ProofOutcome {
  if (outcomes.includes('failed')) {
    return 'failed';
  }
  return outcomes.length === 0 || outcomes.includes('could-not-run')
    ? 'could-not-run'
    : 'passed';
}
