import type { JsonObject, JsonValue } from '@backstage/types';
import { isJsonObject } from './schemaKeywords';
import { SchemaReferences } from './schemaReferences';

function defaultsOf(
  schema: JsonObject,
  references: SchemaReferences,
  open: readonly JsonObject[],
): JsonValue | undefined {
  if (open.includes(schema)) {
    return undefined;
  }
  const inside = [...open, schema];
  if (schema.default !== undefined && !isJsonObject(schema.default)) {
    return schema.default;
  }
  if (schema.const !== undefined) {
    return schema.const;
  }
  const parts: (JsonValue | undefined)[] = [];
  const target =
    typeof schema.$ref === 'string' ? references.find(schema.$ref) : undefined;
  if (target) {
    parts.push(defaultsOf(target, references, inside));
  }
  for (const part of Array.isArray(schema.allOf) ? schema.allOf : []) {
    if (isJsonObject(part)) {
      parts.push(defaultsOf(part, references, inside));
    }
  }
  if (isJsonObject(schema.properties)) {
    const required = Array.isArray(schema.required) ? schema.required : [];
    const fields = Object.entries(schema.properties).flatMap(
      ([name, property]) => {
        const value = isJsonObject(property)
          ? defaultsOf(property, references, inside)
          : undefined;
        return value !== undefined &&
          (required.includes(name) ||
            !isIncomplete(value, property, references))
          ? [[name, value] as const]
          : [];
      },
    );
    parts.push(Object.fromEntries(fields));
  }
  parts.push(schema.default);
  const known = parts.filter(part => part !== undefined);
  if (known.length > 0 && known.every(isJsonObject)) {
    return Object.assign({}, ...known);
  }
  return known[0] ?? (schema.type === 'object' ? {} : undefined);
}

/**
 * Whether an object says nothing, or lacks what it must have: the schema would refuse it,
 * and accept that it is left out.
 */
function isIncomplete(
  value: JsonValue,
  schema: JsonValue | undefined,
  references: SchemaReferences,
): boolean {
  if (!isJsonObject(value)) {
    return false;
  }
  const target =
    isJsonObject(schema) && typeof schema.$ref === 'string'
      ? references.find(schema.$ref)
      : schema;
  const required =
    isJsonObject(target) && Array.isArray(target.required)
      ? target.required
      : [];
  return (
    Object.keys(value).length === 0 ||
    required.some(name => typeof name === 'string' && !(name in value))
  );
}

/**
 * The configuration that one gets by filling in nothing: every default that the schema
 * knows, inside objects and references, too. An optional object that would still lack a required
 * field is left out. Alternatives (`oneOf`, `anyOf`) are left to the
 * author. `undefined` where the schema has no default to offer.
 *
 * @param schema - a schema without problems, see `checkConfigSchema`
 * @public
 */
export function configDefaults(schema: JsonObject): JsonValue | undefined {
  return defaultsOf(schema, new SchemaReferences(schema), []);
}
