import type { NoticeOutbox } from '../../notices';
import { managementNotices } from '../managementNotices';
import type { ManagementStepRun } from './ManagementStepContext';

/** Tells those whom it concerns that it is done. */
export function createTell(options: {
  notices: NoticeOutbox;
}): ManagementStepRun {
  return async ({ operation, log }) => {
    const { by, reason, parameters } = operation;
    const { tell } = parameters;
    await options.notices.add(
      ...managementNotices(operation, tell, `By ${by}: ${reason}`),
    );
    await log(
      tell.length === 0
        ? 'Who did it is whom it concerns'
        : `Told ${tell.join(', ')}`,
    );
  };
}
