import { InputError, stringifyError } from '@backstage/errors';
import type { JsonObject, JsonValue } from '@backstage/types';
import addFormats, { type FormatName } from 'ajv-formats';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { checkConfigSchema } from './checkConfigSchema';
import { describeAjvError } from './describeAjvError';
import { CONFIG_LIMITS, checkDocumentLimits } from './documentLimits';
import { fieldProblem, type FieldProblem } from './FieldProblem';
import type { FieldPath } from './fieldPath';
import { linearRegExp } from './linearRegExp';
import { allSubschemasOf } from './schemaKeywords';

const STEP = 'envoy-go-plugins-step';

/**
 * Says what is wrong with a configuration: all of it, with the place of each field, below
 * `base`. No problems: the schema accepts it.
 *
 * @public
 */
export type ConfigValidator = (
  value: JsonValue | undefined,
  base?: FieldPath,
) => FieldProblem[];

class TooManySteps extends Error {}

/**
 * A copy of a schema that counts: each reference that is followed is a step. Without a
 * reference, work is bounded by the sizes of schema and value; with them it could double at
 * every level.
 */
function counted(schema: JsonObject): JsonObject {
  const {
    $schema: _schema,
    $id: _id,
    ...root
  }: JsonObject = JSON.parse(JSON.stringify(schema));
  for (const inner of allSubschemasOf(root)) {
    if (typeof inner.schema.$ref === 'string') {
      inner.schema[STEP] = true;
    }
  }
  return root;
}

function withoutRepetition(problems: FieldProblem[]): FieldProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ path, message }) => {
    const key = `${path} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/**
 * The formats of JSON Schema 2020-12 of which a check is quick for any text; others are
 * taken for remarks, as JSON Schema has it.
 */
const FORMATS: FormatName[] = [
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'json-pointer',
  'regex',
  'relative-json-pointer',
  'time',
  'uri',
  'uri-reference',
  'uri-template',
  'uuid',
];

/**
 * Compiles the JSON Schema of a plugin's configuration. Takes its time: compile once,
 * validate often.
 *
 * @throws InputError when the schema has problems; `checkConfigSchema` says which
 * @public
 */
export function createConfigValidator(schema: JsonObject): ConfigValidator {
  const problems = checkConfigSchema(schema);
  if (problems.length > 0) {
    throw new InputError(
      `The configuration's schema is broken: ${problems
        .map(({ path, message }) => `${path || 'it'} ${message}`)
        .join('; ')}`,
    );
  }
  return compileConfigSchema(schema);
}

/**
 * Compiles a schema without problems, see `createConfigValidator`.
 *
 * @throws InputError when it cannot be compiled all the same
 */
export function compileConfigSchema(schema: JsonObject): ConfigValidator {
  let steps = 0;
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    verbose: true,
    ownProperties: true,
    inlineRefs: false,
    validateSchema: false,
    logger: false,
    code: { regExp: linearRegExp },
  });
  addFormats(ajv, FORMATS);
  ajv.addKeyword({
    keyword: STEP,
    before: '$ref',
    schema: false,
    errors: false,
    validate: () => {
      steps += 1;
      if (steps > CONFIG_LIMITS.steps) {
        throw new TooManySteps();
      }
      return true;
    },
  });
  let validate: ValidateFunction;
  try {
    validate = ajv.compile(counted(schema));
  } catch (error) {
    throw new InputError(
      `The configuration's schema cannot be compiled: ${stringifyError(error)}`,
    );
  }
  return (value, base = []) => {
    const unfit = checkDocumentLimits(
      value,
      { length: CONFIG_LIMITS.valueLength, depth: CONFIG_LIMITS.depth },
      base,
    );
    if (unfit) {
      return [unfit];
    }
    steps = 0;
    try {
      validate(value);
    } catch (error) {
      if (error instanceof TooManySteps || error instanceof RangeError) {
        return [
          fieldProblem(
            base,
            `takes more than ${CONFIG_LIMITS.steps} references of its schema to validate; make the schema simpler`,
          ),
        ];
      }
      throw error;
    }
    return withoutRepetition(
      (validate.errors ?? []).flatMap(
        error => describeAjvError(error, value, base) ?? [],
      ),
    );
  };
}
