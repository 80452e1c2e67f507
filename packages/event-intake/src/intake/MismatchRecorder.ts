import { toError } from '@backstage/errors';
import type { DeliveryInbox } from './DeliveryInbox';
import type { IntakeLogger } from './IntakeLogger';

/** Anybody can send what is signed wrongly, so it is written down this seldom at most. */
const INTERVAL_MS = 5_000;

/** Takes note of deliveries with a wrong signature, for the health of the webhook. */
export class MismatchRecorder {
  readonly #inbox: Pick<DeliveryInbox, 'recordMismatch'>;
  readonly #logger: IntakeLogger;
  #quietUntil = 0;

  constructor(options: {
    inbox: Pick<DeliveryInbox, 'recordMismatch'>;
    logger: IntakeLogger;
  }) {
    this.#inbox = options.inbox;
    this.#logger = options.logger;
  }

  /** @param hookId - what the header `x-github-hook-id` says, if anything */
  record(hookId: string | undefined, at: Date): void {
    if (
      hookId === undefined ||
      !/^\d{1,18}$/.test(hookId) ||
      at.getTime() < this.#quietUntil
    ) {
      return;
    }
    this.#quietUntil = at.getTime() + INTERVAL_MS;
    this.#logger.warn(
      `A delivery that says it is of webhook ${hookId} was refused, for it is not signed with the secret that the portal has`,
    );
    this.#inbox
      .recordMismatch(hookId, at.toISOString())
      .catch(error =>
        this.#logger.warn(
          'A delivery with a wrong signature could not be noted',
          toError(error),
        ),
      );
  }
}
