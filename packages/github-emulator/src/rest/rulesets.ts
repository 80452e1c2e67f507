import { JsonObject } from '@backstage/types';
import { GitHubError, notFound, validationFailed } from '../server/GitHubError';
import { RequestBody } from '../server/RequestBody';
import { timestamp } from '../server/clock';
import { nodeId } from '../state/nodeId';
import { permits, Repository } from '../state/repositoryRecords';
import {
  BYPASS_ACTORS,
  BYPASS_MODES,
  BypassActor,
  RULE_TYPES,
  Ruleset,
} from '../state/rulesetRecords';
import { created, noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

const BASE = '/repos/{owner}/{repo}/rulesets';

/** `repository-ruleset` as lists have it. */
function presentSummary(
  request: RestRequest,
  repository: Repository,
  ruleset: Ruleset,
): JsonObject {
  const { repositories, urls } = request.emulator;
  const fullName = repositories.fullName(repository);
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: ruleset.target,
    source_type: 'Repository',
    source: fullName,
    enforcement: ruleset.enforcement,
    node_id: nodeId('Ruleset', ruleset.id),
    created_at: ruleset.createdAt,
    updated_at: ruleset.updatedAt,
    _links: {
      self: { href: urls.api(`/repos/${fullName}/rulesets/${ruleset.id}`) },
      html: { href: urls.page(`/${fullName}/rules/${ruleset.id}`) },
    },
  };
}

/** Whether, and how, the viewer is let off. */
function bypassOf(
  request: RestRequest,
  repository: Repository,
  ruleset: Ruleset,
): string {
  const { rules } = request.emulator;
  const mode = rules.bypass(
    repository,
    ruleset,
    request.viewer,
    'pull-request',
  );
  return mode === 'pull_request' ? 'pull_requests_only' : mode ?? 'never';
}

/** `repository-ruleset`; who is let off is shown to those who administer the repository. */
function presentRuleset(
  request: RestRequest,
  repository: Repository,
  ruleset: Ruleset,
): JsonObject {
  const { repositories } = request.emulator;
  const isAdmin = permits(
    repositories.permissionOf(repository, request.viewer),
    'admin',
  );
  return {
    ...presentSummary(request, repository, ruleset),
    conditions: {
      ref_name: { include: ruleset.include, exclude: ruleset.exclude },
    },
    rules: ruleset.rules.map(rule => ({ ...rule })),
    ...(isAdmin && {
      bypass_actors: ruleset.bypassActors.map(({ type, id, mode }) => ({
        actor_id: id ?? null,
        actor_type: type,
        bypass_mode: mode,
      })),
    }),
    current_user_can_bypass: bypassOf(request, repository, ruleset),
  };
}

function invalid(field: string, message: string): GitHubError {
  return validationFailed({
    resource: 'Ruleset',
    code: 'custom',
    field,
    message,
  });
}

function readBypassActor(
  request: RestRequest,
  repository: Repository,
  body: RequestBody,
): BypassActor {
  const { repositories, store } = request.emulator;
  const type = body.oneOf('actor_type', BYPASS_ACTORS);
  const id = body.number('actor_id');
  const isOfOrganization =
    repositories.owner(repository).type === 'Organization';
  const isThere = {
    Integration: () => store.collections.apps.get(id) !== undefined,
    OrganizationAdmin: () => isOfOrganization,
    RepositoryRole: () => [2, 4, 5].includes(id ?? 0),
    Team: () =>
      store.collections.teams.get(id)?.organizationId === repository.ownerId,
    DeployKey: () => id === undefined,
    User: () => store.collections.accounts.get(id)?.type === 'User',
  };
  if (!type || !isThere[type]()) {
    throw invalid(
      'bypass_actors',
      `Actor ${type ?? ''} ${id ?? ''} is not a valid bypass actor here`,
    );
  }
  return {
    type,
    id,
    mode: body.oneOf('bypass_mode', BYPASS_MODES) ?? 'always',
  };
}

function readRules(rules: RequestBody[]): Ruleset['rules'] {
  return rules.map(rule => {
    const name = rule.requiredString('type');
    const type = RULE_TYPES.find(one => one === name);
    if (!type) {
      throw new GitHubError(
        501,
        `GitHub emulator: rules of type ${name} are not implemented`,
      );
    }
    const parameters = rule.object('parameters')?.fields;
    return { type, ...(parameters && { parameters }) };
  });
}

/** What a body says of a ruleset; what it leaves out is as before. */
function readRuleset(
  request: RestRequest,
  repository: Repository,
  before: Ruleset,
): Ruleset {
  const { body, emulator } = request;
  const target =
    body.oneOf('target', ['branch', 'tag', 'push']) ?? before.target;
  if (target === 'push') {
    throw new GitHubError(
      501,
      'GitHub emulator: rulesets for pushes are not implemented',
    );
  }
  const condition = body.object('conditions')?.object('ref_name');
  const include = condition?.strings('include') ?? before.include;
  const exclude = condition?.strings('exclude') ?? before.exclude;
  for (const pattern of [...include, ...exclude]) {
    const isSpecial =
      pattern === '~ALL' ||
      (pattern === '~DEFAULT_BRANCH' && target === 'branch');
    if (
      !isSpecial &&
      !pattern.startsWith(target === 'branch' ? 'refs/heads/' : 'refs/tags/')
    ) {
      throw invalid('conditions', `Invalid target pattern: ${pattern}`);
    }
  }
  const rules = body.objects('rules');
  const actors = body.objects('bypass_actors');
  const name = body.string('name') ?? before.name;
  const isTaken = emulator.store.collections.rulesets
    .by('repository', repository.id)
    .some(other => other.name === name && other.id !== before.id);
  if (isTaken || name === '') {
    throw invalid('name', 'Name must be unique');
  }
  return {
    ...before,
    name,
    target,
    enforcement:
      body.oneOf('enforcement', ['active', 'disabled', 'evaluate']) ??
      before.enforcement,
    include,
    exclude,
    rules: rules ? readRules(rules) : before.rules,
    bypassActors: actors
      ? actors.map(actor => readBypassActor(request, repository, actor))
      : before.bypassActors,
    updatedAt: timestamp(emulator.clock()),
  };
}

function createRuleset(request: RestRequest) {
  const repository = request.repository('admin');
  const { body, emulator } = request;
  const now = timestamp(emulator.clock());
  body.requiredString('enforcement');
  const ruleset = readRuleset(request, repository, {
    id: emulator.store.nextId(),
    repositoryId: repository.id,
    name: body.requiredString('name'),
    target: 'branch',
    enforcement: 'active',
    include: [],
    exclude: [],
    rules: [],
    bypassActors: [],
    createdAt: now,
    updatedAt: now,
  });
  emulator.store.collections.rulesets.put(ruleset);
  return created(presentRuleset(request, repository, ruleset));
}

function requireRuleset(request: RestRequest, repository: Repository): Ruleset {
  const ruleset = request.emulator.store.collections.rulesets.get(
    request.number('ruleset_id'),
  );
  if (ruleset?.repositoryId !== repository.id) {
    throw notFound();
  }
  return ruleset;
}

function listRulesets(request: RestRequest) {
  const repository = request.repository();
  const targets = request.query.get('targets')?.split(',');
  return request.paged(
    request.emulator.store.collections.rulesets
      .by('repository', repository.id)
      .filter(({ target }) => targets?.includes(target) ?? true),
    ruleset => presentSummary(request, repository, ruleset),
  );
}

function listBranchRules(request: RestRequest) {
  const repository = request.repository();
  const { repositories, rules } = request.emulator;
  const found = rules
    .matching(repository, request.params.branch)
    .flatMap(ruleset => ruleset.rules.map(rule => ({ rule, ruleset })));
  return request.paged(found, ({ rule, ruleset }) => ({
    ...rule,
    ruleset_source_type: 'Repository',
    ruleset_source: repositories.fullName(repository),
    ruleset_id: ruleset.id,
  }));
}

/** Rules for the branches and tags of repositories. */
export const rulesetRoutes: Route[] = [
  route('GET', BASE, listRulesets),
  route('POST', BASE, createRuleset),
  route('GET', `${BASE}/{ruleset_id}`, request => {
    const repository = request.repository();
    return ok(
      presentRuleset(request, repository, requireRuleset(request, repository)),
    );
  }),
  route('PUT', `${BASE}/{ruleset_id}`, request => {
    const repository = request.repository('admin');
    const changed = readRuleset(
      request,
      repository,
      requireRuleset(request, repository),
    );
    request.emulator.store.collections.rulesets.put(changed);
    return ok(presentRuleset(request, repository, changed));
  }),
  route('DELETE', `${BASE}/{ruleset_id}`, request => {
    const repository = request.repository('admin');
    request.emulator.store.collections.rulesets.delete(
      requireRuleset(request, repository).id,
    );
    return noContent();
  }),
  route(
    'GET',
    '/repos/{owner}/{repo}/rules/branches/{branch}',
    listBranchRules,
  ),
];
