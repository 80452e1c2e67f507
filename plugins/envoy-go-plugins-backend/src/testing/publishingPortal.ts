import type {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import type { Entity } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import type { PublishCheck } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import type { Seed } from '@envoy-go/github-emulator';
import type { Knex } from 'knex';
import { DatabaseAuditRecordStore } from '../audit';
import type { Builds } from '../builds';
// Not of its folder's index, which brings along what a process takes long to load
import { DeliveryHandlers } from '../events/DeliveryHandlers';
import { DefaultGitHubDoor } from '../github';
import {
  type PublishPerson,
  type PublishRequests,
  createPublishing,
  readPublishingConfig,
} from '../publishing';
import { PORTAL_TOKEN } from './gitHubSeed';
import { testPlugin } from './testPlugin';
import { OpenPages } from '../signals';
import { startNotices } from './startNotices';

const README = `# Header tag

Adds a header to each request that passes, so that services behind the proxy know which gateway a request came through. It is
meant for portals with several gateways in front of the same services, whose logs cannot be told apart otherwise. The header is
never taken from outside: what a client sends by that name is removed first. There is nothing to install besides the plugin.

## Configuration

The name of the header, and the value that it gets. Both are needed, and the plugin refuses a configuration without them.
`;

/** The files of a plugin that passes the checks once it is \`envoy-plugins/NAME\`. */
export function pluginFiles(name: string): Record<string, string> {
  return {
    'catalog-info.yaml': `apiVersion: envoygo.dev/v1alpha1
kind: EnvoyGoPlugin
metadata:
  name: ${name}
  title: A plugin to publish
spec:
  type: http-filter
  runtime: dynamic-module
  lifecycle: production
  owner: group:default/gateway
  category: transform
  filterName: ${name}
  package: .
  envoy: '>=1.38'
`,
    'README.md': README,
    LICENSE: 'Apache License\n  Version 2.0, January 2004\n',
    'go.mod': `module github.com/envoy-plugins/${name}\n\ngo 1.25.6\n`,
    'filter.go':
      'package filter\n\nimport "strings"\n\nvar _ = strings.ToLower\n',
  };
}

/**
 * A GitHub with an author who has repositories to publish: their own, or of the organisation
 * `makers` of theirs, whose administrator the bot can be.
 */
export function publishingSeed(
  repositories: {
    name: string;
    owner?: 'author' | 'makers';
    files: Record<string, string>;
  }[],
): Seed {
  return {
    accounts: [
      { login: 'admin' },
      { login: 'second' },
      { login: 'author' },
      { login: 'friend' },
      { login: 'portal-bot', isMachine: true },
    ],
    organizations: [
      {
        login: 'envoy-plugins',
        owners: ['admin', 'portal-bot'],
        members: ['second', 'author'],
        teams: [{ name: 'admins', members: ['admin', 'second'] }],
      },
      { login: 'makers', owners: ['author'] },
    ],
    tokens: [
      { token: PORTAL_TOKEN, account: 'portal-bot' },
      { token: 'author-token', account: 'author' },
      { token: 'friend-token', account: 'friend' },
      { token: 'admin-token', account: 'admin' },
    ],
    repositories: repositories.map(({ name, owner = 'author', files }) => ({
      owner,
      name,
      author: 'author',
      files,
    })),
  };
}

/** Checks of a builder that is content with everything. */
const BUILDERS: PublishCheck[] = [
  'builds',
  'unit-tests',
  'proof',
  'vulnerabilities',
].map(id => ({
  id,
  title: id,
  run: async () => ({
    outcome: 'passed',
    summary: 'It does.',
    lookedAt: [],
    findings: [],
  }),
}));

/** All that publishing is made of, in front of an emulator. */
export function startPublishing(options: {
  gitHub: { host: string; url: string; apiBaseUrl: string };
  db: Knex;
  auth: AuthService;
  logger: LoggerService;
  now?: () => Date;
  approvals?: number;
  checks?: PublishCheck[];
  builds?: Builds;
  /** For how long runners may be away, in milliseconds. */
  runnerPatienceMs?: number;
  leaseMs?: number;
  transferPatienceMs?: number;
  entities?: Entity[];
  /** GitHub Apps that the portal acts by, rather than by a token. */
  apps?: {
    appId: number;
    privateKey: string;
    clientId: string;
    clientSecret: string;
    webhookSecret: string;
  }[];
  /** Whether it works at requests; default: true. */
  works?: boolean;
  /**
   * Whether it sends notifications; default: true. Where several processes write to one file of
   * SQLite it sends nothing: they would find it locked by each other.
   */
  sends?: boolean;
}) {
  const { gitHub, db, auth, logger, now = () => new Date() } = options;
  const located: string[] = [];
  const locationAt = (target: string) => ({
    id: target,
    type: 'url',
    target,
    entityRef: `location:default/${located.indexOf(target)}`,
  });
  // It takes in at once what it is told of
  const catalog = Object.assign(
    new InMemoryCatalogClient({ entities: options.entities }),
    {
      addLocation: async ({ target = '' }: { target?: string }) => {
        located.push(target);
        return { location: locationAt(target), entities: [] };
      },
      getLocationByRef: async (ref: string) => {
        const target = ref.slice('url:'.length);
        return located.includes(target) ? locationAt(target) : undefined;
      },
      getEntityByRef: async (ref: string | { name: string }) => {
        const name = typeof ref === 'string' ? ref.split('/')[1] : ref.name;
        const target = located.find(each => each.includes(`/${name}/`));
        return target === undefined
          ? undefined
          : testPlugin(name, {
              metadata: {
                annotations: {
                  'backstage.io/managed-by-location': `url:${target}`,
                },
              },
            });
      },
    },
  );
  const telling = startNotices({ db, logger, now, sends: options.sends });
  const config = new ConfigReader({
    integrations: {
      github: [
        {
          host: gitHub.host,
          apiBaseUrl: gitHub.apiBaseUrl,
          ...(options.apps ? { apps: options.apps } : { token: PORTAL_TOKEN }),
        },
      ],
    },
    envoyGoPlugins: { publishing: { approvals: options.approvals ?? 1 } },
  });
  const door = DefaultGitHubDoor.create({
    db,
    integrations: ScmIntegrations.fromConfig(config),
    logger,
    timeoutMs: 20_000,
    now,
  });
  const handlers = new DeliveryHandlers();
  const { requests, worker, discussions } = createPublishing({
    recordIn: transaction => new DatabaseAuditRecordStore(transaction),
    config: readPublishingConfig(config),
    people: {
      host: gitHub.host,
      organization: 'envoy-plugins',
      adminTeam: 'group:default/admins',
    },
    db,
    door,
    catalog,
    auth,
    auditor: {
      createEvent: async () => ({
        success: async () => {},
        fail: async () => {},
      }),
    },
    pages: new OpenPages({ signals: { publish: async () => {} }, logger }),
    notices: telling.notices,
    access: {
      administer: async credentials => {
        const user = userOf(credentials);
        if (user !== 'user:default/admin' && user !== 'user:default/second') {
          throw new NotAllowedError('No administrator');
        }
      },
    },
    known: {
      viewerOf: async ref => ({
        host: gitHub.host,
        login: ref.split('/')[1],
      }),
    },
    builds: options.builds,
    envoys: ['1.38.3', '1.39.3', '1.40.0'],
    handlers,
    portalUrl: 'http://portal.example',
    checks: options.checks ?? BUILDERS,
    logger,
    now,
    pace: {
      leaseMs: options.leaseMs ?? 5_000,
      pollMs: 20,
      transfer: {
        pollMs: 20,
        patienceMs: options.transferPatienceMs ?? 5_000,
      },
      registerPollMs: 20,
      discussion: { leaseMs: options.leaseMs, pollMs: 20 },
      builds: { pollMs: 20, runnerPatienceMs: options.runnerPatienceMs ?? 100 },
    },
  });
  const begin = () => {
    worker?.start();
    discussions?.mirror.start();
  };
  if (options.works ?? true) {
    begin();
  }
  return {
    /** Begins to work at requests, where it was told not to do so at once. */
    begin,
    requests,
    told: telling.told,
    allTold: telling.allTold,
    door,
    handlers,
    discussions,
    stop: async () => {
      await Promise.all([worker?.stop(), discussions?.mirror.stop()]);
      await telling.stop();
      await door.stop();
    },
  };
}

function userOf({ principal }: BackstageCredentials): string {
  return typeof principal === 'object' &&
    principal !== null &&
    'userEntityRef' in principal
    ? String(principal.userEntityRef)
    : '';
}

/** Submits a request, having read what its author agrees to. */
export async function submitRequest(
  requests: PublishRequests,
  id: string,
  author: PublishPerson,
  text?: string,
) {
  const { consent = '' } = await requests.get(id, author);
  return requests.submit(id, { text, agreedTo: consent }, author);
}

/** Somebody who is signed in, as the API hands them on. */
export function signedIn(
  credentials: BackstageCredentials<BackstageUserPrincipal>,
  gitHubToken?: string,
): PublishPerson {
  return { credentials, gitHubToken };
}
