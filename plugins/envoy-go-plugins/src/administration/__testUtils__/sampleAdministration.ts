import type {
  DeliveryDetails,
  DeliveryState,
  GitHubBudget,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { AdministrationState } from './InMemoryEnvoyGoPluginsAdministrationApi';

const GITHUB = 'https://github.example';
const ORGANIZATION = 'envoy-plugins';

const KINDS: [event: string, action?: string][] = [
  ['push'],
  ['star', 'created'],
  ['issues', 'opened'],
  ['pull_request', 'synchronize'],
  ['release', 'published'],
  ['create'],
  ['repository', 'renamed'],
  ['member', 'added'],
  ['membership', 'added'],
  ['team', 'edited'],
  ['ping'],
];

const REPOSITORIES = ['token-auth', 'local-rate-limit', 'body-transform'];

function stateOf(index: number): DeliveryState {
  if (index === 0) {
    return 'processing';
  }
  if (index === 1) {
    return 'received';
  }
  if (index % 17 === 3) {
    return 'dead';
  }
  if (index % 23 === 5) {
    return 'failed';
  }
  return index % 11 === 10 ? 'ignored' : 'done';
}

/** One delivery, complete but for what is given. */
export function sampleDelivery(
  index: number,
  now: number,
  part: Partial<DeliveryDetails> = {},
): DeliveryDetails {
  const [event, action] = KINDS[index % KINDS.length];
  const name = REPOSITORIES[index % REPOSITORIES.length];
  const state = stateOf(index);
  const receivedAt = new Date(now - (index * index + 2) * 60_000).toISOString();
  const failed = state === 'dead' || state === 'failed';
  const ofOrganization = ['membership', 'team', 'ping'].includes(event);
  return {
    deliveryId: `7c6f0e9a-5d1b-4c83-9e2f-${String(index).padStart(12, '0')}`,
    event,
    action,
    repository: ofOrganization ? undefined : `${ORGANIZATION}/${name}`,
    state,
    origin: index % 13 === 7 ? 'reconciler' : 'webhook',
    attempts: { dead: 8, failed: 2, received: 0 }[String(state)] ?? 1,
    receivedAt,
    settledAt:
      state === 'done' || state === 'ignored' || state === 'dead'
        ? receivedAt
        : undefined,
    nextAttemptAt:
      state === 'failed' ? new Date(now + 240_000).toISOString() : undefined,
    error: failed
      ? `GitHub answered 502 to a request for the releases of ${ORGANIZATION}/${name}`
      : undefined,
    hookId: '42',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/0a1b2c3',
      'x-github-delivery': `7c6f0e9a-5d1b-4c83-9e2f-${String(index).padStart(
        12,
        '0',
      )}`,
      'x-github-event': event,
      'x-github-hook-id': '42',
      'x-github-hook-installation-target-type': 'organization',
    },
    body: JSON.stringify({
      ...(action && { action }),
      ...(!ofOrganization && {
        repository: {
          id: 1_296_269 + (index % REPOSITORIES.length),
          name,
          full_name: `${ORGANIZATION}/${name}`,
          private: false,
          html_url: `${GITHUB}/${ORGANIZATION}/${name}`,
          stargazers_count: 42,
          topics: ['envoy', 'go'],
        },
      }),
      organization: { login: ORGANIZATION, id: 7 },
      sender: { login: 'author', id: 3, type: 'User' },
    }),
    effects:
      state === 'done' && !ofOrganization
        ? [
            {
              at: receivedAt,
              text: `Read 3 releases of ${ORGANIZATION}/${name}`,
            },
            {
              at: receivedAt,
              text: 'Brought the facts of the plugin up to date',
              entityRef: `envoygoplugin:default/${name}`,
            },
          ]
        : [],
    ...part,
  };
}

function history(now: number, scale: number): GitHubBudget['history'] {
  const slots = 288;
  return Array.from({ length: slots }, (_, index) => {
    const wave = 1 + Math.sin((index / slots) * Math.PI * 2 - 2);
    return {
      at: new Date(now - (slots - 1 - index) * 300_000).toISOString(),
      used: {
        urgent: Math.round(scale * wave * 4),
        page: Math.round(scale * wave * wave * 2),
        sweep: index % 12 < 4 ? Math.round(scale * 12) : 0,
      },
      notModified: Math.round(scale * wave * 6),
    };
  }).filter(({ used }) => used.urgent + used.page + used.sweep > 0);
}

function budget(
  now: number,
  part: Partial<GitHubBudget> & { remaining: number },
): GitHubBudget {
  return {
    credential: '5f0c',
    label: 'GitHub App 12, installation on envoy-plugins',
    host: 'github.example',
    resource: 'core',
    limit: 5000,
    resetAt: new Date(now + 23 * 60_000).toISOString(),
    observedAt: new Date(now - 20_000).toISOString(),
    lanes: [
      { lane: 'urgent', open: true },
      { lane: 'page', open: true },
      { lane: 'sweep', open: true },
    ],
    history: history(now, 1),
    ...part,
  };
}

function hashed(number: number): string {
  return String(number).repeat(64);
}

function chained(number: number) {
  return { number, previousHash: hashed(number - 1), hash: hashed(number) };
}

/** What administrators of the demo organisation see; times are relative to now, in milliseconds since 1970. */
export function sampleAdministration(
  now: number = Date.now(),
): AdministrationState {
  const ago = (minutes: number) =>
    new Date(now - minutes * 60_000).toISOString();
  const person = (login: string, role: 'admin' | 'member', name?: string) => ({
    login,
    name,
    role,
    avatarUrl: '',
    url: `${GITHUB}/${login}`,
  });
  const crowd = Array.from({ length: 30 }, (_, index) =>
    person(`engineer-${String(index + 1).padStart(2, '0')}`, 'member'),
  );
  return {
    organization: ORGANIZATION,
    deliveries: Array.from({ length: 120 }, (_, index) =>
      sampleDelivery(index, now),
    ),
    webhooks: [
      {
        host: 'github.example',
        organization: ORGANIZATION,
        hookId: 42,
        url: `${GITHUB}/organizations/${ORGANIZATION}/settings/hooks/42`,
        state: 'healthy',
        problems: [],
        lastDelivery: { at: ago(2), event: 'push' },
        lastReconciledAt: ago(11),
        lastReconcileFound: 0,
      },
    ],
    budgets: [
      budget(now, { remaining: 3412 }),
      budget(now, {
        resource: 'graphql',
        remaining: 211,
        history: history(now, 3),
        lanes: [
          { lane: 'urgent', open: true },
          { lane: 'page', open: true },
          {
            lane: 'sweep',
            open: false,
            reason:
              'Less than 10 % is left, which is kept for events and pages.',
          },
        ],
      }),
    ],
    members: [
      person('admin', 'admin', 'Ada Administrator'),
      person('author', 'member', 'Arthur Author'),
      person('contributor', 'member'),
      ...crowd,
    ],
    teams: [
      {
        slug: 'gateway',
        name: 'Gateway',
        description: 'Runs the gateways',
        url: `${GITHUB}/orgs/${ORGANIZATION}/teams/gateway`,
        administrators: false,
        members: [
          { login: 'author', role: 'maintainer' },
          { login: 'contributor', role: 'member' },
        ],
      },
      {
        slug: 'plugin-admins',
        name: 'Plugin admins',
        description: 'Reviews and publishes plugins',
        url: `${GITHUB}/orgs/${ORGANIZATION}/teams/plugin-admins`,
        administrators: true,
        members: [{ login: 'admin', role: 'maintainer' }],
      },
      {
        slug: 'observers',
        name: 'Observers',
        url: `${GITHUB}/orgs/${ORGANIZATION}/teams/observers`,
        administrators: false,
        members: [],
      },
    ],
    invitations: [
      {
        id: 1,
        login: 'newcomer',
        role: 'member',
        teams: ['gateway'],
        inviter: 'admin',
        createdAt: ago(26 * 60),
      },
      {
        id: 2,
        email: 'nobody@example.com',
        role: 'member',
        teams: [],
        inviter: 'admin',
        createdAt: ago(9 * 24 * 60),
        failedReason: 'The invitation expired after 7 days.',
      },
    ],
    record: [
      {
        id: '5',
        ...chained(5),
        at: ago(3),
        actor: 'user:default/admin',
        action: 'member.invite',
        subject: 'newcomer',
        outcome: 'succeeded',
        message: 'Invited newcomer into envoy-plugins as a member',
        details: { role: 'member', teams: ['gateway'] },
      },
      {
        id: '4',
        ...chained(4),
        at: ago(30),
        actor: 'user:default/admin',
        action: 'member.remove',
        subject: 'admin',
        outcome: 'failed',
        message:
          'GitHub refused to remove admin from envoy-plugins: an organisation needs an owner',
      },
      {
        id: '3',
        ...chained(3),
        at: ago(90),
        actor: 'system',
        action: 'webhook.reconcile',
        outcome: 'succeeded',
        message: 'Fetched 2 deliveries that had not arrived',
        details: { missing: 2 },
      },
      {
        id: '2',
        ...chained(2),
        at: ago(3000),
        actor: 'user:default/author',
        action: 'delivery.replay',
        outcome: 'succeeded',
        message: 'Replayed 14 dead deliveries',
        details: { replayed: 14 },
      },
      {
        id: '1',
        ...chained(1),
        at: ago(9000),
        actor: 'user:default/admin',
        action: 'member.invite',
        subject: 'nobody@example.com',
        outcome: 'succeeded',
        message: 'Invited nobody@example.com into envoy-plugins as a member',
      },
    ],
    verification: { records: 5, hash: hashed(5), problems: [] },
  };
}
