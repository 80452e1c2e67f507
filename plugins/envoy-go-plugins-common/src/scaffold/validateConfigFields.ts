import type { JsonValue } from '@backstage/types';
import {
  CONFIG_FIELD_TYPES,
  type ConfigField,
  type ConfigFieldType,
  type ScaffoldProblem,
} from './ConfigField';
import { parseGoDuration } from './goDuration';
import { goFieldName } from './goNames';

const LONGEST_NAME = 64;

/** Envoy hands numbers over with 15 significant digits, so longer integers would not arrive. */
const LARGEST_INTEGER = 999_999_999_999_999;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string with half of a surrogate pair can be written neither in Go nor in UTF-8. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function describeMismatch(
  type: ConfigFieldType,
  value: JsonValue,
): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' && isWellFormed(value)
        ? undefined
        : 'a string';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'integer':
      return typeof value === 'number' &&
        Number.isInteger(value) &&
        Math.abs(value) <= LARGEST_INTEGER
        ? undefined
        : 'a whole number of at most 15 digits';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
        ? undefined
        : 'a number';
    case 'duration':
      return typeof value === 'string' && parseGoDuration(value) !== undefined
        ? undefined
        : 'a duration such as "150ms" or "1m30s"';
    case 'string[]':
      return Array.isArray(value) &&
        value.every(item => typeof item === 'string' && isWellFormed(item))
        ? undefined
        : 'a list of strings';
    default:
      return undefined;
  }
}

function nameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '') {
    return 'Give the field a name, such as "maxRequests".';
  }
  if (name.length > LONGEST_NAME) {
    return `The name has ${name.length} characters; use ${LONGEST_NAME} at most.`;
  }
  if (!/^[a-z]/.test(name)) {
    return `The name "${name}" must begin with a lower-case letter from a to z, as in "maxRequests".`;
  }
  const strange = name.match(/[^A-Za-z0-9]/u);
  if (strange) {
    return `The name "${name}" contains "${strange[0]}"; use only letters from a to z and digits, as in "maxRequests".`;
  }
  if (goFieldName(name) === 'Validate') {
    return `The name "${name}" would hide the method Validate of the Go struct; choose another one.`;
  }
  return undefined;
}

/**
 * Checks the fields that a form defines. A field's name may be a keyword of Go, such as
 * `type`: it is exported in the struct, and `Type` is no keyword.
 *
 * @param fields - the form's value, not trusted to be of the right shape
 * @returns what is wrong, in the order of the fields; empty when everything is fine
 * @public
 */
export function validateConfigFields(fields: unknown): ScaffoldProblem[] {
  if (!Array.isArray(fields)) {
    return [
      { path: '', message: 'The configuration must be a list of fields.' },
    ];
  }
  const problems: ScaffoldProblem[] = [];
  const names = new Map<string, string>();
  fields.forEach((field: unknown, index) => {
    const report = (key: string, message: string) =>
      problems.push({ path: key ? `${index}.${key}` : `${index}`, message });
    if (!isRecord(field)) {
      report('', 'A field must have a name and a type.');
      return;
    }

    const badName = nameProblem(field.name);
    if (badName) {
      report('name', badName);
    } else {
      const name = String(field.name);
      const key = goFieldName(name).toLowerCase();
      const other = names.get(key);
      if (other === name) {
        report(
          'name',
          `There is already a field "${name}"; give this one another name.`,
        );
      } else if (other !== undefined) {
        report(
          'name',
          `The names "${other}" and "${name}" differ only in capitals, and Go could not tell them apart; give this one another name.`,
        );
      } else {
        names.set(key, name);
      }
    }

    const type = CONFIG_FIELD_TYPES.find(known => known === field.type);
    if (!type) {
      report(
        'type',
        `The type must be one of ${CONFIG_FIELD_TYPES.join(', ')}.`,
      );
    }
    for (const flag of ['required', 'secret'] as const) {
      if (field[flag] !== undefined && typeof field[flag] !== 'boolean') {
        report(flag, `"${flag}" must be true or false.`);
      }
    }
    if (
      field.description !== undefined &&
      (typeof field.description !== 'string' ||
        !isWellFormed(field.description))
    ) {
      report('description', 'The description must be text.');
    }
    if (field.secret === true && type && type !== 'string') {
      report(
        'secret',
        `Only a string can be a secret, not a field of type ${type}.`,
      );
    }

    if (field.default !== undefined) {
      const expected =
        type && describeMismatch(type, field.default as JsonValue);
      if (field.required === true) {
        report(
          'default',
          'A required field has no default; remove the default, or make the field optional.',
        );
      } else if (field.secret === true) {
        report(
          'default',
          'A secret has no default, since everybody who reads the code would know it; remove the default.',
        );
      } else if (expected) {
        report(
          'default',
          `The default ${JSON.stringify(field.default)} is not ${expected}.`,
        );
      }
    }
    for (const key of Object.keys(field)) {
      if (
        ![
          'name',
          'type',
          'required',
          'default',
          'description',
          'secret',
        ].includes(key)
      ) {
        report(key, `A field has no property "${key}"; remove it.`);
      }
    }
  });
  return problems;
}

/**
 * Whether a value is a list of fields in which {@link validateConfigFields} finds nothing wrong.
 *
 * @public
 */
export function isConfigFields(fields: unknown): fields is ConfigField[] {
  return validateConfigFields(fields).length === 0;
}
