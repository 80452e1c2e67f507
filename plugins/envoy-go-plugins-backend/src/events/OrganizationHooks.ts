import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { GitHubDoor } from '../github';
import type { HookOwner } from './HookStore';

type OrganizationMethods = RestEndpointMethodTypes['orgs'];

/** A webhook, as GitHub describes it. */
export type Hook = OrganizationMethods['getWebhook']['response']['data'];

/** An attempt to deliver something. Several with the same `guid` are redeliveries. */
export type HookAttempt =
  OrganizationMethods['listWebhookDeliveries']['response']['data'][number];

/** An attempt, with what was sent. */
export type HookAttemptDetails =
  OrganizationMethods['getWebhookDelivery']['response']['data'];

/** What a webhook shall be like. */
export interface HookSettings {
  url: string;
  secret: string;
  events: string[];
}

/**
 * The webhooks of an organisation on GitHub; https://docs.github.com/rest/orgs/webhooks.
 * Needs the scope `admin:org_hook`, or of a GitHub App the permission `organization_hooks`.
 */
export class OrganizationHooks {
  readonly #door: Pick<GitHubDoor, 'asPortal'>;
  readonly #owner: HookOwner;

  constructor(options: { door: Pick<GitHubDoor, 'asPortal'> } & HookOwner) {
    this.#door = options.door;
    this.#owner = { host: options.host, organization: options.organization };
  }

  async list(signal?: AbortSignal): Promise<Hook[]> {
    const octokit = this.#octokit('sweep', signal);
    return octokit.paginate(octokit.rest.orgs.listWebhooks, {
      org: this.#owner.organization,
      per_page: 100,
    });
  }

  async create(settings: HookSettings, signal?: AbortSignal): Promise<Hook> {
    const { data } = await this.#octokit(
      'urgent',
      signal,
    ).rest.orgs.createWebhook({
      org: this.#owner.organization,
      name: 'web',
      active: true,
      events: settings.events,
      config: toConfig(settings),
    });
    return data;
  }

  /** A configuration replaces the one before, so all of it is sent. */
  async update(
    hookId: number,
    settings: HookSettings,
    signal?: AbortSignal,
  ): Promise<Hook> {
    const { data } = await this.#octokit(
      'urgent',
      signal,
    ).rest.orgs.updateWebhook({
      org: this.#owner.organization,
      hook_id: hookId,
      active: true,
      events: settings.events,
      config: toConfig(settings),
    });
    return data;
  }

  /** Has GitHub deliver a `ping`. */
  async ping(hookId: number, signal?: AbortSignal): Promise<void> {
    await this.#octokit('urgent', signal).rest.orgs.pingWebhook({
      org: this.#owner.organization,
      hook_id: hookId,
    });
  }

  /** The attempts since a time, newest first; GitHub keeps those of three days. */
  async listAttempts(
    hookId: number,
    since: Date,
    signal?: AbortSignal,
  ): Promise<HookAttempt[]> {
    const octokit = this.#octokit('sweep', signal);
    const attempts: HookAttempt[] = [];
    const isNew = ({ delivered_at: at }: HookAttempt) =>
      Date.parse(at) >= since.getTime();
    for await (const { data } of octokit.paginate.iterator(
      octokit.rest.orgs.listWebhookDeliveries,
      { org: this.#owner.organization, hook_id: hookId, per_page: 100 },
    )) {
      attempts.push(...data.filter(isNew));
      if (!data.every(isNew)) {
        break;
      }
    }
    return attempts;
  }

  async readAttempt(
    hookId: number,
    attemptId: number,
    signal?: AbortSignal,
  ): Promise<HookAttemptDetails> {
    const { data } = await this.#octokit(
      'urgent',
      signal,
    ).rest.orgs.getWebhookDelivery({
      org: this.#owner.organization,
      hook_id: hookId,
      delivery_id: attemptId,
    });
    return data;
  }

  async redeliver(
    hookId: number,
    attemptId: number,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#octokit('urgent', signal).rest.orgs.redeliverWebhookDelivery({
      org: this.#owner.organization,
      hook_id: hookId,
      delivery_id: attemptId,
    });
  }

  #octokit(lane: GitHubLane, signal?: AbortSignal) {
    const { host, organization } = this.#owner;
    return this.#door.asPortal({ host, owner: organization, lane, signal });
  }
}

function toConfig({ url, secret }: HookSettings) {
  return { url, secret, content_type: 'json', insecure_ssl: '0' };
}
