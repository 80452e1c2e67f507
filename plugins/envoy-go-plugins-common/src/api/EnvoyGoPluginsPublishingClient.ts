import { BackendRequests } from './BackendRequests';
import type { InOwnName } from './EnvoyGoPluginsAdministrationApi';
import type { EnvoyGoPluginsPublishingApi } from './EnvoyGoPluginsPublishingApi';
import type {
  NewPublishDecision,
  PublishCandidateList,
  PublishRequest,
  PublishRequestList,
  PublishRequestQuery,
} from './publishing';

/**
 * Talks to the publishing part of the Envoy Go Plugins backend; made like
 * `EnvoyGoPluginsClient`.
 *
 * @public
 */
export class EnvoyGoPluginsPublishingClient
  implements EnvoyGoPluginsPublishingApi
{
  readonly #backend: BackendRequests;

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi: { fetch: typeof fetch };
  }) {
    this.#backend = new BackendRequests(options);
  }

  async listPublishCandidates({
    gitHubToken,
  }: InOwnName): Promise<PublishCandidateList> {
    return this.#backend.send('GET', '/publishing/candidates', { gitHubToken });
  }

  async createPublishRequest({
    gitHubToken,
    repositoryUrl,
  }: { repositoryUrl: string } & InOwnName): Promise<PublishRequest> {
    return this.#backend.send('POST', '/publishing/requests', {
      body: { repositoryUrl },
      gitHubToken,
    });
  }

  async listPublishRequests(
    query: PublishRequestQuery,
  ): Promise<PublishRequestList> {
    const { text: q, ...rest } = query;
    return this.#backend.get('/publishing/requests', { q, ...rest });
  }

  async getPublishRequest(id: string): Promise<PublishRequest> {
    return this.#backend.get(requestPath(id));
  }

  async checkPublishRequest(id: string): Promise<PublishRequest> {
    return this.#backend.send('POST', `${requestPath(id)}/check`);
  }

  async addPublishBot({
    id,
    gitHubToken,
  }: { id: string } & InOwnName): Promise<PublishRequest> {
    return this.#backend.send('POST', `${requestPath(id)}/bot`, {
      gitHubToken,
    });
  }

  async submitPublishRequest({
    id,
    ...body
  }: {
    id: string;
    text?: string;
    agreedTo: string;
  }): Promise<PublishRequest> {
    return this.#backend.send('POST', `${requestPath(id)}/submit`, { body });
  }

  async handOverPublishRequest({
    id,
    gitHubToken,
  }: { id: string } & InOwnName): Promise<PublishRequest> {
    return this.#backend.send('POST', `${requestPath(id)}/hand-over`, {
      gitHubToken,
    });
  }

  async withdrawPublishRequest({
    id,
    ...body
  }: {
    id: string;
    text?: string;
  }): Promise<PublishRequest> {
    return this.#backend.send('POST', `${requestPath(id)}/withdraw`, { body });
  }

  async commentOnPublishRequest({
    id,
    ...body
  }: {
    id: string;
    text: string;
  }): Promise<PublishRequest> {
    return this.#backend.send('POST', `${requestPath(id)}/comments`, { body });
  }

  async listReviews(query: PublishRequestQuery): Promise<PublishRequestList> {
    const { text: q, ...rest } = query;
    return this.#backend.get('/admin/publishing/requests', { q, ...rest });
  }

  async decidePublishRequest({
    id,
    ...body
  }: { id: string } & NewPublishDecision): Promise<PublishRequest> {
    return this.#backend.send('POST', `/admin${requestPath(id)}/decisions`, {
      body,
    });
  }

  async retryPublishing({ id }: { id: string }): Promise<PublishRequest> {
    return this.#backend.send('POST', `/admin${requestPath(id)}/retry`);
  }

  async abortPublishing({
    id,
    ...body
  }: {
    id: string;
    text: string;
  }): Promise<PublishRequest> {
    return this.#backend.send('POST', `/admin${requestPath(id)}/abort`, {
      body,
    });
  }
}

function requestPath(id: string): string {
  return `/publishing/requests/${encodeURIComponent(id)}`;
}
