import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import type {
  AsOf,
  EnvoyGoPluginEntity,
  PluginDetails,
  PluginDiscussion,
  PluginList,
  PluginLocator,
  PluginQuery,
  PluginReadme,
  PluginRelease,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { MarketplaceService } from './MarketplaceService';
import type { PluginFacts } from './PluginFacts';
import type { PluginStore } from './PluginStore';

/** Answers from the read model and from what is known of GitHub. */
export class DefaultMarketplaceService implements MarketplaceService {
  readonly #store: PluginStore;
  readonly #facts: PluginFacts;

  constructor(options: { store: PluginStore; facts: PluginFacts }) {
    this.#store = options.store;
    this.#facts = options.facts;
  }

  async listPlugins(query: PluginQuery): Promise<PluginList> {
    return this.#store.listPlugins({
      ...query,
      owner: query.owner?.map(toOwnerRef),
    });
  }

  async getPlugin(plugin: PluginLocator): Promise<PluginDetails> {
    const { summary, entity } = await this.#find(plugin);
    const repository = await this.#facts.findRepository(entity);
    return { ...summary, entity, repository };
  }

  async getReadme(
    plugin: PluginLocator,
  ): Promise<AsOf<PluginReadme | undefined>> {
    return this.#facts.getReadme(await this.#findEntity(plugin));
  }

  async getReleases(plugin: PluginLocator): Promise<AsOf<PluginRelease[]>> {
    return this.#facts.getReleases(await this.#findEntity(plugin));
  }

  async getDiscussions(
    plugin: PluginLocator,
  ): Promise<AsOf<PluginDiscussion[]>> {
    return this.#facts.getDiscussions(await this.#findEntity(plugin));
  }

  async #findEntity(plugin: PluginLocator): Promise<EnvoyGoPluginEntity> {
    return (await this.#find(plugin)).entity;
  }

  async #find(plugin: PluginLocator) {
    // No entity has a NUL in its name, and PostgreSQL would not even look for one
    const found = /\0/.test(plugin.namespace + plugin.name)
      ? undefined
      : await this.#store.getPlugin(plugin);
    if (!found) {
      throw new NotFoundError(
        `The marketplace holds no plugin "${plugin.namespace}/${plugin.name}"; a plugin appears a few seconds after the catalog has taken it in`,
      );
    }
    return found;
  }
}

function toOwnerRef(owner: string): string {
  try {
    if (owner.includes('\0')) {
      throw new InputError('NUL');
    }
    return stringifyEntityRef(
      parseEntityRef(owner, {
        defaultKind: 'Group',
        defaultNamespace: 'default',
      }),
    );
  } catch {
    throw new InputError(
      `Query parameter "owner": found "${owner}", allowed is an entity ref such as "group:default/gateway"`,
    );
  }
}
