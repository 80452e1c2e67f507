import { NotFoundError } from '@backstage/errors';
import type {
  AsOf,
  EnvoyGoPluginsApi,
  PluginDetails,
  PluginDiscussion,
  PluginFacet,
  PluginList,
  PluginLocator,
  PluginQuery,
  PluginReadme,
  PluginRelease,
  PluginSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** A plugin with all that GitHub says of it. */
export interface InMemoryPlugin {
  details: PluginDetails;
  readme?: PluginReadme;
  releases?: PluginRelease[];
  discussions?: PluginDiscussion[];
  staleReason?: string;
}

const FACETS: PluginFacet[] = [
  'category',
  'runtime',
  'lifecycle',
  'owner',
  'envoy',
];

function valuesOf(plugin: PluginSummary, facet: PluginFacet): string[] {
  return facet === 'envoy' ? plugin.envoyVersions : [plugin[facet]];
}

function matchesText(plugin: PluginSummary, text: string): boolean {
  const haystack = [
    plugin.name,
    plugin.title,
    plugin.description ?? '',
    plugin.category,
    plugin.filterName,
    ...plugin.tags,
  ]
    .join('\n')
    .toLocaleLowerCase('en-US');
  return text
    .toLocaleLowerCase('en-US')
    .split(/\s+/)
    .every(word => haystack.includes(word));
}

function matchesFacet(
  plugin: PluginSummary,
  facet: PluginFacet,
  wanted: string[] = [],
): boolean {
  if (wanted.length === 0) {
    return facet !== 'lifecycle' || plugin.lifecycle !== 'deprecated';
  }
  return valuesOf(plugin, facet).some(value => wanted.includes(value));
}

const byName = (a: PluginSummary, b: PluginSummary) =>
  a.title.localeCompare(b.title);

const SORTS = {
  name: byName,
  stars: (a: PluginSummary, b: PluginSummary) =>
    (b.stars ?? -1) - (a.stars ?? -1) || byName(a, b),
  released: (a: PluginSummary, b: PluginSummary) =>
    (b.latestRelease?.publishedAt ?? '').localeCompare(
      a.latestRelease?.publishedAt ?? '',
    ) || byName(a, b),
};

/**
 * The marketplace in memory: it filters, counts, sorts and pages as the backend does. For tests and for looking at the
 * pages without a backend.
 */
export class InMemoryEnvoyGoPluginsApi implements EnvoyGoPluginsApi {
  /** Every question asked so far. */
  readonly queries: PluginQuery[] = [];
  readonly #plugins: InMemoryPlugin[];
  readonly #asOf: string;
  #gate: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  constructor(options: { plugins: InMemoryPlugin[]; asOf?: string }) {
    this.#plugins = options.plugins;
    this.#asOf = options.asOf ?? '2026-11-22T12:00:00Z';
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

  async listPlugins(query: PluginQuery): Promise<PluginList> {
    this.queries.push(query);
    await this.#ready();
    const all = this.#plugins.map(plugin => plugin.details);
    const found = all.filter(
      plugin => !query.text || matchesText(plugin, query.text),
    );
    const matchesAll = (plugin: PluginSummary, except?: PluginFacet) =>
      FACETS.every(
        facet => facet === except || matchesFacet(plugin, facet, query[facet]),
      );

    const count = (facet: PluginFacet) => {
      const counts = new Map<string, number>();
      for (const plugin of found.filter(one => matchesAll(one, facet))) {
        for (const value of valuesOf(plugin, facet)) {
          counts.set(value, (counts.get(value) ?? 0) + 1);
        }
      }
      return [...counts].map(([value, number]) => ({ value, count: number }));
    };

    const items = found
      .filter(plugin => matchesAll(plugin))
      .sort(SORTS[query.sort ?? 'name']);
    const offset = query.offset ?? 0;
    return {
      items: items.slice(offset, offset + (query.limit ?? 24)),
      totalItems: items.length,
      marketplaceItems: all.length,
      facets: {
        category: count('category'),
        runtime: count('runtime'),
        lifecycle: count('lifecycle'),
        owner: count('owner'),
        envoy: count('envoy'),
      },
    };
  }

  async getPlugin(locator: PluginLocator): Promise<PluginDetails> {
    return (await this.#find(locator)).details;
  }

  async getReadme(
    locator: PluginLocator,
  ): Promise<AsOf<PluginReadme | undefined>> {
    const plugin = await this.#find(locator);
    return this.#answer(plugin, plugin.readme);
  }

  async getReleases(locator: PluginLocator): Promise<AsOf<PluginRelease[]>> {
    const plugin = await this.#find(locator);
    return this.#answer(plugin, plugin.releases ?? []);
  }

  async getDiscussions(
    locator: PluginLocator,
  ): Promise<AsOf<PluginDiscussion[]>> {
    const plugin = await this.#find(locator);
    return this.#answer(plugin, plugin.discussions ?? []);
  }

  #answer<T>(plugin: InMemoryPlugin, value: T): AsOf<T> {
    return { value, asOf: this.#asOf, staleReason: plugin.staleReason };
  }

  async #ready(): Promise<void> {
    await this.#gate;
    if (this.#failure) {
      throw this.#failure;
    }
  }

  async #find(locator: PluginLocator): Promise<InMemoryPlugin> {
    await this.#ready();
    const plugin = this.#plugins.find(
      ({ details }) =>
        details.namespace === locator.namespace &&
        details.name === locator.name,
    );
    if (!plugin) {
      throw new NotFoundError(
        `The marketplace has no plugin ${locator.namespace}/${locator.name}`,
      );
    }
    return plugin;
  }
}
