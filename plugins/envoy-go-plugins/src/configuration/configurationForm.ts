import type { JsonObject, JsonValue } from '@backstage/types';
import type { ErrorSchema, UiSchema } from '@rjsf/utils';
import type { FieldProblem } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

const DEEPEST = 12;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSecret(schema: JsonObject): boolean {
  return schema.writeOnly === true || schema.format === 'password';
}

function withoutPatterns(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) {
    return value.map(item => withoutPatterns(item) ?? null);
  }
  if (!isObject(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      key === 'pattern' && typeof inner === 'string'
        ? []
        : [[key, withoutPatterns(inner)]],
    ),
  );
}

/**
 * The schema as the form takes it. The form only lays fields out: what is valid is decided elsewhere. So regular
 * expressions are left out (a plugin's author could write one that hangs the browser), and the root has no heading
 * besides the page's own.
 */
export function formSchemaOf(schema: JsonObject): JsonObject {
  const { $schema, $id, title, description, ...rest } = schema;
  const fields = withoutPatterns(rest);
  const root = isObject(fields) ? fields : {};
  return isObject(schema.properties)
    ? root
    : { ...root, title: typeof title === 'string' ? title : 'Configuration' };
}

/** How the form shows the fields of a schema: secrets as dots. */
export function uiSchemaOf(schema: JsonObject): UiSchema {
  const inside = (inner: JsonObject, depth: number): UiSchema => {
    const ui: UiSchema = {};
    if (isSecret(inner)) {
      ui['ui:widget'] = 'password';
      ui['ui:options'] = { inputProps: { autoComplete: 'new-password' } };
    }
    if (depth < DEEPEST && isObject(inner.properties)) {
      for (const [name, property] of Object.entries(inner.properties)) {
        if (isObject(property)) {
          ui[name] = inside(property, depth + 1);
        }
      }
    }
    if (depth < DEEPEST && isObject(inner.items)) {
      ui.items = inside(inner.items, depth + 1);
    }
    return ui;
  };
  return {
    ...inside(schema, 0),
    'ui:submitButtonOptions': { norender: true },
  };
}

/** The names of the top-level fields that hold secrets and have a value. */
export function filledSecrets(
  schema: JsonObject,
  value: JsonValue | undefined,
): string[] {
  if (!isObject(schema.properties) || !isObject(value)) {
    return [];
  }
  return Object.entries(schema.properties).flatMap(([name, property]) =>
    isObject(property) && isSecret(property) && value[name] ? [name] : [],
  );
}

/** Reads a place such as `rules[0].path` or `headers["x-a.b"]` back into its segments. */
export function parseFieldPath(path: string): (string | number)[] {
  const segments: (string | number)[] = [];
  const pattern = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([^.[\]]+)/g;
  for (const [, index, quoted, name] of path.matchAll(pattern)) {
    if (index !== undefined) {
      segments.push(Number(index));
    } else {
      segments.push(quoted === undefined ? name : JSON.parse(quoted));
    }
  }
  return segments;
}

/** The id that the form gives to the field at a place. */
export function fieldId(path: string): string {
  return ['root', ...parseFieldPath(path)].join('_');
}

function valueAt(value: JsonValue | undefined, path: (string | number)[]) {
  return path.reduce<unknown>(
    (inner, segment) =>
      typeof inner === 'object' && inner !== null
        ? Reflect.get(inner, segment)
        : undefined,
    value,
  );
}

/** A problem as a sentence of its own, to stand at its field. */
export function problemSentence(problem: FieldProblem): string {
  const [first = '', ...rest] = problem.message;
  return `${first.toLocaleUpperCase('en-US')}${rest.join('')}.`;
}

/**
 * The problems as the form shows them, each at its field. That a field is still empty is said only once somebody has
 * been in it.
 */
export function problemsForForm(
  problems: FieldProblem[],
  value: JsonValue | undefined,
  touched: ReadonlySet<string>,
): ErrorSchema {
  const root: ErrorSchema = {};
  for (const problem of problems) {
    const path = parseFieldPath(problem.path);
    const missing = valueAt(value, path) === undefined;
    if (!missing || touched.has(fieldId(problem.path))) {
      let place: ErrorSchema = root;
      for (const segment of path) {
        place[segment] ??= {};
        place = place[segment]!;
      }
      place.__errors = [...(place.__errors ?? []), problemSentence(problem)];
    }
  }
  return root;
}
