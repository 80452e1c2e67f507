import type { JsonObject } from '@backstage/types';
import { configDefaults } from './configDefaults';
import { describeSchema } from './describeSchema';

function table(schema: JsonObject): string[] {
  return describeSchema(schema).map(field =>
    [
      field.path || '(itself)',
      field.type,
      field.required ? 'required' : 'optional',
      ...(field.alternative ? [`in ${field.alternative}`] : []),
      ...(field.default === undefined
        ? []
        : [`default ${JSON.stringify(field.default)}`]),
      ...(field.enum ? [`of ${JSON.stringify(field.enum)}`] : []),
      ...field.constraints,
      ...(field.deprecated ? ['deprecated'] : []),
      ...(field.description ? [`— ${field.description}`] : []),
    ].join(', '),
  );
}

describe('describeSchema', () => {
  it('lists fields with what they are', () => {
    expect(
      table({
        type: 'object',
        required: ['secret'],
        properties: {
          secret: { type: 'string', minLength: 8, description: 'Signs.' },
          mode: { enum: ['open', 'closed'], default: 'closed' },
          size: { type: ['integer', 'null'], minimum: 1, maximum: 9 },
          retry: {
            type: 'object',
            required: ['attempts'],
            properties: {
              attempts: { type: 'integer', default: 3 },
              codes: { type: 'array', items: { type: 'integer' } },
            },
          },
          old: { type: 'boolean', deprecated: true },
          anything: {},
        },
      }),
    ).toEqual([
      'secret, string, required, at least 8 characters, — Signs.',
      'mode, string, optional, default "closed", of ["open","closed"]',
      'size, integer or null, optional, at least 1, at most 9',
      'retry, object, optional',
      'retry.attempts, integer, required, default 3',
      'retry.codes, list of integer, optional',
      'old, boolean, optional, deprecated',
      'anything, any, optional',
    ]);
  });

  it('goes into entries of lists, other names, and tuples', () => {
    expect(
      table({
        properties: {
          rules: {
            type: 'array',
            items: {
              type: 'object',
              required: ['path'],
              properties: { path: { type: 'string' } },
            },
          },
          headers: {
            type: 'object',
            additionalProperties: { type: 'string' },
            patternProperties: { '^x-': { type: 'integer' } },
          },
          pair: { type: 'array', prefixItems: [{ const: 'a' }, {}] },
        },
      }),
    ).toEqual([
      'rules, list of object, optional',
      'rules[], object, optional',
      'rules[].path, string, required',
      'headers, object, optional',
      'headers./^x-/, integer, optional',
      'headers.*, string, optional',
      'pair, list, optional',
      'pair[0], string, optional, of ["a"]',
      'pair[1], any, optional',
    ]);
  });

  it('follows references, and stops where a schema comes again', () => {
    expect(
      table({
        properties: { root: { $ref: '#/$defs/node', description: 'The top.' } },
        $defs: {
          node: {
            type: 'object',
            description: 'A node.',
            required: ['name'],
            properties: {
              name: { type: 'string' },
              children: { type: 'array', items: { $ref: '#/$defs/node' } },
            },
          },
        },
      }),
    ).toEqual([
      'root, object, optional, — The top.',
      'root.name, string, required',
      'root.children, list of object, optional',
      'root.children[], object (as above), optional, — A node.',
    ]);
  });

  it('joins allOf and tells alternatives apart', () => {
    expect(
      table({
        allOf: [
          { required: ['a'], properties: { a: { type: 'string' } } },
          { properties: { b: { type: 'number' } } },
        ],
        properties: {
          store: {
            oneOf: [
              {
                title: 'Redis',
                type: 'object',
                required: ['address'],
                properties: { address: { type: 'string' } },
              },
              { type: 'object', properties: { path: { type: 'string' } } },
              { type: 'null' },
            ],
          },
        },
        if: { required: ['b'] },
        then: { properties: { c: { type: 'boolean' } } },
      }),
    ).toEqual([
      'b, number, optional',
      'a, string, required',
      'store, object or null, optional',
      'store.address, string, required, in Redis',
      'store.path, string, optional, in alternative 2',
      'c, boolean, optional, in in some cases',
    ]);
  });

  it('describes a configuration that is no object', () => {
    expect(table({ type: 'string', description: 'The secret.' })).toEqual([
      '(itself), string, required, — The secret.',
    ]);
  });
});

describe('configDefaults', () => {
  it('gathers defaults from objects, references and allOf', () => {
    expect(
      configDefaults({
        type: 'object',
        required: ['limits'],
        allOf: [{ properties: { mode: { default: 'closed' } } }],
        properties: {
          secret: { type: 'string' },
          size: { type: 'integer', default: 5 },
          list: { default: ['a'] },
          off: { default: false },
          version: { const: 2 },
          retry: { $ref: '#/$defs/retry' },
          limits: { type: 'object', properties: { a: { type: 'string' } } },
          empty: { type: 'object', properties: { a: { type: 'string' } } },
        },
        $defs: {
          retry: {
            type: 'object',
            default: { codes: [503] },
            properties: { attempts: { default: 3 } },
          },
        },
      }),
    ).toEqual({
      mode: 'closed',
      size: 5,
      list: ['a'],
      off: false,
      version: 2,
      retry: { attempts: 3, codes: [503] },
      limits: {},
    });
  });

  it('ends where a schema comes again', () => {
    expect(
      configDefaults({
        type: 'object',
        properties: { child: { $ref: '#' }, a: { default: 1 } },
      }),
    ).toEqual({ a: 1 });
  });

  it('leaves out an optional object that would lack a required field', () => {
    const rule = {
      type: 'object',
      required: ['path'],
      properties: { path: { type: 'string' }, mode: { default: 'exact' } },
    };
    const offered = (required: string[]) =>
      configDefaults({
        type: 'object',
        required,
        properties: { rule, same: { $ref: '#/$defs/rule' } },
        $defs: { rule },
      });
    expect(offered([])).toEqual({});
    expect(offered(['rule', 'same'])).toEqual({
      rule: { mode: 'exact' },
      same: { mode: 'exact' },
    });
  });

  it('has nothing to offer without defaults, but an empty object', () => {
    expect(configDefaults({ type: 'string' })).toBeUndefined();
    expect(configDefaults({ type: 'object' })).toEqual({});
    expect(configDefaults({ type: 'string', default: 'x' })).toBe('x');
  });
});
