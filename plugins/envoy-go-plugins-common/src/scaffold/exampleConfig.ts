import type { JsonObject, JsonValue } from '@backstage/types';
import type { ConfigField } from './ConfigField';

function exampleValue(field: ConfigField): JsonValue {
  if (field.default !== undefined) {
    return field.default;
  }
  switch (field.type) {
    case 'integer':
      return 10;
    case 'number':
      return 0.5;
    case 'boolean':
      return true;
    case 'duration':
      return '1s';
    case 'string[]':
      return ['example'];
    default:
      return field.secret ? 's3cr3t' : 'example';
  }
}

/**
 * A configuration that the schema of {@link configFieldsToJsonSchema} and the rendered Go
 * code accept.
 *
 * @param fields - as {@link validateConfigFields} accepts them
 * @param options - `requiredOnly` leaves out what the filter can do without
 * @public
 */
export function exampleConfig(
  fields: readonly ConfigField[],
  options?: { requiredOnly?: boolean },
): JsonObject {
  return Object.fromEntries(
    fields
      .filter(field => field.required || !options?.requiredOnly)
      .map(field => [field.name, exampleValue(field)]),
  );
}
