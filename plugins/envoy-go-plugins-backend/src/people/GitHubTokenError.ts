import { CustomErrorBase } from '@backstage/errors';
import {
  GITHUB_TOKEN_ERROR,
  INSUFFICIENT_GITHUB_SCOPES_ERROR,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/**
 * The GitHub token of whoever is signed in is missing, expired or somebody else's. Routers
 * answer 401; the frontend knows it by its name and asks for another token.
 */
export class GitHubTokenError extends CustomErrorBase {
  name = GITHUB_TOKEN_ERROR;
  readonly statusCode = 401;
}

/**
 * The GitHub token of whoever is signed in lacks scopes. Routers answer 403; the frontend
 * knows it by its name and asks for a token that has them.
 */
export class InsufficientGitHubScopesError extends CustomErrorBase {
  name = INSUFFICIENT_GITHUB_SCOPES_ERROR;
  readonly statusCode = 403;
  readonly neededScopes: string[];

  constructor(message: string, neededScopes: string[]) {
    super(message);
    this.neededScopes = neededScopes;
  }
}
