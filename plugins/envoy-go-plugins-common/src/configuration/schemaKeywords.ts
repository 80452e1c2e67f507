import type { JsonObject, JsonValue } from '@backstage/types';
import type { FieldPath } from './fieldPath';

/** Keywords of JSON Schema 2020-12 whose value is a schema. */
const SCHEMA = [
  'additionalProperties',
  'contains',
  'contentSchema',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
];

/** Keywords whose value is a list of schemas. */
const LIST_OF_SCHEMAS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];

/** Keywords whose value is an object of schemas. */
const MAP_OF_SCHEMAS = [
  '$defs',
  'definitions',
  'dependentSchemas',
  'patternProperties',
  'properties',
];

const OTHERS = [
  '$anchor',
  '$comment',
  '$id',
  '$ref',
  '$schema',
  'const',
  'contentEncoding',
  'contentMediaType',
  'default',
  'dependentRequired',
  'deprecated',
  'description',
  'enum',
  'examples',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxContains',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minContains',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'pattern',
  'readOnly',
  'required',
  'title',
  'type',
  'uniqueItems',
  'writeOnly',
];

/** The keywords that a configuration's schema may use. */
export const SCHEMA_KEYWORDS: ReadonlySet<string> = new Set([
  ...SCHEMA,
  ...LIST_OF_SCHEMAS,
  ...MAP_OF_SCHEMAS,
  ...OTHERS,
]);

/** Keywords whose schemas look at the same value as the schema that they stand in. */
const IN_PLACE = new Set([
  'allOf',
  'anyOf',
  'dependentSchemas',
  'else',
  'if',
  'not',
  'oneOf',
  'then',
]);

/** Whether a JSON value is an object. */
export function isJsonObject(
  value: JsonValue | undefined,
): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema inside another. */
export interface Subschema {
  /** From the schema that it stands in: `['properties', 'secret']`. */
  path: FieldPath;
  /** Boolean schemas are left out: there is nothing inside them. */
  schema: JsonObject;
  /** Whether it looks at the same value as the schema that it stands in. */
  inPlace: boolean;
}

/** The schemas directly inside a schema. Data (`const`, `default`, `examples`) is none. */
export function subschemasOf(schema: JsonObject): Subschema[] {
  const found: Subschema[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const inPlace = IN_PLACE.has(keyword);
    if (SCHEMA.includes(keyword)) {
      if (isJsonObject(value)) {
        found.push({ path: [keyword], schema: value, inPlace });
      }
    } else if (LIST_OF_SCHEMAS.includes(keyword) && Array.isArray(value)) {
      value.forEach((entry, index) => {
        if (isJsonObject(entry)) {
          found.push({ path: [keyword, index], schema: entry, inPlace });
        }
      });
    } else if (MAP_OF_SCHEMAS.includes(keyword) && isJsonObject(value)) {
      for (const [name, entry] of Object.entries(value)) {
        if (isJsonObject(entry)) {
          found.push({ path: [keyword, name], schema: entry, inPlace });
        }
      }
    }
  }
  return found;
}

/** A schema and all schemas inside it, with their places; the schema itself is first. */
export function allSubschemasOf(
  root: JsonObject,
): { path: FieldPath; schema: JsonObject }[] {
  const all: { path: FieldPath; schema: JsonObject }[] = [
    { path: [], schema: root },
  ];
  for (const { path, schema } of all) {
    for (const inner of subschemasOf(schema)) {
      all.push({ path: [...path, ...inner.path], schema: inner.schema });
    }
  }
  return all;
}
