import {
  PUBLISH_STEPS,
  type PublishCheckException,
  type PublishCheckFinding,
  type PublishCheckOutcome,
  type PublishCheckResult,
  type PublishDecision,
  type PublishDecisionKind,
  type PublishRequestState,
  type PublishStep,
  type PublishStepId,
  type PublishTimelineEntry,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { StoredPublishRequest } from './PublishRequestStore';
import { STEP_TITLES } from './stepTitles';

export interface PublishRequestRow {
  id: string;
  state: PublishRequestState;
  host: string;
  repository_id: number | string;
  repository: string;
  repository_url: string;
  target: string;
  under_way: string | null;
  claims_target: string | null;
  branch: string;
  commit: string;
  name: string;
  title: string | null;
  description: string | null;
  description_text: string | null;
  previous_description_text: string | null;
  author: string;
  author_login: string;
  created_at: string;
  updated_at: string;
  submitted_at: string | null;
  search_text: string;
  discussion_url: string | null;
  plugin_namespace: string | null;
  plugin_name: string | null;
  handed_over_at: string | null;
  saga: string | null;
  claims: number;
  failures: number;
  lease_owner: string | null;
  lease_until: string | null;
  next_attempt_at: string | null;
}

export interface PublishCheckRow {
  request: string;
  check_id: string;
  position: number;
  title: string;
  outcome: PublishCheckOutcome | null;
  summary: string | null;
  looked_at: string | null;
  findings: string | null;
  finished_at: string | null;
  build_id: string | null;
}

export interface PublishDecisionRow {
  id: number | string;
  request: string;
  kind: PublishDecisionKind;
  by: string;
  at: string;
  text: string | null;
  commit: string;
  counts: boolean | number;
  exceptions: string;
}

export interface PublishTimelineRow {
  id: number | string;
  request: string;
  at: string;
  actor: string;
  kind: PublishTimelineEntry['kind'];
  text: string;
  state: PublishRequestState | null;
  decision: PublishDecisionKind | null;
  url: string | null;
}

export interface PublishStepRow {
  request: string;
  step_id: PublishStepId;
  position: number;
  state: PublishStep['state'];
  attempts: number;
  started_at: string | null;
  finished_at: string | null;
  error: string | null;
  next_attempt_at: string | null;
}

export interface PublishStepLogRow {
  id: number | string;
  request: string;
  step_id: PublishStepId;
  at: string;
  text: string;
}

/** PostgreSQL stores every character but this one. */
export function storable(text: string): string;
export function storable(text: string | undefined): string | null;
export function storable(text: string | undefined): string | null {
  return text === undefined ? null : text.replaceAll('\0', '\uFFFD');
}

export function toRequest(row: PublishRequestRow): StoredPublishRequest {
  return {
    id: row.id,
    state: row.state,
    host: row.host,
    repositoryId: Number(row.repository_id),
    repository: row.repository,
    repositoryUrl: row.repository_url,
    target: row.target,
    branch: row.branch,
    commit: row.commit,
    name: row.name,
    title: row.title ?? undefined,
    description: row.description ?? undefined,
    descriptionText: row.description_text ?? undefined,
    previousDescriptionText: row.previous_description_text ?? undefined,
    author: row.author,
    authorLogin: row.author_login,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    submittedAt: row.submitted_at ?? undefined,
    discussionUrl: row.discussion_url ?? undefined,
    ...(row.plugin_namespace !== null &&
      row.plugin_name !== null && {
        plugin: { namespace: row.plugin_namespace, name: row.plugin_name },
      }),
    handedOverAt: row.handed_over_at ?? undefined,
    saga: JSON.parse(row.saga ?? '{}'),
    failures: row.failures,
  };
}

/** @param exceptions - those that were made for it */
export function toCheckResult(
  row: PublishCheckRow,
  exceptions: PublishCheckException[],
): PublishCheckResult {
  const lookedAt: string[] | undefined =
    row.looked_at === null ? undefined : JSON.parse(row.looked_at);
  const findings: PublishCheckFinding[] | undefined =
    row.findings === null ? undefined : JSON.parse(row.findings);
  return {
    checkId: row.check_id,
    title: row.title,
    outcome: row.outcome ?? undefined,
    summary: row.summary ?? undefined,
    lookedAt,
    findings,
    finishedAt: row.finished_at ?? undefined,
    buildId: row.build_id ?? undefined,
    exception: exceptions.find(({ checkId }) => checkId === row.check_id),
  };
}

export function toDecision(row: PublishDecisionRow): PublishDecision {
  const { kind, by, at, text, commit, counts } = row;
  return { kind, by, at, text: text ?? undefined, commit, counts: !!counts };
}

export function toTimelineEntry(row: PublishTimelineRow): PublishTimelineEntry {
  return {
    id: String(row.id),
    at: row.at,
    actor: row.actor,
    kind: row.kind,
    text: row.text,
    state: row.state ?? undefined,
    decision: row.decision ?? undefined,
    url: row.url ?? undefined,
  };
}

export function toStep(
  row: PublishStepRow,
  log: PublishStepLogRow[],
): PublishStep {
  return {
    stepId: row.step_id,
    title: STEP_TITLES[row.step_id],
    state: row.state,
    attempts: row.attempts,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    error: row.error ?? undefined,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    log: log
      .filter(({ step_id: stepId }) => stepId === row.step_id)
      .map(({ at, text }) => ({ at, text })),
  };
}

/** The steps of a request that begins to be published. */
export function newStepRows(request: string): PublishStepRow[] {
  return PUBLISH_STEPS.map((stepId, position) => ({
    request,
    step_id: stepId,
    position,
    state: 'waiting',
    attempts: 0,
    started_at: null,
    finished_at: null,
    error: null,
    next_attempt_at: null,
  }));
}
