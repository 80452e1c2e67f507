export {
  type EventIntake,
  type EventIntakeOptions,
  startEventIntake,
} from './startEventIntake';
