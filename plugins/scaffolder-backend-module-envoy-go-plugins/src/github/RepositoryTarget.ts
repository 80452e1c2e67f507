import type { LoggerService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type {
  GithubCredentialsProvider,
  ScmIntegrationRegistry,
} from '@backstage/integration';
import { isGitHubName } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { Octokit } from '@octokit/rest';

/** Milliseconds after which GitHub counts as not answering. */
const TIMEOUT_MS = 30_000;

/**
 * A repository on GitHub that a task is about to create, or has created, and the client to
 * look at it with.
 */
export interface RepositoryTarget {
  octokit: Octokit;
  /** As in the integration's configuration: `github.com`, `localhost:4010`. */
  host: string;
  owner: string;
  repo: string;
  /** The repository's page. */
  webUrl: string;
  /** Whether the client acts for the user who started the task, and not for the portal. */
  actsForUser: boolean;
}

/** What is needed to reach a {@link RepositoryTarget}. */
export interface RepositoryTargetOptions {
  integrations: ScmIntegrationRegistry;
  credentialsProvider: GithubCredentialsProvider;
  /** As the form's repository picker writes it: `github.com?owner=acme&repo=token-auth`. */
  repoUrl: string;
  /** The user's own token; without it the integration's credentials are used. */
  token?: string;
  logger: LoggerService;
  /** Ends what is going on when the task is cancelled. */
  signal?: AbortSignal;
}

/**
 * Reads where a repository is to be, and gets a client for it.
 *
 * @throws InputError when the host has no GitHub integration, or the owner or name
 *   is missing or cannot be one
 */
export async function openRepositoryTarget(
  options: RepositoryTargetOptions,
): Promise<RepositoryTarget> {
  const { integrations, credentialsProvider, repoUrl, logger } = options;
  if (!URL.canParse(`https://${repoUrl}`)) {
    throw new InputError(
      `"${repoUrl}" does not say where the repository goes; write it as "github.com?owner=acme&repo=token-auth".`,
    );
  }
  const { host, searchParams } = new URL(`https://${repoUrl}`);
  const owner = searchParams.get('owner');
  const repo = searchParams.get('repo');
  const integration = integrations.github.byHost(host);
  const apiBaseUrl = integration?.config.apiBaseUrl;
  if (!integration || !apiBaseUrl) {
    throw new InputError(
      `The portal knows no GitHub at "${host}"; choose another host, or have it added to integrations.github in app-config.`,
    );
  }
  if (!owner || !repo) {
    throw new InputError(
      'Say where the repository goes: choose an organisation or account, and a name.',
    );
  }

  const strange = [owner, repo].find(name => !isGitHubName(name));
  if (strange !== undefined) {
    throw new InputError(
      `"${strange}" cannot be a name on GitHub; use letters, digits, "-", "_" and "." in it.`,
    );
  }

  const webUrl = `${new URL(apiBaseUrl).protocol}//${host}/${owner}/${repo}`;
  const token =
    options.token ??
    (await credentialsProvider.getCredentials({ url: webUrl })).token;
  if (!token) {
    throw new InputError(
      `The portal has no credentials for "${host}"; sign in to it in the form, or have a token added to integrations.github in app-config.`,
    );
  }
  const debug = (message: string) => logger.debug(message);
  const octokit = new Octokit({
    auth: token,
    baseUrl: apiBaseUrl,
    log: { debug, info: debug, warn: debug, error: debug },
    request: {
      fetch: (url: string, init: RequestInit) =>
        fetch(url, {
          ...init,
          signal: AbortSignal.any([
            AbortSignal.timeout(TIMEOUT_MS),
            ...(options.signal ? [options.signal] : []),
          ]),
        }),
    },
  });
  return {
    octokit,
    host,
    owner,
    repo,
    webUrl,
    actsForUser: options.token !== undefined,
  };
}
