import type { DeliveryReplayResult } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { counted } from '../lists';

/** How many refused deliveries are named one by one. */
const NAMED = 5;

/** Says in sentences what became of a replay. */
export function describeReplay(result: DeliveryReplayResult): {
  severity: 'success' | 'warning' | 'error';
  message: string;
  refused: string[];
} {
  const { replayed, refused } = result;
  if (refused.length === 0) {
    return {
      severity: replayed > 0 ? 'success' : 'warning',
      message:
        replayed > 0
          ? `${counted(
              replayed,
              'delivery is',
              'deliveries are',
            )} handled anew.`
          : 'There was nothing to replay.',
      refused: [],
    };
  }
  const named = refused
    .slice(0, NAMED)
    .map(({ deliveryId, reason }) => `${deliveryId}: ${reason}`);
  const more = refused.length - named.length;
  return {
    severity: replayed > 0 ? 'warning' : 'error',
    message: `${counted(
      replayed,
      'delivery is',
      'deliveries are',
    )} handled anew, ${counted(refused.length, 'is', 'are')} not:`,
    refused: more > 0 ? [...named, `and ${more} more`] : named,
  };
}
