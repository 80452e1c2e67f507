export {
  BUILD_KINDS,
  BUILD_KIND_WORDS,
  BUILD_STATES,
  BUILD_STATE_WORDS,
  isBuildOver,
} from './buildWords';
export { durationWords, millisecondsBetween } from './duration';
export { BUILD_STEP_WORDS } from './stepWords';
