import { realpath } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { validRange } from 'semver';
import { InputError, NotFoundError } from '@backstage/errors';
import { parseYaml, readTextFile, withoutControls } from '../yaml';

/**
 * What running a plugin takes of its `catalog-info.yaml`.
 *
 * @public
 */
export interface PluginDescription {
  /** The entity's name. */
  name: string;
  /** Absolute path of the plugin's folder. */
  directory: string;
  filterName: string;
  /** Semver range of the Envoys it claims to support. */
  envoy: string;
  /** Absolute path of the proof. */
  proofPath: string;
}

const API_VERSION = 'envoygo.dev/v1alpha1';
const KIND = 'envoygoplugin';
const RUNTIME = 'dynamic-module';
/** Of a field that is read here. */
const MAX_LENGTH = 1000;

/**
 * Reads a plugin's folder.
 *
 * @throws {@link @backstage/errors#NotFoundError} when it has no catalog-info.yaml
 * @throws {@link @backstage/errors#InputError} when that describes no plugin that can be
 * run here; the message names the field
 *
 * @public
 */
export async function readPlugin(path: string): Promise<PluginDescription> {
  const directory = resolve(path);
  const file = join(directory, 'catalog-info.yaml');
  const text = await readTextFile(file);
  if (text === undefined) {
    throw new NotFoundError(
      `There is no catalog-info.yaml in ${directory}; give the folder of a plugin`,
    );
  }
  const documents: unknown[] = parseYaml(text, file);
  const entity = documents.find(isPluginEntity);
  if (!entity) {
    throw new InputError(
      `${file} holds no entity of kind EnvoyGoPlugin (${API_VERSION})`,
    );
  }
  const read = (field: string, fallback?: string) =>
    readText(file, entity, field, fallback);
  const runtime = read('spec.runtime');
  if (runtime !== RUNTIME) {
    throw new InputError(
      `${file}: spec.runtime is ${runtime}; only ${RUNTIME} plugins run in a stock Envoy`,
    );
  }
  const envoy = read('spec.envoy', '*');
  if (validRange(envoy) === null) {
    throw new InputError(
      `${file}: spec.envoy is '${envoy}', which is no semver range such as '>=1.38'`,
    );
  }
  const proof = read('spec.proof', 'envoy-proof.yaml');
  const proofPath = resolve(directory, proof);
  if (isAbsolute(proof) || !(await isInside(directory, proofPath))) {
    throw new InputError(
      `${file}: spec.proof is '${proof}', which lies outside the plugin's folder`,
    );
  }
  return {
    name: read('metadata.name', basename(directory)),
    directory,
    filterName: read('spec.filterName'),
    envoy,
    proofPath,
  };
}

async function isInside(directory: string, path: string): Promise<boolean> {
  const real = await realpath(path).catch(() => undefined);
  const pairs = [
    [directory, path],
    // Links lead elsewhere than they seem to
    ...(real === undefined ? [] : [[await realpath(directory), real]]),
  ];
  return pairs.every(
    ([from, to]) => !`${relative(from, to)}/`.startsWith('../'),
  );
}

function isPluginEntity(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) &&
    value.apiVersion === API_VERSION &&
    typeof value.kind === 'string' &&
    value.kind.toLocaleLowerCase('en-US') === KIND
  );
}

function readText(
  file: string,
  entity: Record<string, unknown>,
  field: string,
  fallback: string | undefined,
): string {
  const value = field
    .split('.')
    .reduce<unknown>(
      (parent, key) => (isRecord(parent) ? parent[key] : undefined),
      entity,
    );
  if (value === undefined && fallback !== undefined) {
    return fallback;
  }
  if (
    typeof value !== 'string' ||
    !value ||
    value.length > MAX_LENGTH ||
    withoutControls(value) !== value
  ) {
    const found = JSON.stringify(value) ?? 'missing';
    throw new InputError(
      `${file}: ${field} is ${withoutControls(
        found.length > 100 ? `${found.slice(0, 97)}...` : found,
      )}, it must be a text${
        typeof value === 'string' && value
          ? ` of at most ${MAX_LENGTH} characters without control characters`
          : ''
      }`,
    );
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
