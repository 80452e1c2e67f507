import { RequestError } from '@octokit/request-error';

/** Whether a request failed because GitHub answered with one of these statuses. */
export function isRefusal(error: unknown, ...statuses: number[]): boolean {
  return error instanceof RequestError && statuses.includes(error.status);
}

/**
 * What GitHub answers, or undefined when it says that there is no such thing, or that one may
 * not see it: GitHub answers 404 to both.
 */
export async function undefinedWhenMissing<T>(
  request: Promise<{ data: T }>,
): Promise<T | undefined> {
  try {
    return (await request).data;
  } catch (error) {
    if (isRefusal(error, 404)) {
      return undefined;
    }
    throw error;
  }
}
