import {
  type Build,
  type BuildAction,
  type BuildKind,
  type BuildState,
  type BuildStepStatus,
  type BuildSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { BuildOrder, OrderedRelease } from './BuildOrder';
import type { BuildFacts, StoredBuild } from './BuildStore';
import { allows } from './BuildTransition';

export interface BuildRow {
  id: string;
  order_key: string;
  kind: BuildKind;
  priority: number;
  state: BuildState;
  plugin: string;
  plugin_namespace: string;
  plugin_name: string;
  host: string;
  // PostgreSQL gives big integers as strings
  repository_id: number | string;
  repository: string;
  commit: string;
  // SQL's null rather than undefined, here and below: an update must be able to clear it
  release_id: number | string | null;
  release: string | null;
  request_id: string | null;
  requested_by: string;
  request_reason: string | null;
  search_text: string;
  created_at: string;
  queued_at: string;
  started_at: string | null;
  ended_at: string | null;
  attempts: number;
  tries: number;
  next_attempt_at: string | null;
  claims: number;
  lease_owner: string | null;
  lease_until: string | null;
  cancel_actor: string | null;
  cancel_reason: string | null;
  runner: string | null;
  reason: string | null;
  log_lines: number;
  log_bytes: number;
  log_removed_at: string | null;
  go: string | null;
  libraries: string | null;
  proofs: string | null;
  vulnerabilities: string | null;
  image: string | null;
}

export interface BuildStepRow {
  build: string;
  name: string;
  position: number;
  state: BuildStepStatus['state'];
  reason: string | null;
  started_at: string | null;
  ended_at: string | null;
  duration_ms: number | null;
}

export interface BuildLogRow {
  build: string;
  first_line: number;
  last_line: number;
  lines: string;
}

const PRIORITIES: Record<BuildKind, number> = {
  request: 0,
  release: 1,
  rebuild: 2,
};

/** Of what nobody waits for. */
const LAST_PRIORITY = 3;

/** What has less goes first. */
export function priorityOf({
  kind,
  missed = false,
}: Pick<BuildOrder, 'kind' | 'missed'>): number {
  return missed ? LAST_PRIORITY : PRIORITIES[kind];
}

/** PostgreSQL stores every character but this one. */
export function storable(text: string): string;
export function storable(text: string | undefined): string | null;
export function storable(text: string | undefined): string | null {
  return text === undefined ? null : text.replaceAll('\0', '\uFFFD');
}

/** What two orders have in common that are the same. */
export function orderKeyOf(order: BuildOrder, id: string): string {
  const { kind, host, repositoryId, release, requestId, commit } = order;
  return kind === 'rebuild'
    ? `rebuild/${id}`
    : [
        kind,
        host,
        repositoryId,
        kind === 'release' ? release?.id : requestId,
        commit,
      ].join('/');
}

/** How a plugin is called where its builds are counted. */
export function pluginKeyOf(plugin: {
  namespace: string;
  name: string;
}): string {
  return storable(
    `${plugin.namespace}/${plugin.name}`.toLocaleLowerCase('en-US'),
  );
}

/** The row of an order that is new. */
export function newBuildRow(
  order: BuildOrder,
  { id, at }: { id: string; at: string },
): BuildRow {
  const { kind, plugin, host, repository, commit, release, requestId } = order;
  return {
    id,
    order_key: storable(orderKeyOf(order, id)),
    kind,
    priority: priorityOf(order),
    state: 'queued',
    plugin: pluginKeyOf(plugin),
    plugin_namespace: storable(plugin.namespace),
    plugin_name: storable(plugin.name),
    host,
    repository_id: order.repositoryId,
    repository,
    commit,
    release_id: release?.id ?? null,
    release: release ? storable(JSON.stringify(release)) : null,
    request_id: storable(requestId),
    requested_by: order.requestedBy.toLocaleLowerCase('en-US'),
    request_reason: storable(order.reason),
    search_text: storable(
      [plugin.name, repository, release?.tag ?? '', commit]
        .join('\n')
        .toLocaleLowerCase('en-US'),
    ),
    created_at: at,
    queued_at: at,
    started_at: null,
    ended_at: null,
    attempts: 0,
    tries: 0,
    next_attempt_at: null,
    claims: 0,
    lease_owner: null,
    lease_until: null,
    cancel_actor: null,
    cancel_reason: null,
    runner: null,
    reason: null,
    log_lines: 0,
    log_bytes: 0,
    log_removed_at: null,
    go: null,
    libraries: null,
    proofs: null,
    vulnerabilities: null,
    image: null,
  };
}

/** The columns of {@link StoredBuild}: without what may be long. */
export const STORED_COLUMNS = [
  'id',
  'kind',
  'state',
  'plugin_namespace',
  'plugin_name',
  'host',
  'repository_id',
  'repository',
  'commit',
  'release',
  'request_id',
  'requested_by',
  'request_reason',
  'attempts',
  'tries',
  'next_attempt_at',
  'runner',
  'reason',
  'created_at',
  'started_at',
  'ended_at',
] as const satisfies readonly (keyof BuildRow)[];

export function toStoredBuild(
  row: Pick<BuildRow, (typeof STORED_COLUMNS)[number]>,
): StoredBuild {
  const release: OrderedRelease | undefined =
    row.release === null ? undefined : JSON.parse(row.release);
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    plugin: { namespace: row.plugin_namespace, name: row.plugin_name },
    host: row.host,
    repositoryId: Number(row.repository_id),
    repository: row.repository,
    commit: row.commit,
    tag: release?.tag,
    version: release?.version,
    requestId: row.request_id ?? undefined,
    requestedBy: row.requested_by,
    requestReason: row.request_reason ?? undefined,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    runner: row.runner ?? undefined,
    reason: row.reason ?? undefined,
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    release,
    tries: row.tries,
  };
}

/** What lists show of a build. */
export function summaryOf(build: StoredBuild): BuildSummary {
  const { release, tries, ...summary } = build;
  return summary;
}

export function toDetails(
  row: BuildRow,
  steps: BuildStepRow[],
): Omit<Build, 'commitUrl'> {
  const actions: BuildAction[] = ['cancel', 'retry'];
  return {
    ...summaryOf(toStoredBuild(row)),
    steps: steps.map(toStep),
    go: row.go ?? undefined,
    libraries: JSON.parse(row.libraries ?? '[]'),
    proofs: JSON.parse(row.proofs ?? '[]'),
    vulnerabilities:
      row.vulnerabilities === null
        ? undefined
        : JSON.parse(row.vulnerabilities),
    image: row.image ?? undefined,
    logLines: row.log_lines,
    logRemovedAt: row.log_removed_at ?? undefined,
    // What is to be stopped already cannot be stopped again
    allowedActions: actions.filter(
      action =>
        allows(action, row.state) &&
        !(action === 'cancel' && row.cancel_actor !== null),
    ),
  };
}

/** The columns of what a build came to. */
export function factColumns(facts: BuildFacts): Partial<BuildRow> {
  const { go, libraries, proofs, vulnerabilities, image, runner } = facts;
  const json = (value: object) => storable(JSON.stringify(value));
  return {
    ...(go !== undefined && { go: storable(go) }),
    ...(libraries && { libraries: json(libraries) }),
    ...(proofs && { proofs: json(proofs) }),
    ...(vulnerabilities && { vulnerabilities: json(vulnerabilities) }),
    ...(image !== undefined && { image }),
    ...(runner !== undefined && { runner: storable(runner) }),
  };
}

/** The columns that an attempt begins without. */
export const NO_FACTS = {
  runner: null,
  go: null,
  libraries: null,
  proofs: null,
  vulnerabilities: null,
  image: null,
} as const satisfies Partial<BuildRow>;

function toStep(row: BuildStepRow): BuildStepStatus {
  return {
    name: row.name,
    state: row.state,
    reason: row.reason ?? undefined,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    durationMs: row.duration_ms ?? undefined,
  };
}

export function toStepRow(
  build: string,
  step: BuildStepStatus,
  position: number,
): BuildStepRow {
  return {
    build,
    name: storable(step.name),
    position,
    state: step.state,
    reason: storable(step.reason),
    started_at: step.startedAt ?? null,
    ended_at: step.endedAt ?? null,
    duration_ms: step.durationMs ?? null,
  };
}
