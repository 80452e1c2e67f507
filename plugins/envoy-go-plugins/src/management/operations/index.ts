export { OperationProgress } from './OperationProgress';
export { OperationState } from './OperationState';
