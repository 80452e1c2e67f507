import type { JsonObject, JsonValue } from '@backstage/types';
import { isJsonObject } from './schemaKeywords';
import { SchemaReferences } from './schemaReferences';

/**
 * A field of a configuration, as documentation shows it.
 *
 * @public
 */
export interface SchemaField {
  /**
   * Where: `retry.attempts`, `rules[].path` for every entry of a list, `headers.*` for
   * every other name of an object; empty for the configuration itself.
   */
  path: string;
  /** Such as `string`, `integer or null`, `list of string`, `Rule`. */
  type: string;
  /** Whether the object that it is a field of must have it. */
  required: boolean;
  title?: string;
  description?: string;
  default?: JsonValue;
  /** The values that are allowed, where they are counted. */
  enum?: JsonValue[];
  /** Further limits in words: `at least 1`, `matches ^[a-z]+$`. */
  constraints: string[];
  deprecated: boolean;
  /** Of which alternative it is a field: the title of a branch of `oneOf` or `anyOf`. */
  alternative?: string;
}

interface Place {
  path: string;
  required: boolean;
  alternative?: string;
  /** The schemas that this one stands in, outermost first: where it turns up again, it ends. */
  open: readonly JsonObject[];
}

const CONSTRAINTS: [string, (value: JsonValue) => string][] = [
  ['minimum', value => `at least ${value}`],
  ['exclusiveMinimum', value => `more than ${value}`],
  ['maximum', value => `at most ${value}`],
  ['exclusiveMaximum', value => `less than ${value}`],
  ['multipleOf', value => `a multiple of ${value}`],
  ['minLength', value => `at least ${value} characters`],
  ['maxLength', value => `at most ${value} characters`],
  ['minItems', value => `at least ${value} entries`],
  ['maxItems', value => `at most ${value} entries`],
  ['minProperties', value => `at least ${value} fields`],
  ['maxProperties', value => `at most ${value} fields`],
  ['pattern', value => `matches ${value}`],
  ['format', value => `format ${value}`],
];

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

class SchemaDescription {
  readonly fields: SchemaField[] = [];
  readonly #references: SchemaReferences;

  constructor(root: JsonObject) {
    this.#references = new SchemaReferences(root);
  }

  /** Follows references and joins what `allOf` adds: what stands nearest wins. */
  #resolve(schema: JsonObject, seen: readonly JsonObject[] = []): JsonObject {
    if (seen.includes(schema)) {
      return {};
    }
    const { $ref: reference, allOf, ...own } = schema;
    const inside = [...seen, schema];
    const target =
      typeof reference === 'string'
        ? this.#references.find(reference)
        : undefined;
    return [...list(allOf), target]
      .filter(isJsonObject)
      .map(part => this.#resolve(part, inside))
      .reduce(
        (joined, part) => ({
          ...part,
          ...joined,
          properties: {
            ...(isJsonObject(part.properties) ? part.properties : {}),
            ...(isJsonObject(joined.properties) ? joined.properties : {}),
          },
          required: [...list(part.required), ...list(joined.required)],
        }),
        own,
      );
  }

  #typeOf(schema: JsonObject, depth = 0): string {
    const resolved = this.#resolve(schema);
    const types = Array.isArray(resolved.type)
      ? resolved.type
      : [resolved.type].filter(type => type !== undefined);
    const alternatives = [...list(resolved.oneOf), ...list(resolved.anyOf)];
    if (types.length === 0 && alternatives.length > 0 && depth < 4) {
      const names = alternatives
        .filter(isJsonObject)
        .map(branch => this.#typeOf(branch, depth + 1));
      return [...new Set(names)].join(' or ');
    }
    if (types.length === 0) {
      if (
        isJsonObject(resolved.properties) &&
        Object.keys(resolved.properties).length > 0
      ) {
        return 'object';
      }
      const values = [...list(resolved.enum), resolved.const].filter(
        value => value !== undefined,
      );
      const known = new Set(
        values.map(value => (value === null ? 'null' : typeof value)),
      );
      return known.size > 0 ? [...known].join(' or ') : 'any';
    }
    return types
      .map(type =>
        type === 'array' && isJsonObject(resolved.items) && depth < 4
          ? `list of ${this.#typeOf(resolved.items, depth + 1)}`
          : { array: 'list' }[String(type)] ?? String(type),
      )
      .join(' or ');
  }

  add(schema: JsonObject, place: Place): void {
    const resolved = this.#resolve(schema);
    const seenBefore = place.open.some(
      outer => this.#identity(outer) === this.#identity(schema),
    );
    const values =
      resolved.const !== undefined ? [resolved.const] : resolved.enum;
    if (place.path !== '' || !this.#hasFields(resolved)) {
      this.fields.push({
        path: place.path,
        type: seenBefore
          ? `${this.#typeOf(schema)} (as above)`
          : this.#typeOf(schema),
        required: place.required,
        title: text(resolved.title),
        description: text(resolved.description),
        default: resolved.default,
        enum: Array.isArray(values) ? values : undefined,
        constraints: CONSTRAINTS.flatMap(([keyword, say]) => {
          const value = resolved[keyword];
          return value === undefined ? [] : [say(value)];
        }),
        deprecated: resolved.deprecated === true,
        alternative: place.alternative,
      });
    }
    if (!seenBefore) {
      this.#addInside(resolved, { ...place, open: [...place.open, schema] });
    }
  }

  /** What tells a schema from others: two references to one schema are the same. */
  #identity(schema: JsonObject): JsonObject {
    const target =
      typeof schema.$ref === 'string'
        ? this.#references.find(schema.$ref)
        : undefined;
    return target ?? schema;
  }

  #hasFields(schema: JsonObject): boolean {
    return (
      isJsonObject(schema.properties) &&
      Object.keys(schema.properties).length > 0
    );
  }

  #addInside(schema: JsonObject, place: Place): void {
    const { path, open, alternative } = place;
    const dot = path === '' ? '' : `${path}.`;
    const optional = { required: false, open, alternative };
    if (isJsonObject(schema.properties)) {
      const required = list(schema.required);
      for (const [name, property] of Object.entries(schema.properties)) {
        if (isJsonObject(property)) {
          this.add(property, {
            path: `${dot}${name}`,
            required: required.includes(name),
            open,
            alternative,
          });
        }
      }
    }
    if (isJsonObject(schema.patternProperties)) {
      for (const [pattern, property] of Object.entries(
        schema.patternProperties,
      )) {
        if (isJsonObject(property)) {
          this.add(property, { ...optional, path: `${dot}/${pattern}/` });
        }
      }
    }
    if (isJsonObject(schema.additionalProperties)) {
      this.add(schema.additionalProperties, { ...optional, path: `${dot}*` });
    }
    if (isJsonObject(schema.items) && this.#isWorthARow(schema.items)) {
      this.add(schema.items, { ...optional, path: `${path}[]` });
    }
    list(schema.prefixItems).forEach((item, index) => {
      if (isJsonObject(item)) {
        this.add(item, { ...optional, path: `${path}[${index}]` });
      }
    });
    for (const keyword of ['oneOf', 'anyOf']) {
      list(schema[keyword]).forEach((branch, index) => {
        if (isJsonObject(branch)) {
          const resolved = this.#resolve(branch);
          this.#addInside(resolved, {
            ...place,
            open: [...open, branch],
            alternative: text(resolved.title) ?? `alternative ${index + 1}`,
          });
        }
      });
    }
    for (const keyword of ['then', 'else']) {
      const branch = schema[keyword];
      if (isJsonObject(branch)) {
        this.#addInside(this.#resolve(branch), {
          ...place,
          alternative: alternative ?? 'in some cases',
        });
      }
    }
  }

  /** A list's entry says more than "list of string" only with fields or words of its own. */
  #isWorthARow(items: JsonObject): boolean {
    const resolved = this.#resolve(items);
    return (
      Object.keys(resolved).some(
        keyword => keyword !== 'type' && keyword !== 'required',
      ) || list(resolved.required).length > 0
    );
  }
}

/**
 * The fields of a configuration, outer before inner, in the order of the schema: what the
 * documentation's table shows.
 *
 * @param schema - a schema without problems, see `checkConfigSchema`
 * @public
 */
export function describeSchema(schema: JsonObject): SchemaField[] {
  const description = new SchemaDescription(schema);
  description.add(schema, { path: '', required: true, open: [] });
  return description.fields;
}
