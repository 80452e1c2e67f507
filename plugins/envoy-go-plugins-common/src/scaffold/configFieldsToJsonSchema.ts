import type { JsonObject } from '@backstage/types';
import type { ConfigField } from './ConfigField';
import { GO_DURATION_PATTERN } from './goDuration';

function typeSchema(field: ConfigField): JsonObject {
  switch (field.type) {
    case 'integer':
    case 'number':
    case 'boolean':
      return { type: field.type };
    case 'duration':
      return { type: 'string', pattern: GO_DURATION_PATTERN };
    case 'string[]':
      return {
        type: 'array',
        items: { type: 'string' },
        ...(field.required ? { minItems: 1 } : {}),
      };
    default:
      return {
        type: 'string',
        ...(field.required ? { minLength: 1 } : {}),
        ...(field.secret ? { format: 'password', writeOnly: true } : {}),
      };
  }
}

/**
 * The JSON Schema (2020-12) that admits what the rendered Go code admits. A required string
 * or list must not be empty: an empty secret would let everybody in.
 *
 * @param fields - as {@link validateConfigFields} accepts them
 * @public
 */
export function configFieldsToJsonSchema(
  fields: readonly ConfigField[],
): JsonObject {
  const properties: JsonObject = {};
  for (const field of fields) {
    properties[field.name] = {
      ...typeSchema(field),
      ...(field.description ? { description: field.description } : {}),
      ...(field.default !== undefined ? { default: field.default } : {}),
    };
  }
  const required = fields
    .filter(field => field.required)
    .map(({ name }) => name);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
    properties,
  };
}
