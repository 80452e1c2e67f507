import type { ManagementNotifier } from '../ManagementNotifier';
import type { ManagementStepRun } from './ManagementStepContext';

/** Tells those whom it concerns that it is done. */
export function createTell(options: {
  notifier: ManagementNotifier;
}): ManagementStepRun {
  return async ({ operation, log }) => {
    const { tell } = operation.parameters;
    if (tell.length === 0) {
      await log('Who did it is whom it concerns');
      return;
    }
    const told = await options.notifier.tell(
      operation,
      tell,
      `By ${operation.by}: ${operation.reason}`,
    );
    await log(
      told
        ? `Told ${tell.join(', ')}`
        : `${tell.join(', ')} got no notification, for the portal takes none`,
    );
  };
}
