import { randomUUID } from 'node:crypto';
import type {
  LifecycleService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { Knex } from 'knex';
import type { OwnerLookup } from '../catalog';
import { NoticeOutbox } from './NoticeOutbox';
import { NoticeSender } from './NoticeSender';

/** Tells people by the portal's notifications. */
export interface Notices {
  outbox: NoticeOutbox;
  /** The outbox within a transaction. */
  outboxIn(transaction: Knex): NoticeOutbox;
  sender: NoticeSender;
  /** Sends until the backend stops. */
  start(lifecycle: LifecycleService): void;
}

/** Puts together how people are told. */
export function createNotices(options: {
  db: Knex;
  notifications: NotificationService;
  ownerOf: OwnerLookup;
  logger: LoggerService;
  now: () => Date;
  /** For tests: how fast it is. */
  pace?: { leaseMs?: number; pollMs?: number; retryDelaysMs?: number[] };
}): Notices {
  const { db, now } = options;
  const sender = new NoticeSender({
    id: randomUUID(),
    db,
    notifications: options.notifications,
    ownerOf: options.ownerOf,
    logger: options.logger,
    now,
    ...options.pace,
  });
  const onAdded = () => sender.wake();
  const outboxIn = (transaction: Knex) =>
    new NoticeOutbox(transaction, { now, onAdded });
  return {
    outbox: outboxIn(db),
    outboxIn,
    sender,
    start(lifecycle) {
      lifecycle.addStartupHook(async () => sender.start());
      lifecycle.addShutdownHook(async () => sender.stop());
    },
  };
}
