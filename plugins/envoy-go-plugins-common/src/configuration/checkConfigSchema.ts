import { toError } from '@backstage/errors';
import type { JsonObject, JsonValue } from '@backstage/types';
import addFormats from 'ajv-formats';
import Ajv2020, { type ErrorObject } from 'ajv/dist/2020';
import { describeAjvError } from './describeAjvError';
import { CONFIG_LIMITS, checkDocumentLimits } from './documentLimits';
import { describeValue, fieldProblem, type FieldProblem } from './FieldProblem';
import { pointerOfFieldPath, type FieldPath } from './fieldPath';
import { compileRe2 } from './linearRegExp';
import {
  allSubschemasOf,
  isJsonObject,
  SCHEMA_KEYWORDS,
  subschemasOf,
} from './schemaKeywords';
import { SchemaReferences } from './schemaReferences';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const TYPES = [
  'array',
  'boolean',
  'integer',
  'null',
  'number',
  'object',
  'string',
];

let metaSchemaValidator: Ajv2020 | undefined;

function metaSchemaErrors(schema: JsonObject): ErrorObject[] {
  if (!metaSchemaValidator) {
    metaSchemaValidator = new Ajv2020({
      allErrors: true,
      strict: false,
      verbose: true,
      // Patterns are compiled one by one, see checkPatterns.
      formats: { regex: true },
    });
    addFormats(metaSchemaValidator, ['uri', 'uri-reference']);
  }
  metaSchemaValidator.validate(DIALECT, schema);
  return metaSchemaValidator.errors ?? [];
}

/** The keyword that is one slip of the finger away, if any. */
function closestKeyword(word: string): string | undefined {
  const sorted = (text: string) => [...text.toLowerCase()].sort().join('');
  return [...SCHEMA_KEYWORDS].find(
    keyword =>
      sorted(keyword) === sorted(word) ||
      (Math.abs(keyword.length - word.length) <= 1 &&
        [...keyword].some(
          (_, index) =>
            keyword.slice(0, index) + keyword.slice(index + 1) === word ||
            word.slice(0, index) + word.slice(index + 1) === keyword ||
            keyword.slice(0, index) + keyword.slice(index + 1) ===
              word.slice(0, index) + word.slice(index + 1),
        )),
  );
}

function checkKeywords(schema: JsonObject, path: FieldPath): FieldProblem[] {
  return Object.keys(schema)
    .filter(keyword => !SCHEMA_KEYWORDS.has(keyword))
    .filter(keyword => !keyword.startsWith('x-'))
    .map(keyword => {
      if (keyword.startsWith('$dynamic') || keyword.startsWith('$recursive')) {
        return fieldProblem(
          [...path, keyword],
          'is not supported here; use $ref and $defs',
        );
      }
      const closest = closestKeyword(keyword);
      return fieldProblem(
        [...path, keyword],
        `is no keyword of JSON Schema 2020-12${
          closest
            ? `; did you mean ${closest}?`
            : '; names of your own begin with "x-"'
        }`,
      );
    });
}

function checkTypes(schema: JsonObject, path: FieldPath): FieldProblem[] {
  const types: (JsonValue | undefined)[] = Array.isArray(schema.type)
    ? schema.type
    : [schema.type];
  return types
    .filter(type => type !== undefined)
    .filter(type => typeof type !== 'string' || !TYPES.includes(type))
    .map(type =>
      fieldProblem(
        [...path, 'type'],
        `must be one of ${TYPES.join(', ')}, but is ${describeValue(type)}`,
      ),
    );
}

function patternsOf(
  schema: JsonObject,
): { pattern: string; path: FieldPath }[] {
  const named = isJsonObject(schema.patternProperties)
    ? Object.keys(schema.patternProperties)
    : [];
  return [
    ...(typeof schema.pattern === 'string'
      ? [{ pattern: schema.pattern, path: ['pattern'] }]
      : []),
    ...named.map(pattern => ({
      pattern,
      path: ['patternProperties', pattern],
    })),
  ];
}

/** Compiles the patterns of a schema, one after the other, until they become too much. */
function checkPatterns(
  subschemas: { path: FieldPath; schema: JsonObject }[],
  base: FieldPath,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  let instructions = 0;
  for (const inner of subschemas) {
    for (const found of patternsOf(inner.schema)) {
      const path = [...base, ...inner.path, ...found.path];
      if (found.pattern.length > CONFIG_LIMITS.patternLength) {
        problems.push(
          fieldProblem(
            path,
            `must have at most ${CONFIG_LIMITS.patternLength} characters, but has ${found.pattern.length}`,
          ),
        );
      } else {
        try {
          instructions += compileRe2(found.pattern).programSize();
        } catch (error) {
          problems.push(
            fieldProblem(
              path,
              `must be a regular expression of Go (RE2), but is ${describeValue(
                found.pattern,
              )}: ${toError(error).message}`,
            ),
          );
        }
      }
      if (instructions > CONFIG_LIMITS.patternInstructions) {
        problems.push(
          fieldProblem(
            path,
            'is too much, together with the patterns before it; repeat less, such as {1,20} instead of {1,1000}',
          ),
        );
        return problems;
      }
    }
  }
  return problems;
}

function checkIdentity(
  schema: JsonObject,
  path: FieldPath,
  isRoot: boolean,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!isRoot && schema.$id !== undefined) {
    problems.push(
      fieldProblem(
        [...path, '$id'],
        'is allowed at the root of the schema only; use $defs',
      ),
    );
  }
  if (schema.$schema !== undefined && schema.$schema !== DIALECT) {
    problems.push(
      fieldProblem(
        [...path, '$schema'],
        `must be "${DIALECT}", but is ${describeValue(schema.$schema)}`,
      ),
    );
  }
  return problems;
}

function checkReference(
  schema: JsonObject,
  path: FieldPath,
  references: SchemaReferences,
): FieldProblem[] {
  const reference = schema.$ref;
  if (typeof reference !== 'string') {
    return [];
  }
  if (!reference.startsWith('#')) {
    return [
      fieldProblem(
        [...path, '$ref'],
        `must stay inside this schema, such as "#/$defs/rule", but is ${describeValue(
          reference,
        )}; nothing is ever fetched`,
      ),
    ];
  }
  if (!references.find(reference)) {
    return [
      fieldProblem(
        [...path, '$ref'],
        `must name a schema inside this schema, but nothing is at ${describeValue(
          reference,
        )}`,
      ),
    ];
  }
  return [];
}

/** Finds a schema that needs itself to say anything about one and the same value. */
function checkCircles(
  root: JsonObject,
  base: FieldPath,
  references: SchemaReferences,
): FieldProblem[] {
  const done = new Set<JsonObject>();
  const open = new Set<JsonObject>();
  const circular = (schema: JsonObject): boolean => {
    if (open.has(schema)) {
      return true;
    }
    if (done.has(schema)) {
      return false;
    }
    open.add(schema);
    const next = subschemasOf(schema)
      .filter(({ inPlace }) => inPlace)
      .map(inner => inner.schema);
    const target =
      typeof schema.$ref === 'string'
        ? references.find(schema.$ref)
        : undefined;
    const found = [...next, ...(target ? [target] : [])].some(circular);
    open.delete(schema);
    done.add(schema);
    return found;
  };
  const first = allSubschemasOf(root).find(({ schema }) => circular(schema));
  return first
    ? [
        fieldProblem(
          [...base, ...first.path],
          'refers to itself without going into a property or an entry first, so that it never ends',
        ),
      ]
    : [];
}

/**
 * Says what is wrong with a JSON Schema of a plugin's configuration: all that is wrong,
 * unless it is too large to be looked at. A schema without problems compiles, refers to nothing
 * outside itself, and has only regular expressions of linear time.
 *
 * @param schema - the schema as it was written
 * @param base - where it stands in the document that people know
 * @public
 */
export function checkConfigSchema(
  schema: JsonValue | undefined,
  base: FieldPath = [],
): FieldProblem[] {
  if (!isJsonObject(schema)) {
    return [
      fieldProblem(
        base,
        `must be a JSON Schema, which is an object, but is ${describeValue(
          schema,
        )}`,
      ),
    ];
  }
  const unfit = checkDocumentLimits(
    schema,
    { length: CONFIG_LIMITS.schemaLength, depth: CONFIG_LIMITS.depth },
    base,
  );
  if (unfit) {
    return [unfit];
  }
  const subschemas = allSubschemasOf(schema);
  if (subschemas.length > CONFIG_LIMITS.subschemas) {
    return [
      fieldProblem(
        base,
        `must have at most ${CONFIG_LIMITS.subschemas} schemas in it, but has ${subschemas.length}`,
      ),
    ];
  }
  const references = new SchemaReferences(schema);
  const own = subschemas.flatMap(inner => {
    const path = [...base, ...inner.path];
    return [
      ...checkKeywords(inner.schema, path),
      ...checkTypes(inner.schema, path),
      ...checkIdentity(inner.schema, path, inner.path.length === 0),
      ...checkReference(inner.schema, path, references),
    ];
  });
  const typePointers = new Set(
    subschemas
      .filter(inner => checkTypes(inner.schema, inner.path).length > 0)
      .map(inner => `${pointerOfFieldPath(inner.path)}/type`),
  );
  const fromMetaSchema = metaSchemaErrors(schema)
    .filter(
      error =>
        ![...typePointers].some(
          pointer =>
            error.instancePath === pointer ||
            error.instancePath.startsWith(`${pointer}/`),
        ),
    )
    .flatMap(error => describeAjvError(error, schema, base) ?? []);
  return [
    ...own,
    ...checkPatterns(subschemas, base),
    ...fromMetaSchema.filter(
      problem => !own.some(known => known.path === problem.path),
    ),
    ...checkCircles(schema, base, references),
  ];
}
