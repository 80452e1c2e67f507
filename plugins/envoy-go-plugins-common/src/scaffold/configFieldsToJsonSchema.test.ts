import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { ConfigField } from './ConfigField';
import { configFieldsToJsonSchema } from './configFieldsToJsonSchema';
import { exampleConfig } from './exampleConfig';

const fields: ConfigField[] = [
  {
    name: 'secret',
    type: 'string',
    required: true,
    secret: true,
    description: 'Shared with the callers',
  },
  { name: 'maxRequests', type: 'integer', default: 10 },
  { name: 'ratio', type: 'number' },
  { name: 'enabled', type: 'boolean' },
  { name: 'timeout', type: 'duration', default: '1m30s' },
  { name: 'paths', type: 'string[]', required: true },
];

function validator(schemaFields: ConfigField[]) {
  const ajv = new Ajv2020({ strict: true });
  addFormats(ajv);
  return ajv.compile(configFieldsToJsonSchema(schemaFields));
}

describe('configFieldsToJsonSchema', () => {
  it('describes every field', () => {
    expect(configFieldsToJsonSchema(fields)).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['secret', 'paths'],
      additionalProperties: false,
      properties: {
        secret: {
          type: 'string',
          minLength: 1,
          format: 'password',
          writeOnly: true,
          description: 'Shared with the callers',
        },
        maxRequests: { type: 'integer', default: 10 },
        ratio: { type: 'number' },
        enabled: { type: 'boolean' },
        timeout: {
          type: 'string',
          pattern: '^(0|([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$',
          default: '1m30s',
        },
        paths: { type: 'array', items: { type: 'string' }, minItems: 1 },
      },
    });
  });

  it('admits the examples', () => {
    const validate = validator(fields);
    expect(exampleConfig(fields)).toEqual({
      secret: 's3cr3t',
      maxRequests: 10,
      ratio: 0.5,
      enabled: true,
      timeout: '1m30s',
      paths: ['example'],
    });
    expect(validate(exampleConfig(fields))).toBe(true);
    expect(exampleConfig(fields, { requiredOnly: true })).toEqual({
      secret: 's3cr3t',
      paths: ['example'],
    });
    expect(validate(exampleConfig(fields, { requiredOnly: true }))).toBe(true);
  });

  it.each([
    [{ paths: ['a'] }],
    [{ secret: '', paths: ['a'] }],
    [{ secret: 'x', paths: [] }],
    [{ secret: 'x', paths: ['a'], timeout: '-1s' }],
    [{ secret: 'x', paths: ['a'], more: 1 }],
  ])('refuses %j', config => {
    expect(validator(fields)(config)).toBe(false);
  });

  it('admits only an empty object when there are no fields', () => {
    const validate = validator([]);
    expect(validate({})).toBe(true);
    expect(validate({ x: 1 })).toBe(false);
  });
});
