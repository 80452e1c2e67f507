import { ServiceUnavailableError } from '@backstage/errors';

/** GitHub did not say what was asked; its message is the reason, in a sentence. */
export class UnansweredError extends ServiceUnavailableError {
  /** When there is use in asking again; `undefined` when that is not known. */
  readonly retryAt: Date | undefined;

  constructor(unanswered: { reason: string; retryAt?: Date }) {
    super(unanswered.reason);
    this.retryAt = unanswered.retryAt;
  }
}
