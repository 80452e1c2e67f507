import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import type { ScmIntegrations } from '@backstage/integration';
import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { Octokit } from '@octokit/rest';
import type { Knex } from 'knex';
import { DatabaseBudgetStore } from './DatabaseBudgetStore';
import { DatabaseKeptAnswerStore } from './DatabaseKeptAnswerStore';
import { DefaultRequestBudget } from './DefaultRequestBudget';
import { fetchWhole } from './fetchWhole';
import { userCredential } from './GitHubCredential';
import type { GitHubDoor, PortalIdentity } from './GitHubDoor';
import { type CredentialSource, GitHubRequests } from './GitHubRequests';
import { KeptAnswers } from './KeptAnswers';
import type { KeptAnswerStore } from './KeptAnswerStore';
import { PortalCredentials } from './PortalCredentials';
import { RepositoryReader } from './RepositoryReader';
import type { RequestBudget } from './RequestBudget';

/** What is known of a host of GitHub. */
interface Host {
  apiBaseUrl: string;
  credentials: PortalCredentials;
  reader: RepositoryReader;
  /** Of GitHub Apps, whose names hardly ever change, by their ids. */
  apps: Map<number, PortalIdentity>;
}

/** What a door is made of. */
export interface GitHubDoorOptions {
  integrations: ScmIntegrations;
  logger: LoggerService;
  /** The organisation whose GitHub App installation reads what no owner is known of. */
  organization?: string;
  /** How long to wait for an answer, in milliseconds. */
  timeoutMs: number;
  now: () => Date;
}

/**
 * Asks GitHub through the portal's integrations: github.com or GitHub Enterprise, whichever
 * they name.
 */
export class DefaultGitHubDoor implements GitHubDoor {
  readonly budgets: RequestBudget;
  readonly #integrations: ScmIntegrations;
  readonly #requests: GitHubRequests;
  readonly #logger: LoggerService;
  readonly #organization: string | undefined;
  readonly #now: () => Date;
  readonly #hosts = new Map<string, Host>();

  /** A door that keeps what it has to in a database, with the plugin's migrations run. */
  static create(options: GitHubDoorOptions & { db: Knex }): DefaultGitHubDoor {
    const { db, logger, now } = options;
    return new DefaultGitHubDoor({
      ...options,
      budget: new DefaultRequestBudget({
        store: new DatabaseBudgetStore(db),
        logger,
        now,
      }),
      answers: new DatabaseKeptAnswerStore(db),
    });
  }

  constructor(
    options: GitHubDoorOptions & {
      budget: RequestBudget;
      answers: KeptAnswerStore;
    },
  ) {
    const { logger, timeoutMs, now } = options;
    this.budgets = options.budget;
    this.#integrations = options.integrations;
    this.#logger = logger;
    this.#organization = options.organization;
    this.#now = now;
    this.#requests = new GitHubRequests({
      budget: options.budget,
      kept: new KeptAnswers({ store: options.answers, now }),
      logger,
      timeoutMs,
      now,
    });
  }

  integrates(host: string): boolean {
    return this.#integrations.github.byHost(host) !== undefined;
  }

  hosts(): string[] {
    return this.#integrations.github.list().map(({ config }) => config.host);
  }

  asPortal: GitHubDoor['asPortal'] = ({ host, owner, lane, signal }) => {
    const { apiBaseUrl, credentials } = this.#host(host);
    return this.#client({
      apiBaseUrl,
      lane,
      signal,
      source: {
        get: () => credentials.of(owner),
        renew: refused => credentials.renew(owner, refused),
      },
    });
  };

  asApp: GitHubDoor['asApp'] = ({ host, appId, lane, signal }) => {
    const { apiBaseUrl, credentials } = this.#host(host);
    return this.#client({
      apiBaseUrl,
      lane,
      signal,
      source: {
        get: () => credentials.ofApp(appId),
        renew: async () => undefined,
      },
    });
  };

  identify: GitHubDoor['identify'] = async ({
    host,
    owner = this.#organization,
    lane,
  }) => {
    const { apps, credentials } = this.#host(host);
    const { appId } = await credentials.of(owner);
    if (appId === undefined) {
      const { data } = await this.asPortal({
        host,
        owner,
        lane,
      }).rest.users.getAuthenticated();
      return { login: data.login };
    }
    const known = apps.get(appId);
    if (known) {
      return known;
    }
    const { data } = await this.asApp({
      host,
      appId,
      lane,
    }).rest.apps.getAuthenticated();
    if (!data?.slug) {
      throw new NotFoundError(`GitHub at ${host} knows no GitHub App ${appId}`);
    }
    const identity: PortalIdentity = {
      login: `${data.slug}[bot]`,
      app: { id: appId, name: data.name, url: data.html_url },
    };
    apps.set(appId, identity);
    return identity;
  };

  asUser: GitHubDoor['asUser'] = ({ host, token, signal }) =>
    this.#client({
      apiBaseUrl: this.#host(host).apiBaseUrl,
      lane: 'urgent',
      signal,
      source: {
        get: async () => userCredential(host, token),
        renew: async () => undefined,
      },
    });

  readRepositories: GitHubDoor['readRepositories'] = ({ host, ...request }) =>
    this.#host(host).reader.read(request);

  /** Writes down what was used of the budgets and is not written yet. */
  async stop(): Promise<void> {
    await this.budgets.stop();
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known) {
      return known;
    }
    const config = this.#integrations.github.byHost(name)?.config;
    if (!config?.apiBaseUrl) {
      throw new NotFoundError(
        `The portal has no integration for GitHub at ${name}, or not the address of its API; add it to integrations.github in its configuration`,
      );
    }
    const credentials = new PortalCredentials({
      config,
      organization: this.#organization,
    });
    const host: Host = {
      apiBaseUrl: config.apiBaseUrl,
      credentials,
      apps: new Map(),
      reader: new RepositoryReader({
        host: name,
        credentials,
        clientOf: ({ owner, lane, signal }) =>
          this.asPortal({ host: name, owner, lane, signal }),
        logger: this.#logger,
        now: this.#now,
      }),
    };
    this.#hosts.set(name, host);
    return host;
  }

  #client(options: {
    apiBaseUrl: string;
    lane: GitHubLane;
    signal: AbortSignal | undefined;
    source: CredentialSource;
  }): Octokit {
    const { apiBaseUrl, lane, source } = options;
    const octokit = new Octokit({
      baseUrl: apiBaseUrl,
      userAgent: 'envoy-go-plugins-for-backstage',
      request: { fetch: fetchWhole },
      // What fails is told by the errors
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    octokit.hook.wrap('request', async (request, given) => {
      const { method, url, headers } = octokit.request.endpoint(given);
      const { headers: own, request: settings } = given;
      const isStream = settings.parseSuccessResponseBody === false;
      return await this.#requests.send(source, {
        method,
        url,
        accept: headers.accept,
        lane,
        cost: settings.cost ?? 1,
        mayBeKept: method === 'GET' && !isStream && !headers['if-none-match'],
        mayBePartial: settings.mayBePartial === true,
        signal: bothSignals(options.signal, settings.signal),
        send: async ({ headers: further, signal }) => {
          // Hooks hand on the options that the first was called with, and no others
          given.headers = { ...own, ...further };
          given.request = {
            ...settings,
            signal,
            ...(isStream && { fetch: undefined }),
          };
          return await request(given);
        },
      });
    });
    return octokit;
  }
}

function bothSignals(
  one: AbortSignal | undefined,
  other: AbortSignal | undefined,
): AbortSignal | undefined {
  return one && other ? AbortSignal.any([one, other]) : one ?? other;
}
