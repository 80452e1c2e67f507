import { describeFailure } from '../../feedback';
import { isResponseError } from './isResponseError';

/** Says in a sentence or two why something that somebody wanted to do was not done. */
export function describeRefusal(error: Error): string {
  if (isResponseError(error)) {
    const reason = error.body?.error?.message?.trim();
    if (reason && error.statusCode !== 401) {
      return /[.!?]$/.test(reason) ? reason : `${reason}.`;
    }
  }
  const { sentence, advice } = describeFailure(error);
  return `${sentence} ${advice}`;
}
