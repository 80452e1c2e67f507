export { type Deliveries, createDeliveries } from './createDeliveries';
export { DatabaseDeliveryStore } from './DatabaseDeliveryStore';
export type { DeliveryAdministration } from './DeliveryAdministration';
export { DeliveryHandlers } from './DeliveryHandlers';
export { DeliveryWorker } from './DeliveryWorker';
