export {
  GITHUB_WEBHOOK_PATH,
  createWebhookRouter,
} from './createWebhookRouter';
export { DatabaseDeliveryStore } from './DatabaseDeliveryStore';
export { DeliveryHandlers } from './DeliveryHandlers';
export { DeliveryIntake } from './DeliveryIntake';
export { DeliveryWorker } from './DeliveryWorker';
export { readWebhookConfig } from './readWebhookConfig';
export { refreshFactsOnChange } from './refreshFactsOnChange';
