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
          (required.includes(name) || !isEmptyObject(value))
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

function isEmptyObject(value: JsonValue): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/**
 * The configuration that one gets by filling in nothing: every default that the schema
 * knows, inside objects and references, too. Alternatives (`oneOf`, `anyOf`) are left to the
 * author. `undefined` where the schema has no default to offer.
 *
 * @param schema - a schema without problems, see `checkConfigSchema`
 * @public
 */
export function configDefaults(schema: JsonObject): JsonValue | undefined {
  return defaultsOf(schema, new SchemaReferences(schema), []);
}
