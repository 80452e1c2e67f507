import type { DeliveryHandlers } from '../events';
import type { PublishRequestStore } from './PublishRequestStore';

/**
 * Has requests go on as soon as GitHub tells that their repository was transferred, which its
 * author may have done by hand.
 *
 * @param options - `onWork`: called when there is something to do for a worker
 */
export function followTransfers(
  handlers: DeliveryHandlers,
  options: {
    store: Pick<PublishRequestStore, 'findUnderWay' | 'hurry'>;
    onWork: () => void;
  },
): void {
  const { store, onWork } = options;
  handlers.on('repository', async ({ action, repository }) => {
    if (action !== 'transferred') {
      return;
    }
    const { host } = new URL(repository.html_url);
    for (const { id } of await store.findUnderWay(host, [repository.id])) {
      await store.hurry(id);
      onWork();
    }
  });
}
