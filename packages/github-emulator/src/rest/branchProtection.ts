import { JsonObject } from '@backstage/types';
import { isRefName } from '../git/names';
import {
  GitHubError,
  unprocessable,
  validationFailed,
} from '../server/GitHubError';
import { RequestBody } from '../server/RequestBody';
import { encodePath } from '../server/Urls';
import {
  BranchProtection,
  ProtectionActors,
  Repository,
} from '../state/repositoryRecords';
import { presentTeam, simpleUser } from './present/account';
import { presentApp } from './present/app';
import { noContent, ok, RestAnswer, RestRequest } from './RestRequest';
import { Method, Route, route } from './RouteTable';

const BASE = '/repos/{owner}/{repo}/branches/{branch}/protection';
const KINDS = ['users', 'teams', 'apps'] as const;

type Kind = (typeof KINDS)[number];

function address(
  request: RestRequest,
  repository: Repository,
  protection: BranchProtection,
): string {
  const { repositories, urls } = request.emulator;
  const branch = encodePath(protection.branch);
  return urls.api(
    `/repos/${repositories.fullName(repository)}/branches/${branch}/protection`,
  );
}

/** Those who are named and still there. */
function presentActors(
  request: RestRequest,
  repository: Repository,
  actors: ProtectionActors,
  kind: Kind,
): JsonObject[] {
  const { accounts, apps } = request.emulator;
  return actors[kind].flatMap(name => {
    if (kind === 'users') {
      const account = accounts.find(name);
      return account ? [simpleUser(request.emulator, account)] : [];
    }
    if (kind === 'teams') {
      const team = accounts.findTeam(repository.ownerId, name);
      return team ? [presentTeam(request.emulator, team)] : [];
    }
    const app = apps.find(name);
    return app
      ? [
          {
            ...presentApp(request.emulator, app),
            description: app.description ?? '',
          },
        ]
      : [];
  });
}

function presentAllActors(
  request: RestRequest,
  repository: Repository,
  actors: ProtectionActors,
): JsonObject {
  return Object.fromEntries(
    KINDS.map(kind => [kind, presentActors(request, repository, actors, kind)]),
  );
}

function presentRestrictions(
  request: RestRequest,
  repository: Repository,
  protection: BranchProtection,
  restrictions: ProtectionActors,
): JsonObject {
  const url = `${address(request, repository, protection)}/restrictions`;
  return {
    url,
    users_url: `${url}/users`,
    teams_url: `${url}/teams`,
    apps_url: `${url}/apps`,
    ...presentAllActors(request, repository, restrictions),
  };
}

function presentReviews(
  request: RestRequest,
  repository: Repository,
  protection: BranchProtection,
  reviews: BranchProtection['requiredReviews'] & {},
): JsonObject {
  const url = address(request, repository, protection);
  return {
    url: `${url}/required_pull_request_reviews`,
    dismiss_stale_reviews: reviews.dismissStale,
    require_code_owner_reviews: reviews.codeOwners,
    required_approving_review_count: reviews.approvals,
    require_last_push_approval: reviews.lastPushApproval,
    ...(reviews.bypass && {
      bypass_pull_request_allowances: presentAllActors(
        request,
        repository,
        reviews.bypass,
      ),
    }),
  };
}

function presentAdmins(
  request: RestRequest,
  repository: Repository,
  protection: BranchProtection,
): JsonObject {
  return {
    url: `${address(request, repository, protection)}/enforce_admins`,
    enabled: protection.enforceAdmins,
  };
}

/** `protected-branch`, and with the switches that `branch-protection` names alike. */
function presentProtection(
  request: RestRequest,
  repository: Repository,
  protection: BranchProtection,
): JsonObject {
  const url = address(request, repository, protection);
  const {
    requiredStatusChecks: checks,
    requiredReviews: reviews,
    restrictions,
  } = protection;
  return {
    url,
    ...(checks && {
      required_status_checks: {
        url: `${url}/required_status_checks`,
        strict: checks.strict,
        contexts: checks.contexts,
        contexts_url: `${url}/required_status_checks/contexts`,
        checks: checks.contexts.map(context => ({ context, app_id: null })),
      },
    }),
    ...(reviews && {
      required_pull_request_reviews: presentReviews(
        request,
        repository,
        protection,
        reviews,
      ),
    }),
    ...(restrictions && {
      restrictions: presentRestrictions(
        request,
        repository,
        protection,
        restrictions,
      ),
    }),
    required_signatures: {
      url: `${url}/required_signatures`,
      enabled: protection.requiredSignatures,
    },
    enforce_admins: presentAdmins(request, repository, protection),
    required_linear_history: { enabled: protection.linearHistory },
    allow_force_pushes: { enabled: protection.allowForcePushes },
    allow_deletions: { enabled: protection.allowDeletions },
    block_creations: { enabled: protection.blockCreations },
    required_conversation_resolution: {
      enabled: protection.conversationResolution,
    },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  };
}

function findProtection(request: RestRequest): {
  repository: Repository;
  protection: BranchProtection;
} {
  const repository = request.repository('admin');
  const protection = request.emulator.repositories.branchProtection(
    repository,
    request.params.branch,
  );
  if (!protection) {
    throw new GitHubError(404, 'Branch not protected');
  }
  return { repository, protection };
}

function change(
  request: RestRequest,
  protection: BranchProtection,
  changes: Partial<BranchProtection>,
): BranchProtection {
  return request.emulator.store.collections.branchProtections.update(
    protection.id,
    changes,
  );
}

/** The people, teams or apps of a list; names that nobody has are refused. */
function readActors(
  request: RestRequest,
  repository: Repository,
  kind: Kind,
  names: string[],
): string[] {
  const { accounts, apps } = request.emulator;
  return names.map(name => {
    const found = {
      users: () => accounts.find(name)?.login,
      teams: () => accounts.findTeam(repository.ownerId, name)?.slug,
      apps: () => apps.find(name)?.slug,
    }[kind]();
    if (found === undefined) {
      throw validationFailed({
        resource: 'ProtectedBranch',
        code: 'invalid',
        field: kind,
        message: `There is no ${kind.slice(0, -1)} ${name} here`,
      });
    }
    return found;
  });
}

function readAllActors(
  request: RestRequest,
  repository: Repository,
  body: RequestBody,
): ProtectionActors {
  const read = (kind: Kind) =>
    readActors(request, repository, kind, body.strings(kind) ?? []);
  return { users: read('users'), teams: read('teams'), apps: read('apps') };
}

function readReviews(
  request: RestRequest,
  repository: Repository,
  body: RequestBody,
  before?: BranchProtection['requiredReviews'],
): BranchProtection['requiredReviews'] {
  const bypass = body.object('bypass_pull_request_allowances');
  return {
    approvals:
      body.number('required_approving_review_count') ?? before?.approvals ?? 1,
    codeOwners:
      body.boolean('require_code_owner_reviews') ?? before?.codeOwners ?? false,
    dismissStale:
      body.boolean('dismiss_stale_reviews') ?? before?.dismissStale ?? false,
    lastPushApproval:
      body.boolean('require_last_push_approval') ??
      before?.lastPushApproval ??
      false,
    bypass: bypass
      ? readAllActors(request, repository, bypass)
      : before?.bypass,
  };
}

async function protectBranch(request: RestRequest) {
  const repository = request.repository('admin');
  const { emulator, body } = request;
  const branch = request.params.branch;
  const git = emulator.repositories.git(repository);
  if (!isRefName(branch) || !(await git.findRef(`refs/heads/${branch}`))) {
    throw new GitHubError(404, 'Branch not found');
  }
  for (const field of [
    'required_status_checks',
    'enforce_admins',
    'required_pull_request_reviews',
    'restrictions',
  ]) {
    if (!body.has(field) && !body.isNull(field)) {
      throw new GitHubError(
        422,
        `Invalid request.\n\n"${field}" wasn't supplied.`,
      );
    }
  }
  const before = emulator.repositories.branchProtection(repository, branch);
  const checks = body.object('required_status_checks');
  const reviews = body.object('required_pull_request_reviews');
  const restrictions = body.object('restrictions');
  if (
    restrictions &&
    emulator.repositories.owner(repository).type !== 'Organization'
  ) {
    throw unprocessable(
      'Only organization repositories can have users and team restrictions',
    );
  }
  const protection = emulator.store.collections.branchProtections.put({
    id: before?.id ?? emulator.store.nextId(),
    repositoryId: repository.id,
    branch,
    enforceAdmins: body.boolean('enforce_admins') ?? false,
    requiredStatusChecks: checks && {
      strict: checks.boolean('strict') ?? false,
      contexts:
        checks.strings('contexts') ??
        (checks.objects('checks') ?? []).map(check =>
          check.requiredString('context'),
        ),
    },
    requiredReviews: reviews && readReviews(request, repository, reviews),
    restrictions:
      restrictions && readAllActors(request, repository, restrictions),
    requiredSignatures: before?.requiredSignatures ?? false,
    linearHistory: body.boolean('required_linear_history') ?? false,
    conversationResolution:
      body.boolean('required_conversation_resolution') ?? false,
    allowForcePushes: body.boolean('allow_force_pushes') ?? false,
    allowDeletions: body.boolean('allow_deletions') ?? false,
    blockCreations: body.boolean('block_creations') ?? false,
  });
  return ok(presentProtection(request, repository, protection));
}

function setSignatures(request: RestRequest, enabled: boolean): RestAnswer {
  const { repository, protection } = findProtection(request);
  change(request, protection, { requiredSignatures: enabled });
  const url = address(request, repository, protection);
  return enabled
    ? ok({ url: `${url}/required_signatures`, enabled })
    : noContent();
}

function setAdmins(request: RestRequest, enforceAdmins: boolean): RestAnswer {
  const { repository, protection } = findProtection(request);
  const changed = change(request, protection, { enforceAdmins });
  return enforceAdmins
    ? ok(presentAdmins(request, repository, changed))
    : noContent();
}

function findReviews(request: RestRequest) {
  const found = findProtection(request);
  const { requiredReviews } = found.protection;
  if (!requiredReviews) {
    throw new GitHubError(404, 'Pull request reviews are not required');
  }
  return { ...found, requiredReviews };
}

function findRestrictions(request: RestRequest) {
  const found = findProtection(request);
  const { restrictions } = found.protection;
  if (!restrictions) {
    throw new GitHubError(404, 'Push restrictions not enabled');
  }
  return { ...found, restrictions };
}

/** Adds, replaces or takes away those of a kind who may push. */
function changeRestrictions(kind: Kind, method: 'POST' | 'PUT' | 'DELETE') {
  return (request: RestRequest): RestAnswer => {
    const { repository, protection, restrictions } = findRestrictions(request);
    const { body } = request;
    // A bare list is taken as well.
    const given = body.strings('') ?? body.strings(kind) ?? [];
    const names = readActors(request, repository, kind, given);
    const before = restrictions[kind];
    const after = {
      POST: [...new Set([...before, ...names])],
      PUT: [...new Set(names)],
      DELETE: before.filter(name => !names.includes(name)),
    }[method];
    const changed = { ...restrictions, [kind]: after };
    change(request, protection, { restrictions: changed });
    return ok(presentActors(request, repository, changed, kind));
  };
}

function restrictionRoutes(kind: Kind): Route[] {
  const path = `${BASE}/restrictions/${kind}`;
  const changing = (method: Method & ('POST' | 'PUT' | 'DELETE')) =>
    route(method, path, changeRestrictions(kind, method));
  return [
    route('GET', path, request => {
      const { repository, restrictions } = findRestrictions(request);
      return ok(presentActors(request, repository, restrictions, kind));
    }),
    changing('POST'),
    changing('PUT'),
    changing('DELETE'),
  ];
}

/** The rules for protected branches. */
export const branchProtectionRoutes: Route[] = [
  route('GET', BASE, request => {
    const { repository, protection } = findProtection(request);
    return ok(presentProtection(request, repository, protection));
  }),
  route('PUT', BASE, protectBranch),
  route('DELETE', BASE, request => {
    request.emulator.store.collections.branchProtections.delete(
      findProtection(request).protection.id,
    );
    return noContent();
  }),
  route('GET', `${BASE}/enforce_admins`, request => {
    const { repository, protection } = findProtection(request);
    return ok(presentAdmins(request, repository, protection));
  }),
  route('POST', `${BASE}/enforce_admins`, request => setAdmins(request, true)),
  route('DELETE', `${BASE}/enforce_admins`, request =>
    setAdmins(request, false),
  ),
  route('GET', `${BASE}/required_pull_request_reviews`, request => {
    const { repository, protection, requiredReviews } = findReviews(request);
    return ok(presentReviews(request, repository, protection, requiredReviews));
  }),
  route('PATCH', `${BASE}/required_pull_request_reviews`, request => {
    const { repository, protection, requiredReviews } = findReviews(request);
    const reviews = readReviews(
      request,
      repository,
      request.body,
      requiredReviews,
    );
    change(request, protection, { requiredReviews: reviews });
    return ok(
      presentReviews(
        request,
        repository,
        protection,
        reviews ?? requiredReviews,
      ),
    );
  }),
  route('DELETE', `${BASE}/required_pull_request_reviews`, request => {
    change(request, findReviews(request).protection, {
      requiredReviews: undefined,
    });
    return noContent();
  }),
  route('POST', `${BASE}/required_signatures`, request =>
    setSignatures(request, true),
  ),
  route('DELETE', `${BASE}/required_signatures`, request =>
    setSignatures(request, false),
  ),
  route('GET', `${BASE}/restrictions`, request => {
    const { repository, protection, restrictions } = findRestrictions(request);
    return ok(
      presentRestrictions(request, repository, protection, restrictions),
    );
  }),
  route('DELETE', `${BASE}/restrictions`, request => {
    change(request, findRestrictions(request).protection, {
      restrictions: undefined,
    });
    return noContent();
  }),
  ...KINDS.flatMap(restrictionRoutes),
];
