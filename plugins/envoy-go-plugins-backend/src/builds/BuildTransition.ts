import { ConflictError } from '@backstage/errors';
import type { BuildState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** All that can happen to a build once it is there: from which states, and to which one. */
export const BUILD_TRANSITIONS = {
  begin: { from: ['queued'], to: 'building', does: 'be begun' },
  publish: { from: ['building'], to: 'publishing', does: 'be published' },
  pass: { from: ['building', 'publishing'], to: 'passed', does: 'pass' },
  fail: { from: ['building', 'publishing'], to: 'failed', does: 'fail' },
  'give-up': {
    from: ['building', 'publishing'],
    to: 'could-not-run',
    does: 'be given up',
  },
  postpone: {
    from: ['building', 'publishing'],
    to: 'queued',
    does: 'be postponed',
  },
  'give-back': {
    from: ['building', 'publishing'],
    to: 'queued',
    does: 'be given back',
  },
  cancel: {
    from: ['queued', 'building', 'publishing'],
    to: 'cancelled',
    does: 'be cancelled',
  },
  retry: {
    from: ['failed', 'could-not-run', 'cancelled'],
    to: 'queued',
    does: 'be tried again',
  },
} as const satisfies Record<
  string,
  {
    from: readonly BuildState[];
    to: BuildState;
    /** What is done to the build, as the rest of a sentence: "cannot be cancelled". */
    does: string;
  }
>;

/** What can happen to a build. */
export type BuildTransition = keyof typeof BUILD_TRANSITIONS;

/** In which nothing happens any more by itself. */
export const ENDED_STATES: readonly BuildState[] = [
  'passed',
  'failed',
  'could-not-run',
  'cancelled',
];

/** In which a worker has it. */
export const HELD_STATES: readonly BuildState[] = ['building', 'publishing'];

/** Whether something can happen to a build in a state. */
export function allows(
  transition: BuildTransition,
  state: BuildState,
): boolean {
  const from: readonly BuildState[] = BUILD_TRANSITIONS[transition].from;
  return from.includes(state);
}

/** Says why something could not happen to a build. */
export function refusedTransition(
  transition: BuildTransition,
  state: BuildState,
): ConflictError {
  const { from, does } = BUILD_TRANSITIONS[transition];
  return new ConflictError(
    `The build cannot ${does}: it is ${say(state)}, and would have to be ${from
      .map(say)
      .join(' or ')}. Look at it again`,
  );
}

function say(state: BuildState): string {
  return `"${state.replaceAll('-', ' ')}"`;
}
