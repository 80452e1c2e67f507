import type {
  AuditQuery,
  AuditRecordList,
  DeliveryDetails,
  DeliveryList,
  DeliveryQuery,
  DeliveryReplayRequest,
  DeliveryReplayResult,
  GitHubBudget,
  NewOrganizationInvitation,
  OrganizationInvitation,
  OrganizationMemberList,
  OrganizationTeam,
  RecordVerification,
  WebhookHealth,
} from './administration';
import type { AsOf } from './types';

/**
 * Something that is done on GitHub in the name of whoever is signed in.
 *
 * @public
 */
export interface InOwnName {
  /** An access token of theirs, which the backend uses for this and does not keep. */
  gitHubToken: string;
}

/**
 * What administrators see and do. Every method throws `ResponseError` of
 * `@backstage/errors` when the backend answers with an error; for whoever is no
 * administrator that is always a `NotAllowedError`.
 *
 * @public
 */
export interface EnvoyGoPluginsAdministrationApi {
  /** `GET /admin/deliveries` */
  listDeliveries(query: DeliveryQuery): Promise<DeliveryList>;
  /** `GET /admin/deliveries/{deliveryId}` */
  getDelivery(deliveryId: string): Promise<DeliveryDetails>;
  /** `POST /admin/deliveries/replay` */
  replayDeliveries(
    request: DeliveryReplayRequest,
  ): Promise<DeliveryReplayResult>;
  /** `GET /admin/webhooks` */
  getWebhooks(): Promise<WebhookHealth[]>;
  /** `POST /admin/webhooks/reconcile`: compares GitHub's deliveries with ours now. */
  reconcileWebhooks(): Promise<WebhookHealth[]>;
  /** `GET /admin/github/budgets` */
  getGitHubBudgets(): Promise<GitHubBudget[]>;

  /** `GET /admin/members` */
  listMembers(query: {
    text?: string;
    role?: 'admin' | 'member';
    team?: string;
    offset?: number;
    limit?: number;
  }): Promise<AsOf<OrganizationMemberList>>;
  /** `PUT /admin/members/{login}` */
  setMemberRole(
    change: { login: string; role: 'admin' | 'member' } & InOwnName,
  ): Promise<void>;
  /** `DELETE /admin/members/{login}` */
  removeMember(change: { login: string } & InOwnName): Promise<void>;
  /** `GET /admin/invitations` */
  listInvitations(): Promise<AsOf<OrganizationInvitation[]>>;
  /** `POST /admin/invitations` */
  invite(
    change: NewOrganizationInvitation & InOwnName,
  ): Promise<OrganizationInvitation>;
  /** `DELETE /admin/invitations/{id}` */
  cancelInvitation(change: { id: number } & InOwnName): Promise<void>;
  /** `GET /admin/teams` */
  listTeams(): Promise<AsOf<OrganizationTeam[]>>;
  /** `PUT /admin/teams/{slug}/members/{login}` */
  setTeamMember(
    change: {
      slug: string;
      login: string;
      role: 'maintainer' | 'member';
    } & InOwnName,
  ): Promise<void>;
  /** `DELETE /admin/teams/{slug}/members/{login}` */
  removeTeamMember(
    change: { slug: string; login: string } & InOwnName,
  ): Promise<void>;

  /** `GET /admin/record` */
  listRecord(query: AuditQuery): Promise<AuditRecordList>;
  /**
   * `GET /admin/record/export`: all that matches, oldest first, as lines of JSON (which
   * can be verified, where nothing is left out) or as a table.
   */
  exportRecord(
    query: Omit<AuditQuery, 'offset' | 'limit'> & { format: 'jsonl' | 'csv' },
  ): Promise<string>;
  /** `GET /admin/record/verification` */
  verifyRecord(): Promise<RecordVerification>;
}
