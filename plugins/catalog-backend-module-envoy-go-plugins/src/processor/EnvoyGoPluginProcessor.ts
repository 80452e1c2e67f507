import {
  getCompoundEntityRef,
  parseEntityRef,
  RELATION_DEPENDENCY_OF,
  RELATION_DEPENDS_ON,
  RELATION_HAS_PART,
  RELATION_OWNED_BY,
  RELATION_OWNER_OF,
  RELATION_PART_OF,
  type Entity,
} from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import type { LocationSpec } from '@backstage/plugin-catalog-common';
import {
  processingResult,
  type CatalogProcessor,
  type CatalogProcessorCache,
  type CatalogProcessorEmit,
} from '@backstage/plugin-catalog-node';
import {
  ENVOY_GO_PLUGIN_KIND,
  RELATION_SUPERSEDED_BY,
  RELATION_SUPERSEDES,
  isEnvoyGoPluginEntity,
  parseEnvoyGoPluginEntity,
  type EnvoyGoPluginEntity,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { createHash } from 'node:crypto';
import { descriptionHash } from './descriptionHash';

const ANNOUNCED = 'announced';

/** The catalog looks at every entity every few minutes; most of them are as they were. */
const MOST_REMEMBERED = 20_000;

/**
 * Teaches the catalog the EnvoyGoPlugin kind: refuses broken descriptions with all that is
 * wrong with them, and relates plugins to their owners, systems, dependencies and successors.
 *
 * @public
 */
export class EnvoyGoPluginProcessor implements CatalogProcessor {
  readonly #onChange: ((entity: EnvoyGoPluginEntity) => void) | undefined;
  /** Hashes of descriptions that were read before: what was wrong with them, if anything. */
  readonly #read = new Map<string, InputError | undefined>();

  /**
   * @param options - `onChange` is told of each plugin that is new or differs from what it was
   */
  constructor(options?: { onChange?: (entity: EnvoyGoPluginEntity) => void }) {
    this.#onChange = options?.onChange;
  }

  getProcessorName(): string {
    return 'EnvoyGoPluginProcessor';
  }

  /**
   * @throws InputError that lists all that is wrong with the description of a plugin
   */
  async validateEntityKind(entity: Entity): Promise<boolean> {
    if (
      entity.kind.toLocaleLowerCase('en-US') !==
      ENVOY_GO_PLUGIN_KIND.toLocaleLowerCase('en-US')
    ) {
      return false;
    }
    const error = this.#validate(entity);
    if (error) {
      throw error;
    }
    return true;
  }

  async postProcessEntity(
    entity: Entity,
    _location: LocationSpec,
    emit: CatalogProcessorEmit,
    cache: CatalogProcessorCache,
  ): Promise<Entity> {
    if (!isEnvoyGoPluginEntity(entity)) {
      return entity;
    }
    emitRelations(entity, emit);
    const hash = descriptionHash(entity);
    if ((await cache.get<string>(ANNOUNCED)) !== hash) {
      this.#onChange?.(entity);
      await cache.set(ANNOUNCED, hash);
    }
    return entity;
  }

  #validate(entity: Entity): InputError | undefined {
    const key = createHash('sha256')
      .update(JSON.stringify(entity))
      .digest('base64');
    if (this.#read.has(key)) {
      return this.#read.get(key);
    }
    let refusal: InputError | undefined;
    try {
      parseEnvoyGoPluginEntity(entity);
    } catch (error) {
      if (!(error instanceof InputError)) {
        throw error;
      }
      refusal = error;
    }
    if (this.#read.size >= MOST_REMEMBERED) {
      this.#read.clear();
    }
    this.#read.set(key, refusal);
    return refusal;
  }
}

/** Emits each relation in both directions, as the catalog does for its own kinds. */
function emitRelations(
  entity: EnvoyGoPluginEntity,
  emit: CatalogProcessorEmit,
): void {
  const self = getCompoundEntityRef(entity);
  const relate = (
    targets: string[],
    defaultKind: string | undefined,
    forward: string,
    backward: string,
  ) => {
    for (const text of targets) {
      const target = parseEntityRef(text, {
        defaultKind,
        defaultNamespace: self.namespace,
      });
      emit(processingResult.relation({ source: self, type: forward, target }));
      emit(
        processingResult.relation({
          source: target,
          type: backward,
          target: self,
        }),
      );
    }
  };
  const { owner, system, dependsOn, deprecation } = entity.spec;
  relate([owner], 'Group', RELATION_OWNED_BY, RELATION_OWNER_OF);
  relate(system ? [system] : [], 'System', RELATION_PART_OF, RELATION_HAS_PART);
  relate(
    dependsOn ?? [],
    undefined,
    RELATION_DEPENDS_ON,
    RELATION_DEPENDENCY_OF,
  );
  relate(
    deprecation?.successor ? [deprecation.successor] : [],
    ENVOY_GO_PLUGIN_KIND,
    RELATION_SUPERSEDED_BY,
    RELATION_SUPERSEDES,
  );
}
