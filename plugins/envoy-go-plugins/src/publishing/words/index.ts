export { CHECK_OUTCOME_WORDS } from './checkWords';
export type { ShownOutcome } from './checkWords';
export {
  REQUEST_STATES,
  REQUEST_STATE_WORDS,
  movesByItself,
} from './stateWords';
export { isOver } from './stateWords';
export { toneColor } from './toneColor';
export type { Tone } from './toneColor';
export { STEP_STATE_WORDS } from './stepWords';
