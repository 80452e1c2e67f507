import { parseEntityRef } from '@backstage/catalog-model';
import { NotFoundError } from '@backstage/errors';
import type {
  PluginLocator,
  PluginSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PluginStore, RepositoryStore } from '../../marketplace';
import { createAtomFeed, type AtomEntry } from './createAtomFeed';
import { createBadge } from './createBadge';
import type { StoredVersion } from './StoredVersion';
import type { VersionStore } from './VersionStore';

/** How many versions a feed has. */
const FEED_LENGTH = 50;

/** So many versions are looked at at once for those that everybody may see. */
const BATCH = 100;

/** So many are looked at for one feed. */
const MOST = 1_000;

/**
 * What is told to everybody, without signing in, of plugins whose repositories everybody may
 * see: badges and feeds. Of others nothing is told, not even that they exist.
 */
export class PublicVersions {
  readonly #plugins: PluginStore;
  readonly #repositories: RepositoryStore;
  readonly #versions: VersionStore;
  readonly #appUrl: string;
  readonly #apiUrl: () => Promise<string>;

  constructor(options: {
    plugins: PluginStore;
    repositories: RepositoryStore;
    versions: VersionStore;
    /** Of the portal. */
    appUrl: string;
    /** Of the plugin's own API, as others reach it. */
    apiUrl: () => Promise<string>;
  }) {
    this.#plugins = options.plugins;
    this.#repositories = options.repositories;
    this.#versions = options.versions;
    this.#appUrl = options.appUrl.replace(/\/+$/, '');
    this.#apiUrl = options.apiUrl;
  }

  /** @throws NotFoundError when there is no such plugin that everybody may see */
  async badge(plugin: PluginLocator): Promise<string> {
    return createBadge(await this.#find(plugin));
  }

  /** New versions of all plugins, as an Atom feed. */
  async feed(): Promise<string> {
    const entries: AtomEntry[] = [];
    for (
      let offset = 0;
      offset < MOST && entries.length < FEED_LENGTH;
      offset += BATCH
    ) {
      const versions = await this.#versions.listLatest({
        offset,
        limit: BATCH,
      });
      for (const version of versions) {
        entries.push(...(await this.#entriesOf(version)));
      }
      if (versions.length < BATCH) {
        break;
      }
    }
    const apiUrl = await this.#apiUrl();
    return createAtomFeed({
      id: `${apiUrl}/feed.atom`,
      title: 'New versions of Envoy Go plugins',
      selfUrl: `${apiUrl}/feed.atom`,
      pageUrl: `${this.#appUrl}/envoy-go-plugins`,
      entries: entries.slice(0, FEED_LENGTH),
    });
  }

  /**
   * New versions of one plugin, as an Atom feed.
   *
   * @throws NotFoundError when there is no such plugin that everybody may see
   */
  async feedOf(plugin: PluginLocator): Promise<string> {
    const summary = await this.#find(plugin);
    const { repository } =
      (await this.#repositories.findLink(summary.entityRef)) ?? {};
    const versions = repository ? await this.#versions.list(repository) : [];
    const path = [summary.namespace, summary.name]
      .map(encodeURIComponent)
      .join('/');
    const selfUrl = `${await this.#apiUrl()}/plugins/${path}/feed.atom`;
    return createAtomFeed({
      id: selfUrl,
      title: `New versions of ${summary.title}`,
      selfUrl,
      pageUrl: this.#pageOf(summary),
      entries: versions
        .slice(0, FEED_LENGTH)
        .flatMap(version => this.#toEntry(version, summary)),
    });
  }

  async #find(plugin: PluginLocator): Promise<PluginSummary> {
    const found = /\0/.test(plugin.namespace + plugin.name)
      ? undefined
      : await this.#plugins.getPlugin(plugin);
    if (!found) {
      throw new NotFoundError(
        `There is no plugin "${plugin.namespace}/${plugin.name}" that everybody may see`,
      );
    }
    return found.summary;
  }

  async #entriesOf(version: StoredVersion): Promise<AtomEntry[]> {
    const refs = await this.#repositories.listPluginsOf(version.repository);
    const found = await Promise.all(
      refs.map(ref => {
        const { namespace, name } = parseEntityRef(ref);
        return this.#plugins.getPlugin({ namespace, name });
      }),
    );
    return found.flatMap(plugin =>
      plugin ? this.#toEntry(version, plugin.summary) : [],
    );
  }

  #toEntry(version: StoredVersion, plugin: PluginSummary): AtomEntry[] {
    const { pushedAt, yanked, state } = version;
    if (pushedAt === undefined || !['published', 'proven'].includes(state)) {
      return [];
    }
    const passed = version.proofs
      .filter(({ outcome }) => outcome === 'passed')
      .map(({ envoy }) => envoy);
    const { host, id } = version.repository;
    return [
      {
        id: `urn:envoy-go-plugins:${encodeURIComponent(host)}:${id}:${
          version.releaseId
        }:${version.commit}`,
        title: `${plugin.title} ${version.tag}${yanked ? ' (yanked)' : ''}`,
        url: `${this.#pageOf(plugin)}/versions`,
        updated: yanked && yanked.at > pushedAt ? yanked.at : pushedAt,
        author: plugin.owner,
        summary: [
          plugin.description,
          passed.length > 0 &&
            `Proven in Envoy ${[...new Set(passed)].join(', ')}.`,
          yanked && `Yanked: ${yanked.reason ?? 'no reason was given'}.`,
        ]
          .filter(Boolean)
          .join(' — '),
      },
    ];
  }

  #pageOf({ entityRef }: PluginSummary): string {
    const { kind, namespace, name } = parseEntityRef(entityRef);
    return `${this.#appUrl}/catalog/${[namespace, kind, name]
      .map(encodeURIComponent)
      .join('/')}`;
  }
}
