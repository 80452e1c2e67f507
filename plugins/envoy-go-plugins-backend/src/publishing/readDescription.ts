import type { Entity } from '@backstage/catalog-model';
import {
  type EnvoyGoPluginEntity,
  isEnvoyGoPluginEntity,
  validateEnvoyGoPluginEntity,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PublishSource } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { parseAllDocuments } from 'yaml';

const PATH = 'catalog-info.yaml';

/** A description that is longer is none, in bytes. */
const LONGEST = 256 * 1024;

/** What a repository says of its plugin. */
export interface ReadDescription {
  text?: string;
  /** The plugin's entity, whether it is valid or not. */
  entity?: Entity;
  /** Why there is none, in a sentence. */
  problem?: string;
}

/** Reads `catalog-info.yaml` at a commit. */
export async function readDescription(
  source: PublishSource,
): Promise<ReadDescription> {
  const file = source.files.find(({ path }) => path === PATH);
  if (file && file.size > LONGEST) {
    return { problem: `${PATH} has more than ${LONGEST} bytes.` };
  }
  const content = await source.read(PATH);
  if (content === undefined) {
    return {
      problem: `There is no ${PATH} at the root of the repository; it describes the plugin.`,
    };
  }
  const text = content.toString('utf8');
  const documents = parseAllDocuments(text, { logLevel: 'error' });
  if (!Array.isArray(documents)) {
    return { text, problem: `${PATH} is empty.` };
  }
  const [broken] = documents.flatMap(({ errors }) => errors);
  if (broken) {
    return {
      text,
      problem: `${PATH} is no YAML: ${broken.message.split('\n')[0]}`,
    };
  }
  let values: unknown[];
  try {
    values = documents.map(document => document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    return { text, problem: `${PATH} cannot be read: ${error}` };
  }
  const entities = values.filter(isEntity).filter(isEnvoyGoPluginEntity);
  if (entities.length !== 1) {
    return {
      text,
      problem: `${PATH} describes ${entities.length} plugins (kind EnvoyGoPlugin of envoygo.dev/v1alpha1); exactly one is published at a time.`,
    };
  }
  return { text, entity: entities[0] };
}

/** The plugin's description, where it is valid. */
export function validDescription({
  entity,
}: ReadDescription): EnvoyGoPluginEntity | undefined {
  return entity &&
    isEnvoyGoPluginEntity(entity) &&
    validateEnvoyGoPluginEntity(entity).length === 0
    ? entity
    : undefined;
}

function isEntity(value: unknown): value is Entity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'apiVersion' in value &&
    typeof value.apiVersion === 'string' &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    'metadata' in value &&
    typeof value.metadata === 'object' &&
    value.metadata !== null &&
    'name' in value.metadata &&
    typeof value.metadata.name === 'string'
  );
}
