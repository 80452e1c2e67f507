import type {
  AuditorService,
  AuditorServiceEventSeverityLevel,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { AuditRecord } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Request } from 'express';
import type { AuditRecordStore } from './AuditRecordStore';

/** Who does something, and where from. */
export interface AuditActor {
  /** Entity ref of who does it; `system` for the portal itself. */
  actor: string;
  /** The request by which it is done; the portal's audit log takes address and agent from it. */
  request?: Request;
}

/** Something that is about to be done. */
export interface AuditedAct<T> extends AuditActor {
  /** Subject and verb, such as `member.invite`. */
  action: string;
  /** What it is done to: a login, a delivery id, an entity ref. */
  subject?: string;
  severity: AuditorServiceEventSeverityLevel;
  /** More; never a secret. */
  details?: AuditRecord['details'];
  /** What is there, as far as it will be changed. */
  before?: AuditRecord['before'];
  /** What is there afterwards. */
  after?: AuditRecord['after'] | ((result: T) => AuditRecord['after']);
  /** A sentence that says what was done. */
  succeeded: string | ((result: T) => string);
  /** What is to be said when it was not done; the reason is appended: `Could not invite jo`. */
  failed: string;
}

/**
 * Records what people and the portal do, in the portal's audit log and in the plugin's own
 * record, which administrators can read.
 */
export class AuditRecorder {
  readonly #auditor: AuditorService;
  readonly #store: Pick<AuditRecordStore, 'add'>;
  readonly #logger: LoggerService;
  readonly #now: () => Date;

  constructor(options: {
    auditor: AuditorService;
    store: Pick<AuditRecordStore, 'add'>;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#auditor = options.auditor;
    this.#store = options.store;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  /**
   * Does something and records it, whether it succeeds or fails.
   *
   * @returns what it returned
   * @throws what it threw
   */
  async record<T>(act: AuditedAct<T>, run: () => Promise<T>): Promise<T> {
    const { action, subject, details, severity, request, actor } = act;
    const event = await this.#auditor.createEvent({
      eventId: action.replaceAll('.', '-'),
      severityLevel: severity,
      request,
      meta: { actor, ...(subject !== undefined && { subject }), ...details },
    });
    let result: T;
    try {
      result = await run();
    } catch (error) {
      assertError(error);
      const message = `${act.failed}: ${error.message}`;
      await event.fail({ error: new Error(error.message) });
      await this.#add(act, 'failed', message, undefined);
      throw error;
    }
    const message =
      typeof act.succeeded === 'string' ? act.succeeded : act.succeeded(result);
    const after =
      typeof act.after === 'function' ? act.after(result) : act.after;
    await event.success({ meta: { message } });
    await this.#add(act, 'succeeded', message, after);
    return result;
  }

  async #add(
    act: Pick<
      AuditRecord,
      'actor' | 'action' | 'subject' | 'details' | 'before'
    >,
    outcome: AuditRecord['outcome'],
    message: string,
    after: AuditRecord['after'],
  ): Promise<void> {
    const { actor, action, subject, details, before } = act;
    try {
      await this.#store.add({
        at: this.#now().toISOString(),
        actor,
        action,
        subject,
        outcome,
        message,
        details,
        before,
        after,
      });
    } catch (error) {
      assertError(error);
      // It was done on GitHub already, and the portal's audit log has it: to answer that it
      // failed would be wrong
      this.#logger.error(
        `The record could not take in "${message}" of ${actor}: ${error.message}`,
      );
    }
  }
}
