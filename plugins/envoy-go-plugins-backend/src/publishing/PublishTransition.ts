import { ConflictError } from '@backstage/errors';
import type { PublishRequestState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** All that can happen to a request once it is there: from which states, and to which one. */
export const PUBLISH_TRANSITIONS = {
  check: {
    from: ['needs-work', 'ready', 'changes-requested'],
    to: 'checking',
    does: 'be checked again',
  },
  'find-wanting': {
    from: ['checking'],
    to: 'needs-work',
    does: 'be found wanting',
  },
  'find-good': { from: ['checking'], to: 'ready', does: 'be found good' },
  submit: { from: ['ready'], to: 'in-review', does: 'be submitted' },
  'request-changes': {
    from: ['in-review'],
    to: 'changes-requested',
    does: 'be sent back',
  },
  reject: { from: ['in-review'], to: 'rejected', does: 'be rejected' },
  approve: { from: ['in-review'], to: 'approved', does: 'be approved' },
  withdraw: {
    from: ['checking', 'needs-work', 'ready', 'in-review', 'changes-requested'],
    to: 'withdrawn',
    does: 'be withdrawn',
  },
  begin: { from: ['approved'], to: 'publishing', does: 'be begun' },
  fail: { from: ['publishing'], to: 'publishing-failed', does: 'fail' },
  retry: {
    from: ['publishing-failed'],
    to: 'publishing',
    does: 'be tried again',
  },
  abort: { from: ['publishing-failed'], to: 'aborted', does: 'be aborted' },
  finish: { from: ['publishing'], to: 'published', does: 'be finished' },
} as const satisfies Record<
  string,
  {
    from: readonly PublishRequestState[];
    to: PublishRequestState;
    /** What is done to the request, as the rest of a sentence: "cannot be approved". */
    does: string;
  }
>;

/** What can happen to a request. */
export type PublishTransition = keyof typeof PUBLISH_TRANSITIONS;

/** In which nothing happens any more. */
export const FINAL_STATES: readonly PublishRequestState[] = [
  'rejected',
  'withdrawn',
  'published',
  'aborted',
];

/** In which a worker has something to do. */
export const WORKING_STATES = ['checking', 'approved', 'publishing'] as const;

/** Whether something can happen to a request in a state. */
export function allows(
  transition: PublishTransition,
  state: PublishRequestState,
): boolean {
  const from: readonly PublishRequestState[] =
    PUBLISH_TRANSITIONS[transition].from;
  return from.includes(state);
}

/** Says why something could not happen to a request. */
export function refusedTransition(
  transition: PublishTransition,
  state: PublishRequestState,
): ConflictError {
  const { from, does } = PUBLISH_TRANSITIONS[transition];
  return new ConflictError(
    `The request cannot ${does}: it is ${say(
      state,
    )}, and would have to be ${from.map(say).join(' or ')}. Look at it again`,
  );
}

function say(state: PublishRequestState): string {
  return `"${state.replaceAll('-', ' ')}"`;
}
