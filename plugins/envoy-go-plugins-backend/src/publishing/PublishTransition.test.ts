import type { PublishRequestState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  FINAL_STATES,
  PUBLISH_TRANSITIONS,
  type PublishTransition,
  allows,
  refusedTransition,
} from './PublishTransition';

const transitions = Object.keys(PUBLISH_TRANSITIONS).filter(
  (name): name is PublishTransition => name in PUBLISH_TRANSITIONS,
);

it('leads out of no final state, and out of every other', () => {
  const left = new Set<PublishRequestState>(
    transitions.flatMap(name => PUBLISH_TRANSITIONS[name].from),
  );
  const reached = new Set<PublishRequestState>(
    transitions.map(name => PUBLISH_TRANSITIONS[name].to),
  );
  expect(FINAL_STATES.filter(state => left.has(state))).toEqual([]);
  expect(
    [...reached].filter(
      state => !left.has(state) && !FINAL_STATES.includes(state),
    ),
  ).toEqual([]);
});

it('withdraws nothing that is approved', () => {
  expect(allows('withdraw', 'in-review')).toBe(true);
  for (const state of ['approved', 'publishing', 'published'] as const) {
    expect(allows('withdraw', state)).toBe(false);
  }
  expect(refusedTransition('withdraw', 'approved').message).toContain(
    'cannot be withdrawn: it is "approved"',
  );
});
