export { openDatabase } from './openDatabase';
export {
  type EventIntake,
  type EventIntakeOptions,
  startEventIntake,
} from './startEventIntake';
