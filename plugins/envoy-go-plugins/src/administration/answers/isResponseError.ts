import { isError } from '@backstage/errors';
import type { ResponseError } from '@backstage/errors';

/** Whether the backend answered, with an error. */
export function isResponseError(error: unknown): error is ResponseError {
  return isError(error) && error.name === 'ResponseError';
}
