import type { JsonValue } from '@backstage/types';
import type { ConfigFieldType } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** A default as one types it: entries of a list stand beside each other, with commas between. */
export function defaultAsText(value: JsonValue | undefined): string {
  if (value === undefined) {
    return '';
  }
  if (Array.isArray(value)) {
    return value.join(', ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * What was typed, as a value of the field's type. What cannot be one stays text, so that validation can say what is
 * wrong with it. Nothing typed is no default.
 */
export function defaultFromText(
  text: string,
  type: ConfigFieldType,
): JsonValue | undefined {
  const trimmed = text.trim();
  if (trimmed === '') {
    return undefined;
  }
  switch (type) {
    case 'integer':
    case 'number': {
      const number = Number(trimmed);
      return Number.isFinite(number) ? number : trimmed;
    }
    case 'boolean':
      if (trimmed === 'true' || trimmed === 'false') {
        return trimmed === 'true';
      }
      return trimmed;
    case 'string[]':
      return trimmed
        .split(',')
        .map(entry => entry.trim())
        .filter(entry => entry !== '');
    case 'string':
      return text;
    default:
      return trimmed;
  }
}
