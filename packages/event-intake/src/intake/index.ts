export { DatabaseDeliveryInbox } from './DatabaseDeliveryInbox';
export type { AddedDeliveries, DeliveryInbox } from './DeliveryInbox';
export { DeliveryIntake, type IntakeOutcome } from './DeliveryIntake';
export type { IntakeLogger } from './IntakeLogger';
export { MismatchRecorder } from './MismatchRecorder';
export type { DeliveryOrigin, NewDelivery } from './NewDelivery';
export {
  GITHUB_WEBHOOK_PATH,
  createWebhookRouter,
} from './createWebhookRouter';
export { hasValidSignature } from './hasValidSignature';
export { readDelivery } from './readDelivery';
export { type WebhookConfig, readWebhookConfig } from './readWebhookConfig';
