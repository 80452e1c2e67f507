import { isError, ResponseError } from '@backstage/errors';

/** A failed request, in the words that a reader can act on. */
export interface Failure {
  /** What happened. */
  sentence: string;
  /** What the reader can do about it. */
  advice: string;
  /** Whether the reader may not see this, as opposed to it being unavailable. */
  notAllowed: boolean;
}

function isResponseError(error: unknown): error is ResponseError {
  return isError(error) && error.name === 'ResponseError';
}

function asSentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Why something was refused or failed, in the words of whoever refused it. */
export function reasonOf(error: Error): string {
  const said = isResponseError(error) ? error.body?.error?.message : undefined;
  return asSentence(said || error.message || 'The request failed');
}

/**
 * Whether the backend says that the reader is to see nothing of it any more, not even what was there before: it is gone,
 * or not for them.
 */
export function takesAway(error: Error): boolean {
  return isResponseError(error) && [401, 403, 404].includes(error.statusCode);
}

/** Says in sentences what an error means to somebody who waited for the data. */
export function describeFailure(error: Error): Failure {
  if (isResponseError(error)) {
    const reason = reasonOf(error);
    switch (error.statusCode) {
      case 401:
        return {
          sentence: 'You are not signed in, or your sign-in has expired.',
          advice: 'Sign in again, then retry.',
          notAllowed: true,
        };
      case 403:
        return {
          sentence: `The portal does not let you see this. ${reason}`,
          advice:
            'Ask the team that runs the portal for permission to read the catalog’s plugins.',
          notAllowed: true,
        };
      case 404:
        return {
          sentence: reason,
          advice:
            'A plugin that was registered a moment ago appears within seconds: retry. Otherwise check that it is in the catalog.',
          notAllowed: false,
        };
      default:
        return {
          sentence: `The portal’s backend answered ${error.statusCode}. ${reason}`,
          advice:
            error.statusCode >= 500
              ? 'Retry in a moment. If it stays, tell the team that runs the portal and give them the details below.'
              : 'Change the filters or the address, then retry.',
          notAllowed: false,
        };
    }
  }
  if (error.name === 'TypeError' || error.name === 'AbortError') {
    return {
      sentence: 'The portal’s backend did not answer.',
      advice:
        'Check that you are online and that the backend runs, then retry.',
      notAllowed: false,
    };
  }
  return {
    sentence: asSentence(error.message || 'The request failed'),
    advice:
      'Retry. If it stays, tell the team that runs the portal and give them the details below.',
    notAllowed: false,
  };
}
