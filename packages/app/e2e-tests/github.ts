import { request, type APIRequestContext } from '@playwright/test';

const GITHUB_URL = process.env.PORTAL_GITHUB_URL ?? 'http://localhost:4010';

/** The address of a repository's page on the GitHub of the run. */
export function repositoryUrl(slug: string): string {
  return `${GITHUB_URL}/${slug}`;
}

/**
 * GitHub's REST API in the name of one of the seeded accounts, through the OAuth web flow
 * that the portal itself uses.
 */
export async function githubAs(
  account: string,
  token: string,
): Promise<APIRequestContext> {
  return request.newContext({
    baseURL: `${GITHUB_URL}/api/v3/`,
    extraHTTPHeaders: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'user-agent': `e2e-${account}`,
    },
  });
}
