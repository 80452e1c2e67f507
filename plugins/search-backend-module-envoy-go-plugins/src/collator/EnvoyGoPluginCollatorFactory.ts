import type { AuthService } from '@backstage/backend-plugin-api';
import {
  getCompoundEntityRef,
  parseEntityRef,
  RELATION_OWNED_BY,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type {
  DocumentCollatorFactory,
  IndexableDocument,
} from '@backstage/plugin-search-common';
import {
  ENVOY_GO_PLUGIN_DOCUMENT_TYPE,
  ENVOY_GO_PLUGIN_KIND,
  isEnvoyGoPluginEntity,
  type EnvoyGoPluginDocument,
  type EnvoyGoPluginEntity,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { Readable } from 'node:stream';

/**
 * Reads all plugins from the catalog, a batch at a time, for the search index. A person
 * finds those that they may see in the catalog.
 *
 * @public
 */
export class EnvoyGoPluginCollatorFactory implements DocumentCollatorFactory {
  readonly type = ENVOY_GO_PLUGIN_DOCUMENT_TYPE;
  readonly visibilityPermission = catalogEntityReadPermission;
  readonly #auth: AuthService;
  readonly #catalog: CatalogService;
  readonly #batchSize: number;
  readonly #locationTemplate: string;

  constructor(options: {
    auth: AuthService;
    catalog: CatalogService;
    /** How many plugins to read at once. */
    batchSize: number;
    /** The path of a plugin's page, with `:namespace`, `:kind` and `:name` in it. */
    locationTemplate: string;
  }) {
    this.#auth = options.auth;
    this.#catalog = options.catalog;
    this.#batchSize = options.batchSize;
    this.#locationTemplate = options.locationTemplate;
  }

  async getCollator(): Promise<Readable> {
    return Readable.from(this.#documents());
  }

  async *#documents(): AsyncGenerator<
    EnvoyGoPluginDocument & IndexableDocument
  > {
    const batches = this.#catalog.streamEntities(
      {
        filter: { kind: ENVOY_GO_PLUGIN_KIND },
        pageSize: this.#batchSize,
      },
      { credentials: await this.#auth.getOwnServiceCredentials() },
    );
    for await (const batch of batches) {
      for (const entity of batch.filter(isEnvoyGoPluginEntity)) {
        yield this.#document(entity);
      }
    }
  }

  #document(
    entity: EnvoyGoPluginEntity,
  ): EnvoyGoPluginDocument & IndexableDocument {
    const { title, description = '', tags = [] } = entity.metadata;
    const { category, filterName, lifecycle, runtime } = entity.spec;
    const { kind, namespace, name } = getCompoundEntityRef(entity);
    const owner = ownerOf(entity);
    return {
      title: title ?? name,
      text: [
        description,
        name,
        filterName,
        category,
        runtime,
        lifecycle,
        parseEntityRef(owner).name,
        ...tags,
      ]
        .filter(word => word !== '')
        .join('\n'),
      location: this.#locationTemplate
        .replace(':namespace', () => encodeURIComponent(namespace))
        .replace(':kind', () => encodeURIComponent(kind))
        .replace(':name', () => encodeURIComponent(name))
        .toLocaleLowerCase('en-US'),
      namespace,
      name,
      description,
      tags,
      category,
      runtime,
      lifecycle,
      owner,
      filterName,
      authorization: { resourceRef: stringifyEntityRef(entity) },
    };
  }
}

/** As the catalog understood it; as it was written where the catalog has not yet related it. */
function ownerOf(entity: EnvoyGoPluginEntity): string {
  const relation = entity.relations?.find(
    ({ type }) => type === RELATION_OWNED_BY,
  );
  return (
    relation?.targetRef ??
    stringifyEntityRef(
      parseEntityRef(entity.spec.owner, {
        defaultKind: 'Group',
        defaultNamespace: entity.metadata.namespace,
      }),
    )
  );
}
