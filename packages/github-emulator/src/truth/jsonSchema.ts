import { JsonObject, JsonValue } from '@backstage/types';

const REFERENCE = '#/components/schemas/';

/** Where the converted component schemas are registered. */
export const SCHEMA_BASE = 'github:/schemas/';

const SUBSCHEMAS = ['items', 'additionalProperties', 'not'] as const;
const LISTS = ['allOf', 'anyOf'] as const;
const KEPT = [
  'type',
  'format',
  'enum',
  'required',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const;

/** Whether a JSON value is an object. */
export function isJsonObject(
  value: JsonValue | undefined,
): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Turns a schema of an OpenAPI 3.0 description into a JSON Schema.
 *
 * - `nullable` becomes a type (3.0 has no type `null`), also beside `enum`, `allOf` and the like.
 * - `oneOf` becomes `anyOf`: GitHub's alternatives are not exclusive (every `private-user` is a `public-user` too).
 * - References lead to {@link SCHEMA_BASE}; their names are added to `references`.
 */
export function toJsonSchema(
  schema: JsonObject,
  references: Set<string>,
): JsonObject {
  const reference = schema.$ref;
  if (typeof reference === 'string') {
    const name = reference.slice(REFERENCE.length);
    references.add(name);
    return { $ref: `${SCHEMA_BASE}${name}` };
  }
  const converted: JsonObject = {};
  for (const key of KEPT) {
    if (schema[key] !== undefined) {
      converted[key] = schema[key];
    }
  }
  if (isJsonObject(schema.properties)) {
    converted.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [
        name,
        isJsonObject(property) ? toJsonSchema(property, references) : {},
      ]),
    );
  }
  for (const key of SUBSCHEMAS) {
    const value = schema[key];
    if (isJsonObject(value)) {
      converted[key] = toJsonSchema(value, references);
    } else if (typeof value === 'boolean') {
      converted[key] = value;
    }
  }
  for (const key of LISTS) {
    const list = readList(schema[key], references);
    if (list) {
      converted[key] = list;
    }
  }
  const alternatives = readList(schema.oneOf, references);
  if (alternatives) {
    converted.allOf = [
      ...(Array.isArray(converted.allOf) ? converted.allOf : []),
      { anyOf: alternatives },
    ];
  }
  return schema.nullable === true ? orNull(converted) : converted;
}

function readList(
  list: JsonValue | undefined,
  references: Set<string>,
): JsonObject[] | undefined {
  return Array.isArray(list)
    ? list.filter(isJsonObject).map(one => toJsonSchema(one, references))
    : undefined;
}

function orNull(schema: JsonObject): JsonObject {
  return { anyOf: [{ type: 'null' }, schema] };
}
