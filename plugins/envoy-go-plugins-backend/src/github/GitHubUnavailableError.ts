import { ServiceUnavailableError } from '@backstage/errors';

/**
 * GitHub cannot be asked now, or did not answer, and that ends by itself: the budget is used
 * up, GitHub asked for a pause, it failed, took too long or could not be reached. Its message
 * is a sentence for people. Its name is that of `ServiceUnavailableError`, so that routers
 * answer 503.
 */
export class GitHubUnavailableError extends ServiceUnavailableError {
  /** When there is use in asking again; `undefined` when that is not known. */
  readonly retryAt: Date | undefined;

  constructor(message: string, options: { retryAt?: Date } = {}) {
    super(message);
    this.retryAt = options.retryAt;
  }
}
