import { InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import type { GitHubCredential } from './GitHubCredential';
import { GitHubUnavailableError } from './GitHubUnavailableError';
import { RETRY_AFTER_MS } from './toGitHubError';

/** What is wrong with an answer of GraphQL, or with a part of it. */
export interface GraphError {
  /** Such as `NOT_FOUND`; where it is missing GitHub itself failed. */
  type?: string;
  message: string;
  /** Of the part. */
  path?: (string | number)[];
}

/** The body of an answer of GraphQL. */
export interface GraphAnswer {
  data?:
    | (Record<string, unknown> & { rateLimit?: { cost: number } | null })
    | null;
  errors?: GraphError[];
}

/** Whether a body is one of GraphQL. */
export function isGraphAnswer(body: unknown): body is GraphAnswer {
  return (
    typeof body === 'object' &&
    body !== null &&
    ('data' in body || 'errors' in body)
  );
}

/** Whether GitHub itself failed: it took too long, or something went wrong there. */
export function isFailureOfGitHub(error: GraphError): boolean {
  return (
    error.type === 'SERVICE_UNAVAILABLE' ||
    error.type === 'INTERNAL' ||
    /something went wrong|timed? ?out|couldn't respond to your request in time/i.test(
      error.message,
    )
  );
}

/** The error of a query to which there is no answer. */
export function toGraphError(
  errors: GraphError[],
  credential: GitHubCredential,
  now: Date,
): Error {
  const { host } = credential;
  const says = errors.map(({ message }) => message).join(' ');
  if (errors.some(isFailureOfGitHub)) {
    return new GitHubUnavailableError(
      `GitHub at ${host} could not answer: ${says}`,
      {
        reason: 'failed',
        retryAt: new Date(now.getTime() + RETRY_AFTER_MS),
      },
    );
  }
  const types = errors.map(({ type }) => type);
  if (types.includes('NOT_FOUND')) {
    return new NotFoundError(
      `GitHub at ${host} does not have this, or does not show it: ${says}`,
    );
  }
  if (types.includes('FORBIDDEN') || types.includes('INSUFFICIENT_SCOPES')) {
    return new NotAllowedError(
      `GitHub at ${host} does not allow ${
        credential.kind === 'user' ? 'you' : `the portal, ${credential.label},`
      } to do this: ${says}`,
    );
  }
  return new InputError(`GitHub at ${host} refused the query: ${says}`);
}
