import type { LoggerService } from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { Knex } from 'knex';
import type { OwnerLookup } from '../catalog';
import { claimRow, type Lease, LeasedWorker } from '../leases';
import type { Notice } from './Notice';
import { NOTICES, type NoticeRow } from './NoticeOutbox';

/** For how long a notice is a sender's without a sign of life, in milliseconds. */
const LEASE_MS = 30_000;

/** How often it is looked for notices that wait, in milliseconds. */
const POLL_MS = 5_000;

/** How long to wait before each further attempt, in milliseconds; after the last it is given up. */
const RETRY_DELAYS_MS = [
  5_000, 30_000, 120_000, 600_000, 3_600_000, 3_600_000, 3_600_000,
];

/** As many characters are told. */
const LONGEST_TEXT = 400;
const LONGEST_SCOPE = 250;

interface LeasedNotice extends Notice {
  id: number;
  failures: number;
  lease: Lease;
}

/**
 * Sends what waits in the outbox to the portal's notifications. What is sent twice, because a
 * sender died before it could be removed, is one notification.
 */
export class NoticeSender {
  readonly #work: LeasedWorker<LeasedNotice>;
  readonly #db: Knex;
  readonly #notifications: NotificationService;
  readonly #ownerOf: OwnerLookup;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #retryDelaysMs: number[];

  constructor(options: {
    /** Who it is, unlike any other. */
    id: string;
    /** With the plugin's migrations run. */
    db: Knex;
    notifications: NotificationService;
    ownerOf: OwnerLookup;
    logger: LoggerService;
    now: () => Date;
    leaseMs?: number;
    pollMs?: number;
    retryDelaysMs?: number[];
  }) {
    const { id, db, logger, leaseMs = LEASE_MS } = options;
    this.#db = db;
    this.#notifications = options.notifications;
    this.#ownerOf = options.ownerOf;
    this.#logger = logger;
    this.#now = options.now;
    this.#retryDelaysMs = options.retryDelaysMs ?? RETRY_DELAYS_MS;
    this.#work = new LeasedWorker({
      what: 'notifications',
      nameOf: ({ title }) => `the notification "${title}"`,
      claim: () => this.#claim(id, this.#at(leaseMs)),
      renew: notice => this.#update(notice, { lease_until: this.#at(leaseMs) }),
      handle: notice => this.#send(notice),
      leave: (notice, error, { stops }) => this.#leave(notice, error, stops),
      logger,
      // One after the other: the latest is to be on top
      concurrency: 1,
      leaseMs,
      pollMs: options.pollMs ?? POLL_MS,
    });
  }

  start(): void {
    this.#work.start();
  }

  /** Looks for notices now, rather than with the next poll. */
  wake(): void {
    this.#work.wake();
  }

  /** Begins nothing more, and waits until what it does is done. */
  async stop(): Promise<void> {
    await this.#work.stop();
  }

  async #claim(
    owner: string,
    until: string,
  ): Promise<LeasedNotice | undefined> {
    const claimed = await claimRow<NoticeRow>(this.#db, {
      table: NOTICES,
      key: 'id',
      among: rows => rows.orderBy('id'),
      owner,
      now: this.#at(),
      until,
    });
    if (!claimed) {
      return undefined;
    }
    const { row, lease } = claimed;
    const notice: Notice = JSON.parse(row.notice);
    return { ...notice, id: Number(row.id), failures: row.failures, lease };
  }

  async #send(notice: LeasedNotice): Promise<void> {
    const { to, title, text, link, severity, topic, scope } = notice;
    const entityRefs = await this.#recipientsOf(to);
    if (entityRefs.length > 0) {
      await this.#notifications.send({
        recipients: {
          type: 'entity',
          entityRef: entityRefs,
          ...(to.except !== undefined && { excludeEntityRef: to.except }),
        },
        payload: {
          title,
          description:
            text.length > LONGEST_TEXT
              ? `${text.slice(0, LONGEST_TEXT - 1)}…`
              : text,
          link,
          severity,
          topic,
          scope: scope.slice(0, LONGEST_SCOPE),
        },
      });
    }
    await this.#remove(notice);
  }

  async #recipientsOf(to: Notice['to']): Promise<string[]> {
    if ('entityRefs' in to) {
      return to.entityRefs;
    }
    const owner = await this.#ownerOf(to.ownerOf);
    return owner === undefined ? [] : [owner];
  }

  async #leave(
    notice: LeasedNotice,
    error: Error,
    stops: boolean,
  ): Promise<void> {
    const waitMs = this.#retryDelaysMs[notice.failures];
    if (!stops && notice.failures === 0) {
      this.#logger.info(
        `The notification "${notice.title}" could not be sent, which is tried again: ${error.message}`,
      );
    }
    if (!stops && waitMs === undefined) {
      this.#logger.warn(
        `Nobody got the notification "${notice.title}: ${
          notice.text
        }"; it is given up after ${notice.failures + 1} attempts`,
        error,
      );
      await this.#remove(notice);
      return;
    }
    await this.#update(notice, {
      lease_owner: null,
      lease_until: null,
      failures: notice.failures + (stops ? 0 : 1),
      next_attempt_at: stops ? null : this.#at(waitMs),
    });
  }

  async #update(
    notice: LeasedNotice,
    changes: Partial<NoticeRow>,
  ): Promise<boolean> {
    return (await this.#mine(notice).update(changes)) === 1;
  }

  async #remove(notice: LeasedNotice): Promise<void> {
    await this.#mine(notice).delete();
  }

  #mine({ id, lease }: LeasedNotice) {
    return this.#db<NoticeRow>(NOTICES).where({
      id,
      lease_owner: lease.owner,
      claims: lease.claim,
    });
  }

  #at(laterMs = 0): string {
    return new Date(this.#now().getTime() + laterMs).toISOString();
  }
}
