import { BackendRequests } from './BackendRequests';
import type {
  EnvoyGoPluginsAdministrationApi,
  InOwnName,
} from './EnvoyGoPluginsAdministrationApi';
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
 * Talks to the administrators' part of the Envoy Go Plugins backend; made like
 * `EnvoyGoPluginsClient`.
 *
 * @public
 */
export class EnvoyGoPluginsAdministrationClient
  implements EnvoyGoPluginsAdministrationApi
{
  readonly #backend: BackendRequests;

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi: { fetch: typeof fetch };
  }) {
    this.#backend = new BackendRequests(options);
  }

  async listDeliveries(query: DeliveryQuery): Promise<DeliveryList> {
    const { text: q, ...rest } = query;
    return this.#backend.get('/admin/deliveries', { q, ...rest });
  }

  async getDelivery(deliveryId: string): Promise<DeliveryDetails> {
    return this.#backend.get(
      `/admin/deliveries/${encodeURIComponent(deliveryId)}`,
    );
  }

  async replayDeliveries(
    request: DeliveryReplayRequest,
  ): Promise<DeliveryReplayResult> {
    return this.#backend.send('POST', '/admin/deliveries/replay', {
      body: request,
    });
  }

  async getWebhooks(): Promise<WebhookHealth[]> {
    return this.#backend.get('/admin/webhooks');
  }

  async reconcileWebhooks(): Promise<WebhookHealth[]> {
    return this.#backend.send('POST', '/admin/webhooks/reconcile');
  }

  async getGitHubBudgets(): Promise<GitHubBudget[]> {
    return this.#backend.get('/admin/github/budgets');
  }

  async listMembers(query: {
    text?: string;
    role?: 'admin' | 'member';
    team?: string;
    offset?: number;
    limit?: number;
  }): Promise<AsOf<OrganizationMemberList>> {
    const { text: q, ...rest } = query;
    return this.#backend.get('/admin/members', { q, ...rest });
  }

  async setMemberRole({
    login,
    role,
    gitHubToken,
  }: { login: string; role: 'admin' | 'member' } & InOwnName): Promise<void> {
    await this.#backend.send('PUT', memberPath(login), {
      body: { role },
      gitHubToken,
    });
  }

  async removeMember({
    login,
    gitHubToken,
  }: { login: string } & InOwnName): Promise<void> {
    await this.#backend.send('DELETE', memberPath(login), { gitHubToken });
  }

  async listInvitations(): Promise<AsOf<OrganizationInvitation[]>> {
    return this.#backend.get('/admin/invitations');
  }

  async invite({
    gitHubToken,
    ...invitation
  }: NewOrganizationInvitation & InOwnName): Promise<OrganizationInvitation> {
    return this.#backend.send('POST', '/admin/invitations', {
      body: invitation,
      gitHubToken,
    });
  }

  async cancelInvitation({
    id,
    gitHubToken,
  }: { id: number } & InOwnName): Promise<void> {
    await this.#backend.send('DELETE', `/admin/invitations/${id}`, {
      gitHubToken,
    });
  }

  async listTeams(): Promise<AsOf<OrganizationTeam[]>> {
    return this.#backend.get('/admin/teams');
  }

  async setTeamMember({
    slug,
    login,
    role,
    gitHubToken,
  }: {
    slug: string;
    login: string;
    role: 'maintainer' | 'member';
  } & InOwnName): Promise<void> {
    await this.#backend.send('PUT', teamMemberPath(slug, login), {
      body: { role },
      gitHubToken,
    });
  }

  async removeTeamMember({
    slug,
    login,
    gitHubToken,
  }: { slug: string; login: string } & InOwnName): Promise<void> {
    await this.#backend.send('DELETE', teamMemberPath(slug, login), {
      gitHubToken,
    });
  }

  async listRecord(query: AuditQuery): Promise<AuditRecordList> {
    const { text: q, ...rest } = query;
    return this.#backend.get('/admin/record', { q, ...rest });
  }

  async exportRecord(
    query: Omit<AuditQuery, 'offset' | 'limit'> & { format: 'jsonl' | 'csv' },
  ): Promise<string> {
    const { text: q, ...rest } = query;
    return this.#backend.getText('/admin/record/export', { q, ...rest });
  }

  async verifyRecord(): Promise<RecordVerification> {
    return this.#backend.get('/admin/record/verification');
  }
}

function memberPath(login: string): string {
  return `/admin/members/${encodeURIComponent(login)}`;
}

function teamMemberPath(slug: string, login: string): string {
  return `/admin/teams/${encodeURIComponent(slug)}/members/${encodeURIComponent(
    login,
  )}`;
}
