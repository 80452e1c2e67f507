import type { JsonValue } from '@backstage/types';

/**
 * What a field of a filter's configuration can be. `duration` is written as Go writes it
 * (`150ms`, `1m30s`), `string[]` is a list of strings.
 *
 * @public
 */
export const CONFIG_FIELD_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'duration',
  'string[]',
] as const;

/** @public */
export type ConfigFieldType = (typeof CONFIG_FIELD_TYPES)[number];

/**
 * One field of the configuration that the author of a new filter wants: the form's value
 * is a list of these, and the Go struct, the JSON Schema and the example are made from it.
 *
 * @public
 */
export type ConfigField = {
  /** The field's name in JSON, in lower camel case: `maxRequests`. */
  name: string;
  type: ConfigFieldType;
  /** Whether the filter refuses a configuration without it. A required field has no default. */
  required?: boolean;
  /** The value when the configuration does not name the field; of the field's type. */
  default?: JsonValue;
  /** What the field does, in one sentence. Becomes the Go comment and the schema's description. */
  description?: string;
  /** Whether the value must not be shown or logged. Only for `string`, and never with a default. */
  secret?: boolean;
};

/**
 * Something that is wrong with what was put into a scaffolding form.
 *
 * @public
 */
export interface ScaffoldProblem {
  /** Where, as a path into the value that was checked: `0.name`; empty for the value itself. */
  path: string;
  /** A sentence that says what is wrong and what to do. */
  message: string;
}
