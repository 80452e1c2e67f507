import type {
  AsOf,
  AuditQuery,
  AuditRecord,
  AuditRecordList,
  DeliveryDetails,
  DeliveryList,
  DeliveryQuery,
  DeliveryReplayRequest,
  DeliveryReplayResult,
  EnvoyGoPluginsAdministrationApi,
  GitHubBudget,
  InOwnName,
  NewOrganizationInvitation,
  OrganizationInvitation,
  OrganizationMember,
  OrganizationMemberList,
  OrganizationTeam,
  RecordVerification,
  WebhookHealth,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ResponseError } from '@backstage/errors';

/** What administrators see, all of it. */
export interface AdministrationState {
  organization: string;
  deliveries: DeliveryDetails[];
  webhooks: WebhookHealth[];
  budgets: GitHubBudget[];
  members: Omit<OrganizationMember, 'teams'>[];
  teams: OrganizationTeam[];
  invitations: OrganizationInvitation[];
  record: AuditRecord[];
  verification: RecordVerification;
}

/** An answer of the backend that is an error. */
export function refusal(status: number, message: string) {
  return ResponseError.fromResponse(
    new Response(
      JSON.stringify({
        error: { name: 'Error', message },
        response: { statusCode: status },
      }),
      { status, headers: { 'content-type': 'application/json' } },
    ),
  );
}

function includes(text: string | undefined, values: (string | undefined)[]) {
  const wanted = text?.toLocaleLowerCase('en-US') ?? '';
  return values.join('\n').toLocaleLowerCase('en-US').includes(wanted);
}

function within(at: string, query: { from?: string; to?: string }) {
  const time = Date.parse(at);
  return (
    (!query.from || time >= Date.parse(query.from)) &&
    (!query.to || time < Date.parse(query.to))
  );
}

function oneOf<T>(wanted: T[] | undefined, value: T) {
  return !wanted || wanted.length === 0 || wanted.includes(value);
}

function countBy<T extends string>(values: T[]): Map<T, number> {
  const counts = new Map<T, number>();
  values.forEach(value => counts.set(value, (counts.get(value) ?? 0) + 1));
  return counts;
}

function pageOf<T>(items: T[], query: { offset?: number; limit?: number }) {
  const offset = query.offset ?? 0;
  return items.slice(offset, offset + (query.limit ?? 25));
}

/**
 * The administrators' part of the backend in memory: it filters, counts, pages and changes as the backend does. For
 * tests and for looking at the pages without a backend.
 */
export class InMemoryEnvoyGoPluginsAdministrationApi
  implements EnvoyGoPluginsAdministrationApi
{
  readonly state: AdministrationState;
  /** Every question for deliveries asked so far. */
  readonly deliveryQueries: DeliveryQuery[] = [];
  /** Every replay asked for so far. */
  readonly replays: DeliveryReplayRequest[] = [];
  /** The tokens that changes came with, oldest first. */
  readonly tokens: string[] = [];
  #gate: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #changeFailure: Error | undefined;

  constructor(state: AdministrationState) {
    this.state = state;
  }

  /** Holds every further answer back until the returned function is called. */
  hold(): () => void {
    let release = () => {};
    this.#gate = new Promise(resolve => {
      release = resolve;
    });
    return release;
  }

  /** Lets every further question fail, or with `undefined` succeed again. */
  failWith(error: Error | undefined): void {
    this.#failure = error;
  }

  /** Lets every further change be refused, or with `undefined` be done again. */
  refuseChangesWith(error: Error | undefined): void {
    this.#changeFailure = error;
  }

  async listDeliveries(query: DeliveryQuery): Promise<DeliveryList> {
    this.deliveryQueries.push(query);
    await this.#ready();
    const found = this.#find({ ...query, state: undefined, event: undefined });
    const items = this.#find(query);
    const states = countBy(
      found
        .filter(one => oneOf(query.event, one.event))
        .map(({ state }) => state),
    );
    const events = countBy(
      found
        .filter(one => oneOf(query.state, one.state))
        .map(({ event }) => event),
    );
    return {
      items: pageOf(items, query),
      totalItems: items.length,
      states: [...states].map(([state, count]) => ({ state, count })),
      events: [...events].map(([event, count]) => ({ event, count })),
    };
  }

  async getDelivery(deliveryId: string): Promise<DeliveryDetails> {
    await this.#ready();
    const delivery = this.state.deliveries.find(
      one => one.deliveryId === deliveryId,
    );
    if (!delivery) {
      throw await refusal(404, `There is no delivery ${deliveryId}`);
    }
    return delivery;
  }

  async replayDeliveries(
    request: DeliveryReplayRequest,
  ): Promise<DeliveryReplayResult> {
    this.replays.push(request);
    await this.#change();
    const chosen =
      'deliveryIds' in request
        ? this.state.deliveries.filter(one =>
            request.deliveryIds.includes(one.deliveryId),
          )
        : this.#find(request.query);
    const refused = chosen.filter(one => one.state === 'processing');
    for (const delivery of chosen) {
      if (delivery.state !== 'processing') {
        Object.assign(delivery, {
          state: 'received',
          attempts: 0,
          error: undefined,
        });
      }
    }
    return {
      replayed: chosen.length - refused.length,
      refused: refused.map(({ deliveryId }) => ({
        deliveryId,
        reason: 'it is being handled right now',
      })),
    };
  }

  async getWebhooks(): Promise<WebhookHealth[]> {
    await this.#ready();
    return this.state.webhooks;
  }

  async reconcileWebhooks(): Promise<WebhookHealth[]> {
    await this.#change();
    this.state.webhooks = this.state.webhooks.map(webhook => ({
      ...webhook,
      lastReconciledAt: new Date().toISOString(),
    }));
    return this.state.webhooks;
  }

  async getGitHubBudgets(): Promise<GitHubBudget[]> {
    await this.#ready();
    return this.state.budgets;
  }

  async listMembers(query: {
    text?: string;
    role?: 'admin' | 'member';
    team?: string;
    offset?: number;
    limit?: number;
  }): Promise<AsOf<OrganizationMemberList>> {
    await this.#ready();
    const items = this.state.members
      .map(member => ({ ...member, teams: this.#teamsOf(member.login) }))
      .filter(
        member =>
          includes(query.text, [member.login, member.name]) &&
          (!query.role || member.role === query.role) &&
          (!query.team || member.teams.some(({ slug }) => slug === query.team)),
      );
    return this.#answer({
      organization: this.state.organization,
      items: pageOf(items, query),
      totalItems: items.length,
    });
  }

  async setMemberRole(
    change: { login: string; role: 'admin' | 'member' } & InOwnName,
  ): Promise<void> {
    await this.#change(change);
    this.state.members = this.state.members.map(member =>
      member.login === change.login ? { ...member, role: change.role } : member,
    );
  }

  async removeMember(change: { login: string } & InOwnName): Promise<void> {
    await this.#change(change);
    this.state.members = this.state.members.filter(
      ({ login }) => login !== change.login,
    );
    this.state.teams = this.state.teams.map(team => ({
      ...team,
      members: team.members.filter(({ login }) => login !== change.login),
    }));
  }

  async listInvitations(): Promise<AsOf<OrganizationInvitation[]>> {
    await this.#ready();
    return this.#answer(this.state.invitations);
  }

  async invite(
    change: NewOrganizationInvitation & InOwnName,
  ): Promise<OrganizationInvitation> {
    await this.#change(change);
    const invitation: OrganizationInvitation = {
      id: this.state.invitations.length + 1_000,
      [change.invitee.includes('@') ? 'email' : 'login']: change.invitee,
      role: change.role,
      teams: change.teams ?? [],
      createdAt: new Date().toISOString(),
    };
    this.state.invitations = [...this.state.invitations, invitation];
    return invitation;
  }

  async cancelInvitation(change: { id: number } & InOwnName): Promise<void> {
    await this.#change(change);
    this.state.invitations = this.state.invitations.filter(
      ({ id }) => id !== change.id,
    );
  }

  async listTeams(): Promise<AsOf<OrganizationTeam[]>> {
    await this.#ready();
    return this.#answer(this.state.teams);
  }

  async setTeamMember(
    change: {
      slug: string;
      login: string;
      role: 'maintainer' | 'member';
    } & InOwnName,
  ): Promise<void> {
    await this.#change(change);
    const { slug, login, role } = change;
    this.state.teams = this.state.teams.map(team =>
      team.slug === slug
        ? {
            ...team,
            members: [
              ...team.members.filter(member => member.login !== login),
              { login, role },
            ],
          }
        : team,
    );
  }

  async removeTeamMember(
    change: { slug: string; login: string } & InOwnName,
  ): Promise<void> {
    await this.#change(change);
    this.state.teams = this.state.teams.map(team =>
      team.slug === change.slug
        ? {
            ...team,
            members: team.members.filter(({ login }) => login !== change.login),
          }
        : team,
    );
  }

  async exportRecord(
    query: Omit<AuditQuery, 'offset' | 'limit'> & { format: 'jsonl' | 'csv' },
  ): Promise<string> {
    await this.#ready();
    return this.#matching(query)
      .filter(record => oneOf(query.action, record.action))
      .map(record => `${JSON.stringify(record)}\n`)
      .reverse()
      .join('');
  }

  async verifyRecord(): Promise<RecordVerification> {
    await this.#ready();
    return this.state.verification;
  }

  async listRecord(query: AuditQuery): Promise<AuditRecordList> {
    await this.#ready();
    const found = this.#matching(query);
    const items = found.filter(record => oneOf(query.action, record.action));
    return {
      items: pageOf(items, query),
      totalItems: items.length,
      actions: [...countBy(found.map(({ action }) => action))].map(
        ([action, count]) => ({ action, count }),
      ),
    };
  }

  #matching(query: AuditQuery): AuditRecord[] {
    return this.state.record.filter(
      record =>
        includes(query.text, [record.message, record.actor, record.subject]) &&
        (!query.actor || record.actor === query.actor) &&
        within(record.at, query),
    );
  }

  #find(query: DeliveryQuery): DeliveryDetails[] {
    return this.state.deliveries.filter(
      one =>
        includes(query.text, [
          one.deliveryId,
          one.event,
          one.action,
          one.repository,
          one.error,
          one.body,
        ]) &&
        (!query.repository ||
          one.repository?.toLowerCase() === query.repository.toLowerCase()) &&
        oneOf(query.state, one.state) &&
        oneOf(query.event, one.event) &&
        within(one.receivedAt, query),
    );
  }

  #teamsOf(login: string) {
    return this.state.teams
      .filter(team => team.members.some(member => member.login === login))
      .map(({ slug, name }) => ({ slug, name }));
  }

  #answer<T>(value: T): AsOf<T> {
    return { value, asOf: new Date().toISOString() };
  }

  async #ready(): Promise<void> {
    await this.#gate;
    if (this.#failure) {
      throw this.#failure;
    }
  }

  async #change(ownName?: InOwnName): Promise<void> {
    await this.#gate;
    if (ownName) {
      this.tokens.push(ownName.gitHubToken);
    }
    if (this.#changeFailure) {
      throw this.#changeFailure;
    }
  }
}
