import { NotFoundError } from '@backstage/errors';
import type {
  PublishDecisionKind,
  PublishRequestState,
  PublishTimelineEntry,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { AuditRecordStore } from '../../audit';
import {
  type PublishRequestRow,
  type PublishTimelineRow,
  storable,
} from '../publishRow';
import { FINAL_STATES } from '../PublishTransition';
import type {
  Discussion,
  DiscussionPlace,
  DiscussionStore,
  IssueComment,
  LeasedDiscussion,
  PendingMessage,
} from './DiscussionStore';

const DISCUSSIONS = 'publish_discussions';
const OUTBOX = 'publish_discussion_outbox';
const COMMENTS = 'publish_discussion_comments';
const PLACES = 'publish_discussion_places';
const REQUESTS = 'publish_requests';
const TIMELINE = 'publish_timeline';

/** What the timeline says of a comment that is gone. */
const DELETED = '*This comment was deleted on GitHub.*';

/** What notices have in place of an entry of the timeline. */
const NO_ENTRY = 0;

const NO_LEASE = { lease_owner: null, lease_until: null };

interface DiscussionRow {
  request: string;
  host: string;
  repository_id: number | string | null;
  issue_number: number | string | null;
  shown_state: PublishRequestState | null;
  opening_at: string | null;
  ended_because: string | null;
  error: string | null;
  claims: number;
  failures: number;
  lease_owner: string | null;
  lease_until: string | null;
  next_attempt_at: string | null;
  looked_at: string | null;
}

interface OutboxRow {
  id: number | string;
  request: string;
  key: string;
  text: string | null;
  posting_at: string | null;
  comment_id: number | string | null;
  done: boolean;
}

interface CommentRow {
  host: string;
  comment_id: number | string;
  request: string;
  entry_id: number | string;
  origin: 'portal' | 'github';
  updated_at: string;
  deleted: boolean;
}

interface PlaceRow {
  host: string;
  repository_id: number | string;
  owner: string;
  name: string;
  seen_until: string;
}

/** Keeps what was told where in the plugin's own database, SQLite or PostgreSQL. */
export class DatabaseDiscussionStore implements DiscussionStore {
  readonly #db: Knex;
  readonly #isPostgres: boolean;
  readonly #recordIn: (transaction: Knex) => AuditRecordStore;

  constructor(options: {
    /** With the plugin's migrations run. */
    db: Knex;
    /** The record, written within a transaction. */
    recordIn: (transaction: Knex) => AuditRecordStore;
  }) {
    this.#db = options.db;
    this.#isPostgres = options.db.client.config.client === 'pg';
    this.#recordIn = options.recordIn;
  }

  async claim(options: {
    owner: string;
    now: string;
    until: string;
  }): Promise<LeasedDiscussion | undefined> {
    const { owner, now, until } = options;
    return this.#db.transaction(async tx => {
      const rows = tx<DiscussionRow>(DISCUSSIONS)
        .where('next_attempt_at', '<=', now)
        .whereNull('ended_because')
        .andWhere(free =>
          free.whereNull('lease_until').orWhere('lease_until', '<', now),
        )
        .orderBy('next_attempt_at')
        .first('*');
      const row = await (this.#isPostgres
        ? rows.forUpdate().skipLocked()
        : rows);
      if (!row) {
        return undefined;
      }
      const claim = row.claims + 1;
      const taken = await tx<DiscussionRow>(DISCUSSIONS)
        .where({ request: row.request, claims: row.claims })
        .update({ claims: claim, lease_owner: owner, lease_until: until });
      return taken === 1
        ? { ...toDiscussion(row), lease: { owner, claim } }
        : undefined;
    });
  }

  async renew(discussion: LeasedDiscussion, until: string): Promise<boolean> {
    return this.#update(this.#db, discussion, { lease_until: until });
  }

  async noteOpening(
    discussion: LeasedDiscussion,
    at: string,
  ): Promise<boolean> {
    return this.#update(this.#db, discussion, { opening_at: at });
  }

  async noteIssue(
    discussion: LeasedDiscussion,
    issue: { repositoryId: number; number: number; url: string },
  ): Promise<boolean> {
    return this.#db.transaction(async tx => {
      // Before the discussion, as whoever writes into the timeline does
      await this.#lockRequest(tx, discussion.request);
      const mine = await this.#update(tx, discussion, {
        repository_id: issue.repositoryId,
        issue_number: issue.number,
        failures: 0,
        error: null,
      });
      if (mine) {
        await tx<PublishRequestRow>(REQUESTS)
          .where({ id: discussion.request })
          .update({ discussion_url: issue.url });
      }
      return mine;
    });
  }

  async listPending(requestId: string): Promise<PendingMessage[]> {
    const rows = await this.#db<OutboxRow>(OUTBOX)
      .where({ request: requestId, done: false })
      .orderBy('id');
    const entryIds = rows.flatMap(({ key }) => entryIdOf(key) ?? []);
    const entries = await this.#db<PublishTimelineRow>(TIMELINE).whereIn(
      'id',
      entryIds,
    );
    const byId = new Map(entries.map(entry => [Number(entry.id), entry]));
    return rows.map(row => {
      const entryId = entryIdOf(row.key);
      const entry = entryId === undefined ? undefined : byId.get(entryId);
      const decision: PublishDecisionKind | undefined =
        entry?.decision ?? undefined;
      const kind: PublishTimelineEntry['kind'] | 'notice' =
        entry?.kind ?? 'notice';
      return {
        id: Number(row.id),
        key: row.key,
        kind,
        decision,
        actor: entry?.actor ?? 'system',
        text: entry?.text ?? row.text ?? '',
        entryId,
        postingAt: row.posting_at ?? undefined,
      };
    });
  }

  async notePosting(message: PendingMessage, at: string): Promise<void> {
    await this.#db<OutboxRow>(OUTBOX)
      .where({ id: message.id })
      .update({ posting_at: at });
  }

  async notePosted(
    discussion: LeasedDiscussion,
    message: PendingMessage,
    comment: { id: number; url: string; updatedAt: string },
  ): Promise<boolean> {
    return this.#db.transaction(async tx => {
      const mine = await this.#update(tx, discussion, {
        failures: 0,
        error: null,
      });
      if (!mine) {
        return false;
      }
      await tx<OutboxRow>(OUTBOX)
        .where({ id: message.id })
        .update({ done: true, comment_id: comment.id });
      await tx<CommentRow>(COMMENTS)
        .insert({
          host: discussion.host,
          comment_id: comment.id,
          request: discussion.request,
          entry_id: message.entryId ?? NO_ENTRY,
          origin: 'portal',
          updated_at: comment.updatedAt,
          deleted: false,
        })
        .onConflict(['host', 'comment_id'])
        .ignore();
      if (message.entryId !== undefined) {
        await tx<PublishTimelineRow>(TIMELINE)
          .where({ id: message.entryId })
          .update({ url: comment.url });
      }
      return true;
    });
  }

  async noteState(
    discussion: LeasedDiscussion,
    state: PublishRequestState,
  ): Promise<boolean> {
    return this.#update(this.#db, discussion, { shown_state: state });
  }

  async release(discussion: LeasedDiscussion, at: string): Promise<boolean> {
    return this.#db.transaction(async tx => {
      const row = await this.#lock(tx, discussion.request);
      const request = await tx<PublishRequestRow>(REQUESTS)
        .where({ id: discussion.request })
        .first('state');
      const [pending] = await tx<OutboxRow>(OUTBOX)
        .where({ request: discussion.request, done: false })
        .limit(1);
      const hasMore =
        pending !== undefined || row?.shown_state !== request?.state;
      return this.#update(tx, discussion, {
        ...NO_LEASE,
        failures: 0,
        error: null,
        next_attempt_at: hasMore ? at : null,
      });
    });
  }

  async postpone(
    discussion: LeasedDiscussion,
    options: { until: string; error: string },
  ): Promise<boolean> {
    return this.#update(this.#db, discussion, {
      ...NO_LEASE,
      next_attempt_at: options.until,
      error: storable(options.error),
      failures: discussion.failures + 1,
    });
  }

  async end(requestId: string, because: string): Promise<void> {
    await this.#db.transaction(async tx => {
      await this.#lockRequest(tx, requestId);
      await tx<DiscussionRow>(DISCUSSIONS)
        .where({ request: requestId })
        .update({ ...NO_LEASE, ended_because: because, next_attempt_at: null });
      await tx<PublishRequestRow>(REQUESTS)
        .where({ id: requestId })
        .update({ discussion_url: null });
    });
  }

  async find(
    host: string,
    issue: { repositoryId: number; number: number },
  ): Promise<Discussion | undefined> {
    const row = await this.#db<DiscussionRow>(DISCUSSIONS)
      .where({
        host,
        repository_id: issue.repositoryId,
        issue_number: issue.number,
      })
      .whereNull('ended_because')
      .first();
    return row && toDiscussion(row);
  }

  async takeComment(
    discussion: Discussion,
    comment: IssueComment,
    at: string,
  ): Promise<'added' | 'changed' | 'known'> {
    const { host } = discussion;
    const key = { host, comment_id: comment.id };
    return this.#db.transaction(async tx => {
      const request = await this.#lockRequest(tx, discussion.request);
      const known = await tx<CommentRow>(COMMENTS).where(key).first();
      if (!known) {
        const entryId = await this.#addEntry(tx, request, comment, at);
        await tx<CommentRow>(COMMENTS).insert({
          ...key,
          request: request.id,
          entry_id: entryId,
          origin: 'github',
          updated_at: comment.updatedAt,
          deleted: false,
        });
        return 'added';
      }
      const entry = await tx<PublishTimelineRow>(TIMELINE)
        .where({ id: known.entry_id })
        .first();
      const isNews =
        known.origin === 'github' &&
        !known.deleted &&
        comment.updatedAt >= known.updated_at &&
        entry !== undefined &&
        entry.text !== storable(comment.text);
      if (!isNews) {
        return 'known';
      }
      await tx<PublishTimelineRow>(TIMELINE)
        .where({ id: known.entry_id })
        .update({ text: storable(comment.text) });
      await tx<CommentRow>(COMMENTS)
        .where(key)
        .update({ updated_at: comment.updatedAt });
      await this.#record(tx, request, 'comment-edited', {
        at,
        actor: comment.actor,
        message: comment.text,
        url: comment.url,
      });
      return 'changed';
    });
  }

  async dropComment(
    host: string,
    commentId: number,
    at: string,
  ): Promise<string | undefined> {
    const key = { host, comment_id: commentId };
    return this.#db.transaction(async tx => {
      const [found] = await tx<CommentRow>(COMMENTS).where(key);
      if (!found) {
        return undefined;
      }
      const request = await this.#lockRequest(tx, found.request);
      const dropped = await tx<CommentRow>(COMMENTS)
        .where({ ...key, deleted: false })
        .update({ deleted: true });
      if (dropped === 0) {
        return undefined;
      }
      await tx<PublishTimelineRow>(TIMELINE)
        .where({ id: found.entry_id })
        .update({
          url: null,
          // What was written in the portal stays there
          ...(found.origin === 'github' && { text: DELETED }),
        });
      await this.#record(tx, request, 'comment-deleted', {
        at,
        actor: 'system',
        message: 'A comment was deleted on GitHub',
      });
      return found.request;
    });
  }

  async addNotice(
    requestId: string,
    notice: { key: string; text: string },
    at: string,
  ): Promise<void> {
    await this.#db.transaction(async tx => {
      await tx<OutboxRow>(OUTBOX)
        .insert({
          request: requestId,
          key: notice.key,
          text: storable(notice.text),
          done: false,
        })
        .onConflict(['request', 'key'])
        .ignore();
      await tx<DiscussionRow>(DISCUSSIONS)
        .where({ request: requestId })
        .whereNull('ended_because')
        .update({ shown_state: null, next_attempt_at: at });
    });
  }

  async addPlace(place: DiscussionPlace): Promise<void> {
    const { host, repositoryId, owner, name, seenUntil } = place;
    await this.#db<PlaceRow>(PLACES)
      .insert({
        host,
        repository_id: repositoryId,
        owner,
        name,
        seen_until: seenUntil,
      })
      .onConflict(['host', 'repository_id'])
      .merge(['owner', 'name']);
  }

  async listPlaces(): Promise<DiscussionPlace[]> {
    const rows = await this.#db<PlaceRow>(PLACES).orderBy([
      'host',
      'repository_id',
    ]);
    return rows.map(row => ({
      host: row.host,
      repositoryId: Number(row.repository_id),
      owner: row.owner,
      name: row.name,
      seenUntil: row.seen_until,
    }));
  }

  async noteSeen(place: DiscussionPlace, until: string): Promise<void> {
    await this.#db<PlaceRow>(PLACES)
      .where({ host: place.host, repository_id: place.repositoryId })
      .andWhere('seen_until', '<', until)
      .update({ seen_until: until });
  }

  async listToCompare(
    limit: number,
  ): Promise<{ discussion: Discussion; commentIds: number[] }[]> {
    const rows = await this.#db<DiscussionRow>(DISCUSSIONS)
      .join(REQUESTS, `${REQUESTS}.id`, `${DISCUSSIONS}.request`)
      .whereNotIn(`${REQUESTS}.state`, FINAL_STATES)
      .whereNotNull('issue_number')
      .whereNull('ended_because')
      .orderByRaw('case when looked_at is null then 0 else 1 end')
      .orderBy('looked_at')
      .limit(limit)
      .select<DiscussionRow[]>(`${DISCUSSIONS}.*`);
    const comments = await this.#db<CommentRow>(COMMENTS)
      .whereIn(
        'request',
        rows.map(({ request }) => request),
      )
      .andWhere({ deleted: false });
    return rows.map(row => ({
      discussion: toDiscussion(row),
      commentIds: comments
        .filter(({ request }) => request === row.request)
        .map(({ comment_id: id }) => Number(id)),
    }));
  }

  async noteCompared(requestId: string, at: string): Promise<void> {
    await this.#db<DiscussionRow>(DISCUSSIONS)
      .where({ request: requestId })
      .update({ looked_at: at });
  }

  async #addEntry(
    tx: Knex,
    request: PublishRequestRow,
    comment: IssueComment,
    at: string,
  ): Promise<number> {
    const [{ id }] = await tx<PublishTimelineRow>(TIMELINE)
      .insert({
        request: request.id,
        at: comment.createdAt,
        actor: comment.actor,
        kind: 'comment',
        text: storable(comment.text),
        state: null,
        decision: null,
        url: comment.url,
      })
      .returning('id');
    await tx<PublishRequestRow>(REQUESTS)
      .where({ id: request.id })
      .update({ updated_at: at });
    await this.#record(tx, request, 'comment', {
      at,
      actor: comment.actor,
      message: comment.text,
      url: comment.url,
    });
    return Number(id);
  }

  async #record(
    tx: Knex,
    request: PublishRequestRow,
    what: string,
    told: { at: string; actor: string; message: string; url?: string },
  ): Promise<void> {
    const { at, actor, message, url } = told;
    await this.#recordIn(tx).add({
      at,
      actor,
      action: `publishing.${what}`,
      subject: request.repository,
      outcome: 'succeeded',
      message,
      details: { request: request.id, ...(url !== undefined && { url }) },
    });
  }

  /** For the rest of the transaction. */
  async #lockRequest(tx: Knex, id: string): Promise<PublishRequestRow> {
    const rows = tx<PublishRequestRow>(REQUESTS).where({ id }).first();
    const row = await (this.#isPostgres ? rows.forUpdate() : rows);
    if (!row) {
      throw new NotFoundError(`There is no request ${id} to publish a plugin`);
    }
    return row;
  }

  async #lock(tx: Knex, request: string): Promise<DiscussionRow | undefined> {
    const rows = tx<DiscussionRow>(DISCUSSIONS).where({ request }).first();
    return this.#isPostgres ? rows.forUpdate() : rows;
  }

  async #update(
    db: Knex,
    discussion: LeasedDiscussion,
    changes: Partial<DiscussionRow>,
  ): Promise<boolean> {
    const changed = await db<DiscussionRow>(DISCUSSIONS)
      .where({
        request: discussion.request,
        lease_owner: discussion.lease.owner,
        claims: discussion.lease.claim,
      })
      .update(changes);
    return changed === 1;
  }
}

function entryIdOf(key: string): number | undefined {
  const [kind, id] = key.split(':');
  return kind === 'entry' ? Number(id) : undefined;
}

function toDiscussion(row: DiscussionRow): Discussion {
  return {
    request: row.request,
    host: row.host,
    ...(row.repository_id !== null &&
      row.issue_number !== null && {
        issue: {
          repositoryId: Number(row.repository_id),
          number: Number(row.issue_number),
        },
      }),
    shownState: row.shown_state ?? undefined,
    openingAt: row.opening_at ?? undefined,
    failures: row.failures,
  };
}
