export { DeliveriesRoutes } from './DeliveriesRoutes';
