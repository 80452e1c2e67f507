import { PUBLISH_STEPS } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  PublishCandidate,
  PublishCheckResult,
  PublishRequest,
  PublishStep,
  PublishStepId,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PublishingState } from './InMemoryEnvoyGoPluginsPublishingApi';

const HOST = 'github.example';
const ORGANIZATION = 'envoy-plugins';

/** The checks, in the order in which they run. */
export const CHECK_TITLES: Record<string, string> = {
  description: 'Description',
  name: 'Name',
  licence: 'Licence',
  readme: 'README',
  'module-path': 'Module path',
  contents: 'No binaries or secrets',
  risks: 'Risk report',
  builds: 'Builds',
  proof: 'Proof in Envoy',
};

const PASSED: Record<string, Partial<PublishCheckResult>> = {
  description: {
    summary: 'The description is complete.',
    lookedAt: ['catalog-info.yaml'],
  },
  name: {
    summary: '“Token auth” is free, and like no other name.',
    lookedAt: ['42 plugins in the catalog'],
  },
  licence: { summary: 'Apache-2.0 is allowed.', lookedAt: ['LICENSE'] },
  readme: {
    summary: 'It says what the filter does and how it is configured.',
    lookedAt: ['README.md, 3.1 kB'],
  },
  'module-path': {
    summary: 'It is rewritten at the transfer.',
    lookedAt: ['go.mod'],
    findings: [
      {
        severity: 'notice',
        message:
          'github.example/jo/token-auth becomes github.example/envoy-plugins/token-auth.',
        path: 'go.mod',
        line: 1,
        url: 'https://github.example/jo/token-auth/blob/9f1c2ab/go.mod#L1',
      },
    ],
  },
  contents: {
    summary: 'Nothing that should not be there.',
    lookedAt: ['31 files, 84 kB'],
  },
  risks: {
    summary: 'Two things are worth a look.',
    lookedAt: ['12 Go files, 34 kB'],
    findings: [
      {
        severity: 'notice',
        message: 'Imports net/http and calls out of the proxy.',
        path: 'filter.go',
        line: 12,
        url: 'https://github.example/jo/token-auth/blob/9f1c2ab/filter.go#L12',
        isNew: true,
      },
      {
        severity: 'notice',
        message: 'Imports unsafe.',
        mend: 'Say in the README why, or do without.',
        path: 'bytes.go',
        line: 5,
        isNew: false,
      },
    ],
  },
};

const AT = '2026-11-20T09:00:00Z';

/** A check that has ended. */
export function sampleCheck(
  checkId: string,
  outcome: PublishCheckResult['outcome'] = 'passed',
): PublishCheckResult {
  const title = CHECK_TITLES[checkId] ?? checkId;
  if (outcome === 'could-not-run') {
    return {
      checkId,
      title,
      outcome,
      summary: 'No build runner is mounted.',
      finishedAt: AT,
    };
  }
  if (outcome === 'failed') {
    return {
      checkId,
      title,
      outcome,
      summary: 'There is no licence.',
      lookedAt: ['LICENSE', 'COPYING', 'the repository on GitHub'],
      findings: [
        {
          severity: 'problem',
          message: 'No file LICENSE was found.',
          mend: 'Add a file LICENSE with the text of Apache-2.0, MIT or BSD-3-Clause.',
          path: 'LICENSE',
        },
      ],
      finishedAt: AT,
    };
  }
  return outcome
    ? { checkId, title, outcome, ...PASSED[checkId], finishedAt: AT }
    : { checkId, title };
}

function sampleChecks(
  outcomes: Record<string, PublishCheckResult['outcome']> = {},
) {
  return Object.keys(CHECK_TITLES).map(checkId =>
    sampleCheck(
      checkId,
      checkId in outcomes
        ? outcomes[checkId]
        : (['builds', 'proof'].includes(checkId) && 'could-not-run') ||
            'passed',
    ),
  );
}

/** How many checks ended how. */
export function countChecks(checks: PublishCheckResult[]) {
  const count = (wanted: PublishCheckResult['outcome']) =>
    checks.filter(({ outcome }) => outcome === wanted).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    couldNotRun: count('could-not-run'),
  };
}

const STEP_TITLES: Record<PublishStepId, string> = {
  'verify-commit': 'Verify the commit',
  transfer: 'Transfer the repository',
  'wait-for-transfer': 'Wait for the transfer',
  strip: 'Strip what came along',
  'module-path': 'Rewrite the module path',
  protect: 'Protect branches and tags',
  topics: 'Set the topics',
  'workflow-file': 'Propose the workflow',
  register: 'Register the plugin',
  announce: 'Announce it',
};

/** The steps of a publication, done up to one which is in another state. */
export function sampleSteps(
  at: PublishStepId,
  state: PublishStep['state'],
): PublishStep[] {
  const present = PUBLISH_STEPS.indexOf(at);
  return PUBLISH_STEPS.map((stepId, index): PublishStep => {
    const title = STEP_TITLES[stepId];
    if (index > present) {
      return { stepId, title, state: 'waiting', attempts: 0, log: [] };
    }
    const done = index < present || state === 'done';
    return {
      stepId,
      title,
      state: done ? 'done' : state,
      attempts: done ? 1 : 3,
      startedAt: AT,
      ...(done && { finishedAt: AT }),
      ...(!done &&
        state === 'failed' && {
          error:
            'GitHub refused to remove the deploy key “ci”: 403. Make the bot an owner of the organisation, then try again.',
        }),
      log: [{ at: AT, text: `${title}: begun.` }],
    };
  });
}

const DESCRIPTION = `apiVersion: envoygo.dev/v1alpha1
kind: EnvoyGoPlugin
metadata:
  name: token-auth
  title: Token auth
  description: Rejects requests that do not carry a valid token
  annotations:
    github.com/project-slug: jo/token-auth
spec:
  type: http-filter
  runtime: dynamic-module
  lifecycle: production
  owner: group:default/gateway
  category: authn
  filterName: token-auth
  package: .
  envoy: ">=1.38"
  config:
    schema:
      type: object
      properties:
        header:
          type: string
          default: authorization
  proof: envoy-proof.yaml
`;

let nextRepository = 900;

/** A request in review, of somebody else than who looks; any part of it may be different. */
export function sampleRequest(
  part: Partial<PublishRequest> = {},
): PublishRequest {
  const name = part.name ?? 'token-auth';
  const repository = part.repository ?? `jo/${name}`;
  const commit = part.commit ?? '9f1c2ab34de5f67890123456789abcdef0123456';
  const checkResults = part.checkResults ?? sampleChecks();
  const state = part.state ?? 'in-review';
  nextRepository += 1;
  return {
    id: part.id ?? `request-${name}`,
    state,
    name,
    title: 'Token auth',
    description: 'Rejects requests that do not carry a valid token',
    host: HOST,
    repositoryId: nextRepository,
    repository,
    target: `${ORGANIZATION}/${name}`,
    commit,
    branch: 'main',
    author: 'user:default/jo',
    authorLogin: 'jo',
    createdAt: '2026-11-20T08:58:00Z',
    updatedAt: AT,
    submittedAt: ['checking', 'needs-work', 'ready'].includes(state)
      ? undefined
      : AT,
    checks: countChecks(checkResults),
    approvals: 0,
    neededApprovals: 1,
    repositoryUrl: `https://${HOST}/${repository}`,
    commitUrl: `https://${HOST}/${repository}/tree/${commit}`,
    descriptionText: DESCRIPTION,
    checkResults,
    bot: { bot: 'portal-bot', state: 'admin', steps: [] },
    decisions: [],
    timeline: [
      {
        id: '1',
        at: '2026-11-20T08:58:00Z',
        actor: 'user:default/jo',
        kind: 'state',
        state: 'checking',
        text: 'Asked for publication.',
      },
      {
        id: '2',
        at: '2026-11-20T08:59:00Z',
        actor: 'system',
        kind: 'state',
        state: 'ready',
        text: 'The checks are through: 7 passed, 2 could not run.',
      },
    ],
    steps: [],
    allowedActions: [],
    ...part,
  };
}

/** The bot as it is before anybody has done anything. */
export const NO_BOT: PublishRequest['bot'] = {
  bot: 'portal-bot',
  state: 'missing',
  steps: [
    'Open the repository’s settings, “Collaborators and teams”.',
    'Choose “Add people”, and add portal-bot with the role “Admin”.',
    'Come back here and choose “Check again”.',
  ],
  url: `https://${HOST}/jo/token-auth/settings/access`,
};

function sampleCandidates(): PublishCandidate[] {
  const named = (
    name: string,
    part: Partial<PublishCandidate> = {},
  ): PublishCandidate => ({
    repositoryId: 100 + name.length,
    host: HOST,
    repository: `jo/${name}`,
    url: `https://${HOST}/jo/${name}`,
    private: false,
    pushedAt: '2026-11-21T10:00:00Z',
    ...part,
  });
  return [
    named('token-auth', {
      description: 'Rejects requests that do not carry a valid token',
    }),
    named('header-router', {
      description: 'Routes by header',
      private: true,
    }),
    named('geo-block', { requestId: 'request-geo-block' }),
    named('dotfiles', {
      obstacle:
        'It is archived: unarchive it on GitHub before it is published.',
    }),
  ];
}

/** One request of each kind: of the reader (`user:default/guest`) and of others. */
export function samplePublishing(): PublishingState {
  const own = { author: 'user:default/guest', authorLogin: 'guest' };
  const licence = sampleChecks({ licence: 'failed' });
  return {
    me: 'user:default/guest',
    organization: ORGANIZATION,
    candidates: sampleCandidates(),
    requests: [
      sampleRequest({
        ...own,
        name: 'geo-block',
        title: 'Geo block',
        description: 'Refuses requests from where they should not come',
        state: 'needs-work',
        checkResults: licence,
        bot: NO_BOT,
      }),
      sampleRequest({
        ...own,
        name: 'body-limit',
        title: 'Body limit',
        description: 'Refuses bodies that are too large',
        state: 'ready',
      }),
      sampleRequest({
        ...own,
        name: 'canary',
        title: 'Canary',
        description: 'Sends a share of requests elsewhere',
        state: 'in-review',
      }),
      sampleRequest({
        ...own,
        name: 'cors-lite',
        title: 'CORS lite',
        state: 'published',
        steps: sampleSteps('announce', 'done'),
        plugin: { namespace: 'default', name: 'token-auth' },
      }),
      sampleRequest({
        previousDescriptionText: DESCRIPTION.replace(
          '>=1.38',
          '>=1.37',
        ).replace('lifecycle: production', 'lifecycle: experimental'),
        timeline: [
          ...sampleRequest().timeline,
          {
            id: '3',
            at: AT,
            actor: 'user:default/jo',
            kind: 'comment',
            text: 'It calls our token service; see **filter.go**.',
          },
          {
            id: '4',
            at: AT,
            actor: 'github:mia',
            kind: 'comment',
            text: 'How long is the timeout?',
            url: 'https://github.example/envoy-plugins/reviews/issues/7#c1',
          },
        ],
        discussionUrl: 'https://github.example/envoy-plugins/reviews/issues/7',
      }),
      sampleRequest({
        name: 'rate-limit',
        title: 'Rate limit',
        description: 'A token bucket per route',
        author: 'user:default/mia',
        authorLogin: 'mia',
        state: 'publishing-failed',
        steps: sampleSteps('strip', 'failed'),
      }),
      sampleRequest({
        name: 'old-one',
        title: 'Old one',
        state: 'rejected',
        decisions: [
          {
            kind: 'reject',
            by: 'user:default/mia',
            at: AT,
            text: 'There is such a filter already.',
            commit: '9f1c2ab34de5f67890123456789abcdef0123456',
            counts: true,
          },
        ],
      }),
    ],
  };
}
