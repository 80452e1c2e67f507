import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import type {
  AsOf,
  PluginActivity,
  PluginDetails,
  PluginDiscussion,
  PluginList,
  PluginLocator,
  PluginQuery,
  PluginReadme,
  PluginRelease,
  PluginSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  MarketplaceOptions,
  MarketplaceService,
} from './MarketplaceService';
import type { PluginFacts } from './PluginFacts';
import type { PluginStore } from './PluginStore';
import type { PluginViewers } from './PluginViewers';

/** Answers from the read model and from what is known of GitHub. */
export class DefaultMarketplaceService implements MarketplaceService {
  readonly #store: PluginStore;
  readonly #facts: PluginFacts;
  readonly #viewers: PluginViewers;

  constructor(options: {
    store: PluginStore;
    facts: PluginFacts;
    viewers: PluginViewers;
  }) {
    this.#store = options.store;
    this.#facts = options.facts;
    this.#viewers = options.viewers;
  }

  async listPlugins(
    query: PluginQuery,
    { credentials }: MarketplaceOptions,
  ): Promise<PluginList> {
    return this.#store.listPlugins(
      { ...query, owner: query.owner?.map(toOwnerRef) },
      await this.#viewers.viewerOf(credentials),
    );
  }

  async getPlugin(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<PluginDetails> {
    const { summary, entity } = await this.#find(plugin, options);
    const repository = await this.#facts.findRepository(summary.entityRef);
    return { ...summary, entity, repository };
  }

  async getReadme(
    plugin: PluginLocator,
    options: MarketplaceOptions & { release?: string },
  ): Promise<AsOf<PluginReadme | undefined>> {
    return this.#facts.getReadme(await this.#findRef(plugin, options), {
      release: options.release,
    });
  }

  async getReleases(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginRelease[]>> {
    return this.#facts.getReleases(await this.#findRef(plugin, options));
  }

  async getDiscussions(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginDiscussion[]>> {
    return this.#facts.getDiscussions(await this.#findRef(plugin, options));
  }

  async getSource(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginSource>> {
    return this.#facts.getSource(await this.#findRef(plugin, options));
  }

  async getActivity(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<PluginActivity[]> {
    return this.#facts.getActivity(await this.#findRef(plugin, options));
  }

  async isStarred(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<boolean | undefined> {
    return this.#facts.isStarredBy(
      await this.#findRef(plugin, options),
      await this.#viewers.viewerOf(options.credentials),
    );
  }

  async #findRef(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<string> {
    return (await this.#find(plugin, options)).summary.entityRef;
  }

  async #find(plugin: PluginLocator, { credentials }: MarketplaceOptions) {
    // No entity has a NUL in its name, and PostgreSQL would not even look for one
    const found = /\0/.test(plugin.namespace + plugin.name)
      ? undefined
      : await this.#store.getPlugin(
          plugin,
          await this.#viewers.viewerOf(credentials),
        );
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
