import { CustomErrorBase } from '@backstage/errors';

/** The key, or its password, is not right. The message says what to mend. */
export class SigningError extends CustomErrorBase {
  override readonly name = 'SigningError';
  readonly retryable = false;
}
