import type { DeliveryHandlers } from '../events';
import type { ReleaseOrders } from './ReleaseOrders';

/**
 * Has releases built that GitHub tells of. What is known of a release was read before, by
 * the marketplace's own handler; payloads only say which it is.
 */
export function followReleases(
  handlers: DeliveryHandlers,
  orders: ReleaseOrders,
): void {
  handlers.on('release', async ({ action, release, repository }) => {
    const key = {
      host: new URL(repository.html_url).host,
      id: repository.id,
    };
    const { id, tag_name: tag } = release;
    switch (action) {
      case 'published':
      case 'released':
      case 'prereleased': {
        const order = release.draft
          ? undefined
          : await orders.orderReleased(key, id);
        return order?.created
          ? [
              {
                text: `Queued the build of ${tag}`,
                entityRef: order.entityRef,
              },
            ]
          : [];
      }
      case 'deleted':
      case 'unpublished': {
        const stopped = await orders.stopWithdrawn(key, { id, tag });
        return stopped > 0 ? [{ text: `Stopped the build of ${tag}` }] : [];
      }
      default:
        return [];
    }
  });
}
