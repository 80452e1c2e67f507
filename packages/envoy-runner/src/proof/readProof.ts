import Ajv2020, { type ErrorObject } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { InputError, isError, NotFoundError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import {
  escapePointer,
  fieldPath,
  parseYaml,
  readTextFile,
  withoutControls,
} from '../yaml';
import type { EnvoyProof } from './EnvoyProof';
import schema from './envoyProof.schema.json';

/**
 * The JSON Schema (2020-12) of `envoy-proof.yaml`.
 *
 * @public
 */
export const envoyProofSchema: JsonObject = schema;

/** Problems that are told at once. */
const MAX_TOLD = 50;
const MAX_COMPARED = 1000;

const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  strict: true,
  // properties of if/then/else and dependentSchemas are declared beside them.
  strictRequired: false,
  strictTypes: false,
});
addFormats(ajv, ['regex']);
const validate = ajv.compile<EnvoyProof>(envoyProofSchema);

/**
 * Reads a proof from a file.
 *
 * @throws {@link @backstage/errors#NotFoundError} when there is no such file
 * @throws {@link @backstage/errors#InputError} when it is no valid proof; the message
 * names each field, what was found there and what is allowed
 *
 * @public
 */
export async function readProof(path: string): Promise<EnvoyProof> {
  const text = await readTextFile(path);
  if (text === undefined) {
    throw new NotFoundError(
      `There is no proof at ${withoutControls(
        path,
      )}; write one, or name another in spec.proof of catalog-info.yaml`,
    );
  }
  return parseProof(text, path);
}

/**
 * Reads a proof from YAML (or JSON) text.
 *
 * @param source - what to call the text in messages
 * @throws {@link @backstage/errors#InputError} when it is no valid proof
 *
 * @public
 */
export function parseProof(text: string, source: string): EnvoyProof {
  const [value = null, second] = parseYaml(text, source);
  if (second !== undefined) {
    throw new InputError(`${source} holds several documents; a proof is one`);
  }
  if (!validate(value)) {
    const problems = describeErrors(validate.errors ?? []);
    throw new InputError(
      `${source} is not a valid proof:\n${problems
        .map(problem => `  - ${withoutControls(problem)}`)
        .join('\n')}`,
    );
  }
  const names = value.cases.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new InputError(
      `${source} has two cases named '${twice}'; a name may be given once`,
    );
  }
  return value;
}

function describeErrors(all: ErrorObject[]): string[] {
  // Which of them tell something is found by comparing each with each.
  const errors = all.slice(0, MAX_COMPARED);
  // What a oneOf's branches say is noise beside what the oneOf itself says.
  const choices = errors
    .filter(error => error.keyword === 'oneOf')
    .map(error => error.schemaPath);
  const telling = errors.filter(
    error =>
      error.keyword !== 'if' &&
      (error.keyword !== 'propertyNames' ||
        !errors.some(other => other.propertyName !== undefined)) &&
      !choices.some(choice => error.schemaPath.startsWith(`${choice}/`)) &&
      !isBranchOfChoice(error, errors),
  );
  const told = new Set(telling.slice(0, MAX_TOLD).map(describeError));
  const untold = all.length - errors.length + telling.length - MAX_TOLD;
  return [...told, ...(untold > 0 ? [`and ${untold} more`] : [])];
}

// Through a $ref the path of a branch's error does not begin with that of its oneOf.
function isBranchOfChoice(error: ErrorObject, errors: ErrorObject[]): boolean {
  return errors.some(
    choice =>
      choice !== error &&
      choice.keyword === 'oneOf' &&
      (error.instancePath === choice.instancePath ||
        error.instancePath.startsWith(`${choice.instancePath}/`)) &&
      error.keyword !== 'oneOf',
  );
}

function describeError(error: ErrorObject): string {
  const where = fieldPath(error.instancePath);
  const found = `found ${abbreviate(error.data)}`;
  const title: unknown = error.parentSchema?.title;
  switch (error.keyword) {
    case 'additionalProperties':
      return `${fieldPath(
        `${error.instancePath}/${escapePointer(
          String(error.params.additionalProperty),
        )}`,
      )}: unknown field; allowed are ${Object.keys(
        error.parentSchema?.properties ?? {},
      ).join(', ')}`;
    case 'required':
      return `${where}: the field '${error.params.missingProperty}' is missing`;
    case 'const':
      return `${where}: ${found}, allowed is ${
        typeof title === 'string'
          ? title
          : JSON.stringify(error.params.allowedValue)
      }`;
    case 'type':
      return `${where}: ${found}, allowed is ${withArticle(
        String(error.params.type),
      )}`;
    case 'minProperties':
      return `${where}: ${found}, allowed are ${Object.keys(
        error.parentSchema?.properties ?? {},
      ).join(', ')}, at least one of them`;
    default:
      if (error.propertyName !== undefined) {
        return `${where}: found the name '${error.propertyName}', allowed are ${
          typeof title === 'string' ? title : error.message
        }`;
      }
      return (
        describeRegex(where, error.data) ??
        `${where}: ${found}, ${
          typeof title === 'string'
            ? `allowed is ${title}`
            : `it ${error.message}`
        }`
      );
  }
}

// That an expression is broken is more to the point than what else could be there.
function describeRegex(where: string, value: unknown): string | undefined {
  if (
    typeof value !== 'object' ||
    value === null ||
    !('matches' in value) ||
    typeof value.matches !== 'string'
  ) {
    return undefined;
  }
  try {
    RegExp(value.matches, 'u');
    return undefined;
  } catch (error) {
    return `${where}.matches: found ${abbreviate(
      value.matches,
    )}, which is no regular expression (${
      isError(error) ? error.message : error
    })`;
  }
}

function abbreviate(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function withArticle(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
