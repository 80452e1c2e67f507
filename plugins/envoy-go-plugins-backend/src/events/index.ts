export { DatabaseDeletedTagStore } from './DatabaseDeletedTagStore';
export { DatabaseDeliveryStore } from './DatabaseDeliveryStore';
export { DeliveryHandlers } from './DeliveryHandlers';
export { DeliveryWorker } from './DeliveryWorker';
export { followAccess } from './followAccess';
export { followRepositories } from './followRepositories';
export { refreshOnChange } from './refreshOnChange';
