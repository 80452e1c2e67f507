import {
  BUILD_TRANSITIONS,
  type BuildTransition,
  ENDED_STATES,
  allows,
  refusedTransition,
} from './BuildTransition';

const transitions = Object.keys(BUILD_TRANSITIONS) as BuildTransition[];

describe('the transitions of builds', () => {
  it('lead out of every state that is no end', () => {
    for (const state of ['queued', 'building', 'publishing'] as const) {
      expect(allows('cancel', state)).toBe(true);
    }
    for (const state of ENDED_STATES) {
      expect(
        transitions.filter(transition => allows(transition, state)),
      ).toEqual(state === 'passed' ? [] : ['retry']);
    }
  });

  it('say why they are refused', () => {
    expect(refusedTransition('retry', 'building').message).toBe(
      'The build cannot be tried again: it is "building", and would have to be "failed" or "could not run" or "cancelled". Look at it again',
    );
  });
});
