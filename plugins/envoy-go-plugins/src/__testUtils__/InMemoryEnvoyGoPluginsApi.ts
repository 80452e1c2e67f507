import { NotFoundError } from '@backstage/errors';
import type {
  AsOf,
  EnvoyGoPluginsApi,
  InOwnName,
  PluginActivity,
  PluginDetails,
  PluginDiscussion,
  PluginFacet,
  PluginList,
  PluginLocator,
  PluginQuery,
  PluginReadme,
  PluginRelease,
  PluginSource,
  PluginSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** A plugin with all that GitHub says of it. */
export interface InMemoryPlugin {
  details: PluginDetails;
  readme?: PluginReadme;
  /** READMEs as they were, by the tag of the release. */
  releaseReadmes?: Record<string, PluginReadme>;
  releases?: PluginRelease[];
  discussions?: PluginDiscussion[];
  source?: PluginSource;
  activity?: PluginActivity[];
  /** Whether the reader starred it, as far as that is known. */
  starred?: boolean;
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
  /** The name of every method called so far, in order. */
  readonly calls: string[] = [];
  /** Every token of the reader's that came so far. */
  readonly tokens: string[] = [];
  readonly #plugins: InMemoryPlugin[];
  readonly #asOf: string;
  #gate: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  constructor(options: { plugins: InMemoryPlugin[]; asOf?: string }) {
    this.#plugins = [...options.plugins];
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

  /** Changes what is known of a plugin, as a delivery from GitHub does. */
  change(
    locator: PluginLocator,
    apply: (plugin: InMemoryPlugin) => InMemoryPlugin,
  ): void {
    const index = this.#indexOf(locator);
    this.#plugins[index] = apply(this.#plugins[index]);
  }

  /** Registers another plugin. */
  add(plugin: InMemoryPlugin): void {
    this.#plugins.push(plugin);
  }

  async listPlugins(query: PluginQuery): Promise<PluginList> {
    this.calls.push('listPlugins');
    this.queries.push(query);
    await this.#ready();
    const all = this.#plugins.map(plugin => plugin.details);
    const withText = all.filter(
      plugin => !query.text || matchesText(plugin, query.text),
    );
    const found = withText.filter(plugin => !query.verified || plugin.verified);
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
      verifiedItems: withText.filter(
        plugin => plugin.verified && matchesAll(plugin),
      ).length,
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
    return (await this.#find('getPlugin', locator)).details;
  }

  async getReadme(
    locator: PluginLocator,
    options?: { release?: string },
  ): Promise<AsOf<PluginReadme | undefined>> {
    const plugin = await this.#find('getReadme', locator);
    return this.#answer(
      plugin,
      options?.release
        ? plugin.releaseReadmes?.[options.release]
        : plugin.readme,
    );
  }

  async getReleases(locator: PluginLocator): Promise<AsOf<PluginRelease[]>> {
    const plugin = await this.#find('getReleases', locator);
    return this.#answer(plugin, plugin.releases ?? []);
  }

  async getDiscussions(
    locator: PluginLocator,
  ): Promise<AsOf<PluginDiscussion[]>> {
    const plugin = await this.#find('getDiscussions', locator);
    return this.#answer(plugin, plugin.discussions ?? []);
  }

  async getSource(locator: PluginLocator): Promise<AsOf<PluginSource>> {
    const plugin = await this.#find('getSource', locator);
    return this.#answer(
      plugin,
      plugin.source ?? {
        defaultBranch: 'main',
        branches: [],
        tags: [],
        contributors: [],
      },
    );
  }

  async getActivity(locator: PluginLocator): Promise<PluginActivity[]> {
    return (await this.#find('getActivity', locator)).activity ?? [];
  }

  async isStarred(locator: PluginLocator): Promise<boolean | undefined> {
    return (await this.#find('isStarred', locator)).starred;
  }

  async setStarred(
    locator: PluginLocator & InOwnName & { starred: boolean },
  ): Promise<void> {
    const { gitHubToken, starred } = locator;
    await this.#find('setStarred', locator);
    this.tokens.push(gitHubToken);
    this.change(locator, plugin => ({ ...plugin, starred }));
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

  async #find(call: string, locator: PluginLocator): Promise<InMemoryPlugin> {
    this.calls.push(call);
    await this.#ready();
    return this.#plugins[this.#indexOf(locator)];
  }

  #indexOf(locator: PluginLocator): number {
    const index = this.#plugins.findIndex(
      ({ details }) =>
        details.namespace === locator.namespace &&
        details.name === locator.name,
    );
    if (index === -1) {
      throw new NotFoundError(
        `The marketplace has no plugin ${locator.namespace}/${locator.name}`,
      );
    }
    return index;
  }
}
