import { ServiceUnavailableError } from '@backstage/errors';

/**
 * Why GitHub cannot be asked now, or did not answer: the budget is used up (or what is left
 * of it is for others), GitHub asked for a pause, it failed, took too long, or could not be
 * reached.
 */
export type GitHubUnavailability =
  | 'budget'
  | 'paused'
  | 'failed'
  | 'timed-out'
  | 'unreachable';

/**
 * GitHub cannot be asked now, or did not answer, and that ends by itself. Its message is a
 * sentence for people. Its name is that of `ServiceUnavailableError`, so that routers answer
 * 503.
 */
export class GitHubUnavailableError extends ServiceUnavailableError {
  readonly reason: GitHubUnavailability;
  /** When there is use in asking again; `undefined` when that is not known. */
  readonly retryAt: Date | undefined;

  constructor(
    message: string,
    options: { reason: GitHubUnavailability; retryAt?: Date },
  ) {
    super(message);
    this.reason = options.reason;
    this.retryAt = options.retryAt;
  }
}
