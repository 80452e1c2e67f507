import type {
  DeliveryDetails,
  DeliveryState,
  DeliverySummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { DeliveryOrigin } from '@envoy-go/event-intake';
import type { Delivery } from './Delivery';

/** The table of deliveries. */
export const DELIVERIES_TABLE = 'webhook_deliveries';

/** A row of {@link DELIVERIES_TABLE}. */
export interface DeliveryRow {
  // PostgreSQL's driver gives big integers as strings
  id: number | string;
  delivery_id: string;
  hook_id: string | null;
  event: string;
  action: string | null;
  repository_id: number | string | null;
  repository: string | null;
  ordered_by: string;
  headers: string;
  body: string;
  received_at: string;
  origin: DeliveryOrigin;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: string | null;
  lease_owner: string | null;
  lease_until: string | null;
  error: string | null;
  settled_at: string | null;
}

/** What a list shows; bodies are large. */
export const SUMMARY_COLUMNS = [
  'delivery_id',
  'event',
  'action',
  'repository',
  'state',
  'origin',
  'attempts',
  'received_at',
  'settled_at',
  'next_attempt_at',
  'error',
] as const satisfies (keyof DeliveryRow)[];

/** A row with what a list shows. */
export type SummaryRow = Pick<DeliveryRow, (typeof SUMMARY_COLUMNS)[number]>;

/** A delivery for those that handle it. */
export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: Number(row.id),
    deliveryId: row.delivery_id,
    hookId: row.hook_id ?? undefined,
    event: row.event,
    action: row.action ?? undefined,
    repository:
      row.repository_id !== null && row.repository !== null
        ? { id: Number(row.repository_id), fullName: row.repository }
        : undefined,
    orderedBy: row.ordered_by,
    headers: JSON.parse(row.headers),
    body: row.body,
    receivedAt: row.received_at,
    origin: row.origin,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    leaseOwner: row.lease_owner ?? undefined,
    leaseUntil: row.lease_until ?? undefined,
    error: row.error ?? undefined,
    settledAt: row.settled_at ?? undefined,
  };
}

/** A delivery for lists. */
export function toSummary(row: SummaryRow): DeliverySummary {
  return {
    deliveryId: row.delivery_id,
    event: row.event,
    ...(row.action !== null && { action: row.action }),
    ...(row.repository !== null && { repository: row.repository }),
    state: row.state,
    origin: row.origin,
    attempts: row.attempts,
    receivedAt: row.received_at,
    ...(row.settled_at !== null && { settledAt: row.settled_at }),
    ...(row.next_attempt_at !== null && { nextAttemptAt: row.next_attempt_at }),
    ...(row.error !== null && { error: row.error }),
  };
}

/** A delivery for the page about it: without its signatures, by which the secret could be guessed at. */
export function toDetails(
  row: DeliveryRow,
  effects: DeliveryDetails['effects'],
): DeliveryDetails {
  const headers: Record<string, string> = JSON.parse(row.headers);
  return {
    ...toSummary(row),
    ...(row.hook_id !== null && { hookId: row.hook_id }),
    headers: Object.fromEntries(
      Object.entries(headers).filter(
        ([name]) => !name.startsWith('x-hub-signature'),
      ),
    ),
    body: row.body,
    effects,
  };
}
