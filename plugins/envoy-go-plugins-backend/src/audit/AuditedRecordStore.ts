import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { NewAuditRecord } from './AuditRecordStore';
import { DatabaseAuditRecordStore } from './DatabaseAuditRecordStore';

/** By whom the portal does things of its own accord. */
const SYSTEM = 'system';

/**
 * The record within a transaction, for what is done together with a change. What the portal
 * does by itself goes into the portal's audit log as well, once it is done: what people do
 * is in it already, with the request by which they do it.
 */
export class AuditedRecordStore extends DatabaseAuditRecordStore {
  readonly #transaction: Knex;
  readonly #auditor: AuditorService;
  readonly #logger: LoggerService;

  constructor(
    transaction: Knex,
    options: { auditor: AuditorService; logger: LoggerService },
  ) {
    super(transaction);
    this.#transaction = transaction;
    this.#auditor = options.auditor;
    this.#logger = options.logger;
  }

  override async add(record: NewAuditRecord): Promise<void> {
    await super.add(record);
    if (record.actor === SYSTEM) {
      void this.#tell(record);
    }
  }

  async #tell(record: NewAuditRecord): Promise<void> {
    const { action, actor, subject, details, before, after } = record;
    try {
      await this.#committed();
    } catch {
      // It was not done
      return;
    }
    try {
      const event = await this.#auditor.createEvent({
        eventId: action.replaceAll('.', '-'),
        severityLevel: 'low',
        meta: {
          actor,
          ...(subject !== undefined && { subject }),
          ...details,
          ...(before && { before }),
          ...(after && { after }),
        },
      });
      const { message, outcome } = record;
      await (outcome === 'succeeded'
        ? event.success({ meta: { message } })
        : event.fail({ error: new Error(message) }));
    } catch (error) {
      this.#logger.warn(
        `The portal's audit log could not take in "${record.message}"`,
        toError(error),
      );
    }
  }

  async #committed(): Promise<void> {
    await ('executionPromise' in this.#transaction
      ? this.#transaction.executionPromise
      : undefined);
  }
}
