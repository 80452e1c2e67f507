/**
 * The name of the error with which the backend answers (401) when the GitHub token of
 * whoever is signed in is missing, expired or somebody else's. A fresh one helps.
 *
 * @public
 */
export const GITHUB_TOKEN_ERROR = 'GitHubTokenError';

/**
 * The name of the error with which the backend answers (403) when the GitHub token of
 * whoever is signed in lacks scopes. A token that has its `neededScopes` helps.
 *
 * @public
 */
export const INSUFFICIENT_GITHUB_SCOPES_ERROR = 'InsufficientGitHubScopesError';

/**
 * Why a token of GitHub was not enough, and what the next one needs.
 *
 * @public
 */
export interface GitHubTokenProblem {
  /** A sentence for people. */
  message: string;
  /** Scopes that the next token needs, such as `admin:org`; empty where any token of theirs does. */
  neededScopes: string[];
}

/**
 * Tells whether a request to the backend failed for want of another GitHub token, so that
 * the person can be asked for one and the request made again.
 *
 * @param error - what a client threw
 * @returns `undefined` where it failed for another reason
 * @public
 */
export function gitHubTokenProblem(
  error: unknown,
): GitHubTokenProblem | undefined {
  const cause = isRecord(error) ? error.cause : undefined;
  if (
    !isRecord(cause) ||
    (cause.name !== GITHUB_TOKEN_ERROR &&
      cause.name !== INSUFFICIENT_GITHUB_SCOPES_ERROR)
  ) {
    return undefined;
  }
  const { message, neededScopes } = cause;
  return {
    message: String(message),
    neededScopes: Array.isArray(neededScopes) ? neededScopes.map(String) : [],
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
