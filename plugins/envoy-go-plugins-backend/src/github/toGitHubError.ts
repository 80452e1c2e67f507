import {
  AuthenticationError,
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import type { RequestError } from '@octokit/request-error';
import type { GitHubCredential } from './GitHubCredential';
import { GitHubUnavailableError } from './GitHubUnavailableError';

/** After what GitHub could not answer it is asked again after this, in milliseconds. */
export const RETRY_AFTER_MS = 15_000;

/** What a request came to, and as whom it was sent. */
export interface FailedRequest {
  error: RequestError;
  credential: GitHubCredential;
  /** Such as `GET https://api.github.com/user`. */
  request: string;
  now: Date;
}

/** Says in a sentence what went wrong with a request to GitHub. */
export function toGitHubError(failed: FailedRequest): Error {
  const { error, credential, request, now } = failed;
  const { host } = credential;
  const retryAt = new Date(now.getTime() + RETRY_AFTER_MS);
  if (error.response === undefined) {
    return new GitHubUnavailableError(
      `GitHub could not be reached at ${host} (${error.message}).`,
      { reason: 'unreachable', retryAt },
    );
  }
  const says = whatGitHubSays(error);
  switch (error.status) {
    case 401:
      return new AuthenticationError(
        credential.kind === 'user'
          ? `GitHub at ${host} does not accept this sign-in any more (${says}); sign in with GitHub again.`
          : `GitHub at ${host} refuses the portal's credentials, ${credential.label} (${says}); integrations.github in its configuration names them.`,
      );
    case 403:
      return new NotAllowedError(
        `GitHub at ${host} does not allow ${
          credential.kind === 'user'
            ? 'you'
            : `the portal, ${credential.label},`
        } to do this (${request}): ${says}`,
      );
    case 404:
    case 410:
    case 451:
      return new NotFoundError(
        `GitHub at ${host} does not have this, or does not show it to ${
          credential.kind === 'user' ? 'you' : 'the portal'
        } (${request}): ${says}`,
      );
    case 409:
      return new ConflictError(
        `GitHub at ${host} cannot do this as things are (${request}): ${says}`,
      );
    default:
      return error.status < 500
        ? new InputError(`GitHub at ${host} refused ${request}: ${says}`)
        : new GitHubUnavailableError(
            `GitHub at ${host} answered ${error.status}.`,
            { reason: 'failed', retryAt },
          );
  }
}

/** GitHub's own words, in one line. */
export function whatGitHubSays(error: RequestError): string {
  const line = error.message.replace(/\s+/g, ' ').replace(/ - https:\S+$/, '');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
