/**
 * What becomes of a delivery: `received` and `failed` ones wait for a worker, the latter
 * until it is time for the next attempt; `dead` ones failed too often and wait for somebody
 * to look at them.
 *
 * @public
 */
export type DeliveryState =
  | 'received'
  | 'processing'
  | 'done'
  | 'ignored'
  | 'failed'
  | 'dead';

/**
 * What a webhook of GitHub delivered, as lists show it. Times are ISO 8601 in UTC.
 *
 * @public
 */
export interface DeliverySummary {
  /** GitHub's own; a redelivery has the same. */
  deliveryId: string;
  /** Such as `release`. */
  event: string;
  /** Such as `published`. */
  action?: string;
  /** `OWNER/NAME`, as it was then. */
  repository?: string;
  state: DeliveryState;
  /** How it came here: by itself, or fetched afterwards because it had been missed. */
  origin: 'webhook' | 'reconciler';
  /** Begun ones, since it was received or last replayed. */
  attempts: number;
  receivedAt: string;
  settledAt?: string;
  /** While it is `failed`. */
  nextAttemptAt?: string;
  /** Of the last attempt that failed. */
  error?: string;
}

/**
 * A delivery, with all there is to know about it.
 *
 * @public
 */
export interface DeliveryDetails extends DeliverySummary {
  hookId?: string;
  /** GitHub's own headers, their names in lower case; without the signature. */
  headers: Record<string, string>;
  /** The JSON, as GitHub sent it. */
  body: string;
  /** What it caused, in order: sentences such as "Read 3 releases of envoy-plugins/token-auth". */
  effects: { at: string; text: string; entityRef?: string }[];
}

/** @public */
export interface DeliveryQuery {
  /** Words that occur in the delivery id, event, action, repository, error or body. */
  text?: string;
  event?: string[];
  state?: DeliveryState[];
  /** `OWNER/NAME`; compared without regard to case. */
  repository?: string;
  /** ISO 8601: received then or later. */
  from?: string;
  /** ISO 8601: received before. */
  to?: string;
  offset?: number;
  /** 1 to 100. Default 25. */
  limit?: number;
}

/** @public */
export interface DeliveryList {
  /** Newest first. */
  items: DeliverySummary[];
  totalItems: number;
  /** How many there are in each state, whatever `state` of the query says. */
  states: { state: DeliveryState; count: number }[];
  /** The events that there are, and how many of each, whatever `event` of the query says. */
  events: { event: string; count: number }[];
}

/**
 * Which deliveries to handle anew: those that are named, or all that match a query.
 *
 * @public
 */
export type DeliveryReplayRequest =
  | { deliveryIds: string[] }
  | { query: Omit<DeliveryQuery, 'offset' | 'limit'> };

/** @public */
export interface DeliveryReplayResult {
  /** How many are handled anew. */
  replayed: number;
  /** Those that are not, and why, up to 100. */
  refused: { deliveryId: string; reason: string }[];
}

/**
 * How a webhook on GitHub fares. Times are ISO 8601 in UTC.
 *
 * @public
 */
export interface WebhookHealth {
  /** `github.com`, or the host of a GitHub Enterprise. */
  host: string;
  /** The organisation whose webhook it is. */
  organization: string;
  /** `undefined` where there is none, or it could not be found out. */
  hookId?: number;
  /** The page of the webhook's settings on GitHub. */
  url?: string;
  state: 'healthy' | 'degraded' | 'broken' | 'unknown';
  /** What is wrong and what to do, one sentence each; empty when it is healthy. */
  problems: {
    reason:
      | 'missing'
      | 'inactive'
      | 'wrong-address'
      | 'missing-events'
      | 'secret-mismatch'
      | 'unreachable'
      | 'failing'
      | 'silent'
      | 'not-allowed'
      | 'github-unavailable';
    message: string;
  }[];
  /** When something was last received from it, and what. */
  lastDelivery?: { at: string; event: string };
  /** When it was last found to deliver with a wrong signature. */
  lastMismatchAt?: string;
  /** When GitHub's deliveries were last compared with ours. */
  lastReconciledAt?: string;
  /** How many were found to be missing then. */
  lastReconcileFound?: number;
}

/**
 * What one credential of the portal may still ask GitHub.
 *
 * @public
 */
export interface GitHubBudget {
  /** Opaque, the same for the same credential; reveals nothing of it. */
  credential: string;
  /** For people: `GitHub App 12, installation on envoy-plugins`, `token of localhost:4010`. */
  label: string;
  host: string;
  /** What requests are counted under, such as `core`, `graphql`, `search`. */
  resource: string;
  limit: number;
  remaining: number;
  /** When counting starts anew; ISO 8601, UTC. */
  resetAt: string;
  /** When GitHub last said so; ISO 8601, UTC. */
  observedAt: string;
  /** Until when GitHub asked not to be asked; ISO 8601, UTC. */
  pausedUntil?: string;
  /** Why, in a sentence. */
  pauseReason?: string;
  /** Whether requests of a lane are let through now, and if not why. */
  lanes: { lane: GitHubLane; open: boolean; reason?: string }[];
  /** Requests (points for `graphql`) in five minutes each of the last 24 hours, oldest first; without those in which there were none. */
  history: {
    at: string;
    used: Record<GitHubLane, number>;
    notModified: number;
  }[];
}

/**
 * Who is served first when little is left: events and what administrators do, then
 * people's pages, then sweeps.
 *
 * @public
 */
export type GitHubLane = 'urgent' | 'page' | 'sweep';

/** @public */
export interface OrganizationMember {
  login: string;
  name?: string;
  avatarUrl: string;
  url: string;
  role: 'admin' | 'member';
  teams: { slug: string; name: string }[];
}

/** @public */
export interface OrganizationMemberList {
  organization: string;
  items: OrganizationMember[];
  totalItems: number;
}

/** @public */
export interface OrganizationTeam {
  slug: string;
  name: string;
  description?: string;
  url: string;
  /** Whether its members are the administrators. */
  administrators: boolean;
  members: { login: string; role: 'maintainer' | 'member' }[];
}

/** @public */
export interface OrganizationInvitation {
  id: number;
  login?: string;
  email?: string;
  role: 'admin' | 'member';
  teams: string[];
  inviter?: string;
  createdAt: string;
  /** GitHub could not deliver it, or it expired. */
  failedReason?: string;
}

/** @public */
export interface NewOrganizationInvitation {
  /** A login on GitHub, or an email address. */
  invitee: string;
  role: 'admin' | 'member';
  /** Slugs of teams. */
  teams?: string[];
}

/**
 * One thing that somebody or the portal did.
 *
 * @public
 */
export interface AuditRecord {
  id: string;
  /** ISO 8601, UTC. */
  at: string;
  /** Entity ref of who did it, or `system`. */
  actor: string;
  /** Such as `member.invite`, `delivery.replay`. */
  action: string;
  /** What it was done to: a login, a delivery id, an entity ref. */
  subject?: string;
  outcome: 'succeeded' | 'failed';
  /** A sentence for people. */
  message: string;
  /** More, as JSON; never a secret. */
  details?: AuditFacts;
  /** What was there, as far as it was changed. */
  before?: AuditFacts;
  /** What is there now. */
  after?: AuditFacts;
  /** Of the HTTP request, or the delivery, by which it was done. */
  requestId?: string;
  /** Its place in the record, from 1, without gaps. */
  number: number;
  /** Hash of the one before; zeros for the first. */
  previousHash: string;
  /** SHA-256 over all that it says and `previousHash`, in hex digits. */
  hash: string;
}

/** @public */
export type AuditFacts = Record<string, string | number | boolean | string[]>;

/**
 * Whether the record is as it was written.
 *
 * @public
 */
export interface RecordVerification {
  /** How many there are. */
  records: number;
  /** Of the last one. Who keeps it elsewhere can tell later that none before was changed. */
  hash: string;
  /** Up to 100. */
  problems: {
    /** Of the record at which it shows. */
    number?: number;
    kind: 'changed' | 'missing' | 'foreign';
    /** A sentence. */
    message: string;
  }[];
}

/** @public */
export interface AuditQuery {
  text?: string;
  actor?: string;
  action?: string[];
  from?: string;
  to?: string;
  offset?: number;
  /** 1 to 100. Default 25. */
  limit?: number;
}

/** @public */
export interface AuditRecordList {
  /** Newest first. */
  items: AuditRecord[];
  totalItems: number;
  actions: { action: string; count: number }[];
}
