import type { AuthService } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { ENVOY_GO_PLUGIN_KIND } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { stringify } from 'yaml';
import type { TakenName, TakenNames } from './checks';
import type { PublishRequestStore } from './PublishRequestStore';
import { sameText } from './sameText';

/** The names of the plugins that the catalog has, and of requests that are under way. */
export class CatalogNames implements TakenNames {
  readonly #catalog: CatalogService;
  readonly #auth: AuthService;
  readonly #store: PublishRequestStore;

  constructor(options: {
    catalog: CatalogService;
    auth: AuthService;
    store: PublishRequestStore;
  }) {
    this.#catalog = options.catalog;
    this.#auth = options.auth;
    this.#store = options.store;
  }

  async list(of: {
    host: string;
    repositoryId: number;
    repository: string;
  }): Promise<TakenName[]> {
    const [{ items }, underWay] = await Promise.all([
      this.#catalog.getEntities(
        {
          filter: { kind: ENVOY_GO_PLUGIN_KIND },
          fields: ['metadata.name', 'metadata.annotations'],
        },
        { credentials: await this.#auth.getOwnServiceCredentials() },
      ),
      this.#store.namesUnderWay(of.host),
    ]);
    return [
      ...items
        .filter(entity => !sameText(slugOf(entity), of.repository))
        .map(entity => ({
          name: entity.metadata.name,
          by: slugOf(entity) || 'a plugin of the catalog',
        })),
      ...underWay
        .filter(({ repositoryId }) => repositoryId !== of.repositoryId)
        .map(({ name }) => ({ name, by: 'a request that is under way' })),
    ];
  }

  /** The description of the plugin that the catalog has by a name, as YAML. */
  async descriptionOf(name: string): Promise<string | undefined> {
    const entity = await this.#catalog.getEntityByRef(
      { kind: ENVOY_GO_PLUGIN_KIND, namespace: 'default', name },
      { credentials: await this.#auth.getOwnServiceCredentials() },
    );
    if (!entity) {
      return undefined;
    }
    const { apiVersion, kind, metadata, spec } = entity;
    const { title, description, tags, links } = metadata;
    return stringify({
      apiVersion,
      kind,
      metadata: { name: metadata.name, title, description, tags, links },
      spec,
    });
  }
}

function slugOf(entity: Entity): string {
  return entity.metadata.annotations?.['github.com/project-slug'] ?? '';
}
