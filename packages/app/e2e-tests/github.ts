import { request, type APIRequestContext } from '@playwright/test';

const GITHUB_URL = process.env.PORTAL_GITHUB_URL ?? 'http://localhost:4010';

/** The address of a repository's page on the GitHub of the run. */
export function repositoryUrl(slug: string): string {
  return `${GITHUB_URL}/${slug}`;
}

/** GitHub's REST API with the portal's own token (PORTAL_GITHUB_TOKEN). */
export async function githubApi(): Promise<APIRequestContext> {
  return request.newContext({
    baseURL: `${GITHUB_URL}/api/v3/`,
    extraHTTPHeaders: {
      authorization: `Bearer ${process.env.PORTAL_GITHUB_TOKEN}`,
      accept: 'application/vnd.github+json',
    },
  });
}
