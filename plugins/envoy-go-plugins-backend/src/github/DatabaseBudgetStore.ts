import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type {
  BudgetStore,
  BudgetUsage,
  CredentialPause,
  ObservedRateLimit,
  StoredCredential,
} from './BudgetStore';
import { mergeRateLimits } from './mergeRateLimits';

interface CredentialRow {
  id: string;
  host: string;
  label: string;
  kind: 'portal' | 'user';
  used_at: string;
  paused_from: string | null;
  paused_until: string | null;
  pause_reason: string | null;
}

interface BudgetRow {
  credential: string;
  resource: string;
  limit: number;
  remaining: number;
  reset_at: string;
  observed_at: string;
}

interface UsageRow {
  credential: string;
  resource: string;
  bucket_at: string;
  lane: GitHubLane;
  used: number;
  not_modified: number;
}

/** What the credentials may still ask, in the plugin's own database. */
export class DatabaseBudgetStore implements BudgetStore {
  readonly #db: Knex;

  /** @param db - with the plugin's migrations run */
  constructor(db: Knex) {
    this.#db = db;
  }

  read: BudgetStore['read'] = async id => {
    const credential = await this.#db<CredentialRow>('github_credentials')
      .where({ id })
      .first();
    if (!credential) {
      return undefined;
    }
    const rows = await this.#db<BudgetRow>('github_budgets').where({
      credential: id,
    });
    return {
      pause: pauseOf(credential),
      rateLimits: rows.map(rateLimitOf),
    };
  };

  write: BudgetStore['write'] = async ({
    credential,
    usedAt,
    rateLimits,
    usage,
  }) => {
    await this.#db.transaction(async tx => {
      await this.#touch(tx, credential, usedAt);
      for (const observed of rateLimits) {
        const { resource } = observed;
        const known = await tx<BudgetRow>('github_budgets')
          .where({ credential: credential.id, resource })
          .forUpdate()
          .first();
        const merged = known
          ? mergeRateLimits(rateLimitOf(known), observed)
          : observed;
        await tx<BudgetRow>('github_budgets')
          .insert({
            credential: credential.id,
            resource,
            limit: merged.limit,
            remaining: merged.remaining,
            reset_at: merged.resetAt.toISOString(),
            observed_at: merged.observedAt.toISOString(),
          })
          .onConflict(['credential', 'resource'])
          .merge();
      }
      for (const { resource, bucketAt, lane, used, notModified } of usage) {
        await tx<UsageRow>('github_usage')
          .insert({
            credential: credential.id,
            resource,
            bucket_at: bucketAt.toISOString(),
            lane,
            used,
            not_modified: notModified,
          })
          .onConflict(['credential', 'resource', 'bucket_at', 'lane'])
          .merge({
            used: tx.raw('github_usage.used + excluded.used'),
            not_modified: tx.raw(
              'github_usage.not_modified + excluded.not_modified',
            ),
          });
      }
    });
  };

  pause: BudgetStore['pause'] = async (credential, pause) => {
    const until = pause.until.toISOString();
    await this.#db.transaction(async tx => {
      await this.#touch(tx, credential, pause.from);
      await tx<CredentialRow>('github_credentials')
        .where({ id: credential.id })
        .andWhere(shorter =>
          shorter.whereNull('paused_until').orWhere('paused_until', '<', until),
        )
        .update({
          paused_from: pause.from.toISOString(),
          paused_until: until,
          pause_reason: pause.reason,
        });
    });
  };

  list: BudgetStore['list'] = async since => {
    const from = since.toISOString();
    const credentials = await this.#db<CredentialRow>('github_credentials')
      .where({ kind: 'portal' })
      .andWhere('used_at', '>=', from)
      .orderBy(['label', 'id']);
    const ids = credentials.map(({ id }) => id);
    const budgets = await this.#db<BudgetRow>('github_budgets')
      .whereIn('credential', ids)
      .orderBy('resource');
    const usage = await this.#db<UsageRow>('github_usage')
      .whereIn('credential', ids)
      .andWhere('bucket_at', '>=', from)
      .orderBy('bucket_at');
    return credentials.map(row => ({
      credential: credentialOf(row),
      rateLimits: budgets
        .filter(({ credential }) => credential === row.id)
        .map(rateLimitOf),
      usage: usage
        .filter(({ credential }) => credential === row.id)
        .map(usageOf),
    }));
  };

  deleteBefore: BudgetStore['deleteBefore'] = async time => {
    const before = time.toISOString();
    await this.#db<UsageRow>('github_usage')
      .where('bucket_at', '<', before)
      .delete();
    const old = this.#db<CredentialRow>('github_credentials')
      .where('used_at', '<', before)
      .select('id');
    for (const table of ['github_usage', 'github_budgets']) {
      await this.#db(table).whereIn('credential', old.clone()).delete();
    }
    await old.delete();
  };

  async #touch(
    tx: Knex,
    credential: Omit<StoredCredential, 'pause'>,
    usedAt: Date,
  ): Promise<void> {
    await tx<CredentialRow>('github_credentials')
      .insert({
        id: credential.id,
        host: credential.host,
        label: credential.label,
        kind: credential.kind,
        used_at: usedAt.toISOString(),
      })
      .onConflict('id')
      .merge(['label', 'used_at']);
  }
}

function pauseOf(row: CredentialRow): CredentialPause | undefined {
  return row.paused_from && row.paused_until
    ? {
        from: new Date(row.paused_from),
        until: new Date(row.paused_until),
        reason: row.pause_reason ?? '',
      }
    : undefined;
}

function credentialOf(row: CredentialRow): StoredCredential {
  const { id, host, label, kind } = row;
  return { id, host, label, kind, pause: pauseOf(row) };
}

function rateLimitOf(row: BudgetRow): ObservedRateLimit {
  return {
    resource: row.resource,
    limit: row.limit,
    remaining: row.remaining,
    resetAt: new Date(row.reset_at),
    observedAt: new Date(row.observed_at),
  };
}

function usageOf(row: UsageRow): BudgetUsage {
  return {
    resource: row.resource,
    bucketAt: new Date(row.bucket_at),
    lane: row.lane,
    used: row.used,
    notModified: row.not_modified,
  };
}
