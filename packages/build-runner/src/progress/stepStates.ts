/**
 * Where a step of a build stands. `could-not-run` says nothing about the plugin: what it
 * needs was not there, or a step before it did not pass. It never counts as passed.
 *
 * @public
 */
export type StepState =
  | 'queued'
  | 'running'
  | 'passed'
  | 'failed'
  | 'could-not-run';

/**
 * What may follow on what.
 *
 * @public
 */
export const STEP_TRANSITIONS: Readonly<
  Record<StepState, readonly StepState[]>
> = {
  queued: ['running', 'could-not-run'],
  running: ['passed', 'failed', 'could-not-run'],
  passed: [],
  failed: [],
  'could-not-run': [],
};

/** Together: failed if any failed, else could-not-run if any could not, else passed. */
export function combineStates(
  states: readonly StepState[],
): 'passed' | 'failed' | 'could-not-run' {
  if (states.includes('failed')) {
    return 'failed';
  }
  return states.length > 0 && states.every(state => state === 'passed')
    ? 'passed'
    : 'could-not-run';
}
