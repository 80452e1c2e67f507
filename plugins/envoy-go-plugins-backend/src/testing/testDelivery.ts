import { randomUUID } from 'node:crypto';
import type { NewDelivery } from '@envoy-go/event-intake';

/** A delivery that nothing is special about. */
export function testDelivery(changes: Partial<NewDelivery> = {}): NewDelivery {
  return {
    deliveryId: randomUUID(),
    event: 'star',
    orderedBy: 'github.com repository 1',
    headers: { 'x-github-event': 'star' },
    body: '{}',
    receivedAt: '2026-11-22T14:02:10.000Z',
    origin: 'webhook',
    ...changes,
  };
}
