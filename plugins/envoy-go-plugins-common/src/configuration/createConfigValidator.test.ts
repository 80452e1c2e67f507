import { InputError } from '@backstage/errors';
import type { JsonObject, JsonValue } from '@backstage/types';
import { checkConfigSchema } from './checkConfigSchema';
import { createConfigValidator } from './createConfigValidator';
import { CONFIG_LIMITS } from './documentLimits';

function schemaProblems(schema: JsonValue): string[] {
  return checkConfigSchema(schema, ['schema']).map(
    ({ path, message }) => `${path} ${message}`,
  );
}

function problems(schema: JsonObject, value: JsonValue): string[] {
  return createConfigValidator(schema)(value, ['config']).map(
    ({ path, message }) => `${path} ${message}`,
  );
}

function nested(depth: number): JsonObject {
  let schema: JsonObject = { type: 'string' };
  for (let level = 0; level < depth; level += 1) {
    schema = { not: schema };
  }
  return schema;
}

describe('checkConfigSchema', () => {
  it('accepts what JSON Schema 2020-12 has', () => {
    expect(
      schemaProblems({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'https://example.com/token-auth',
        title: 'Token auth',
        type: ['object', 'null'],
        required: ['secret'],
        properties: {
          secret: { type: 'string', minLength: 1, pattern: '^[a-z\\d]+$' },
          size: { type: 'integer', minimum: 1, default: 5 },
          rules: { type: 'array', prefixItems: [{ const: 1 }], items: false },
          tree: { $ref: '#/$defs/tree' },
          anchored: { $ref: '#leaf' },
          'x/y~z': { $ref: '#/properties/x~1y~0z/not', not: {} },
        },
        patternProperties: { '^x-': true },
        unevaluatedProperties: false,
        dependentRequired: { size: ['secret'] },
        'x-order': 5,
        $defs: {
          tree: { properties: { child: { $ref: '#/$defs/tree' } } },
          leaf: { $anchor: 'leaf', format: 'uri' },
        },
      }),
    ).toEqual([]);
  });

  it.each<[string, JsonValue, string]>([
    [
      'what is no object',
      ['x'],
      'schema must be a JSON Schema, which is an object, but is a list of 1',
    ],
    [
      'a slip in a keyword',
      { properties: { a: { typ: 'string' } } },
      'schema.properties.a.typ is no keyword of JSON Schema 2020-12; did you mean type?',
    ],
    [
      'a keyword of somebody',
      { flavour: 'sweet' },
      'schema.flavour is no keyword of JSON Schema 2020-12; names of your own begin with "x-"',
    ],
    [
      'a list of properties',
      { properties: ['a'] },
      'schema.properties must be an object, but is a list of 1',
    ],
    [
      'required that is no list',
      { required: true },
      'schema.required must be a list, but is true',
    ],
    [
      'a negative length',
      { items: { minLength: -1 } },
      'schema.items.minLength must be >= 0, but is -1',
    ],
    [
      'another dialect',
      { $schema: 'http://json-schema.org/draft-07/schema#' },
      'schema.$schema must be "https://json-schema.org/draft/2020-12/schema", but is "http://json-schema.org/draft-07/schema#"',
    ],
    [
      'a reference to another host',
      { items: { $ref: 'https://example.com/schema.json' } },
      'schema.items.$ref must stay inside this schema, such as "#/$defs/rule", but is "https://example.com/schema.json"; nothing is ever fetched',
    ],
    [
      'a reference to a file',
      { $ref: 'file:///etc/passwd' },
      'schema.$ref must stay inside this schema, such as "#/$defs/rule", but is "file:///etc/passwd"; nothing is ever fetched',
    ],
    [
      'a reference to nothing',
      { $ref: '#/$defs/none' },
      'schema.$ref must name a schema inside this schema, but nothing is at "#/$defs/none"',
    ],
    [
      'a reference that cannot be read',
      { $ref: '#/%zz' },
      'schema.$ref must name a schema inside this schema, but nothing is at "#/%zz"',
    ],
    [
      'a reference to data',
      { default: { $ref: '#/default' }, $ref: '#/default' },
      'schema.$ref must name a schema inside this schema, but nothing is at "#/default"',
    ],
    [
      'an identity inside, which would change what references mean',
      { items: { $id: 'https://example.com/' } },
      'schema.items.$id is allowed at the root of the schema only; use $defs',
    ],
    [
      'dynamic references',
      { $dynamicRef: '#meta' },
      'schema.$dynamicRef is not supported here; use $ref and $defs',
    ],
    [
      'a schema that is itself',
      { $ref: '#' },
      'schema refers to itself without going into a property or an entry first, so that it never ends',
    ],
    [
      'a circle of schemas',
      {
        $defs: {
          a: { allOf: [{ $ref: '#/$defs/b' }] },
          b: { not: { $ref: '#/$defs/a' } },
        },
      },
      'schema.$defs.a refers to itself without going into a property or an entry first, so that it never ends',
    ],
    [
      'a pattern that is none',
      { pattern: '(' },
      'schema.pattern must be a regular expression of Go (RE2), but is "(": error parsing regexp: missing closing ): `(`',
    ],
    [
      'a pattern that Go does not have',
      { properties: { a: { pattern: '^(?!b)' } } },
      'schema.properties.a.pattern must be a regular expression of Go (RE2), but is "^(?!b)": error parsing regexp: invalid or unsupported Perl syntax: `(?!`',
    ],
    [
      'a name pattern that is none',
      { patternProperties: { '[': true } },
      'schema.patternProperties["["] must be a regular expression of Go (RE2), but is "[": error parsing regexp: missing closing ]: `[`',
    ],
    [
      'a pattern that repeats too much',
      { pattern: '((a{1,100}){1,100}){1,100}' },
      'schema.pattern must be a regular expression of Go (RE2), but is "((a{1,100}){1,100}){1,100}": error parsing regexp: invalid repeat count: `{1,100}`',
    ],
    [
      'an endless pattern',
      { pattern: 'a'.repeat(1000) },
      'schema.pattern must have at most 512 characters, but has 1000',
    ],
    [
      'what is too long',
      { description: 'x'.repeat(CONFIG_LIMITS.schemaLength) },
      'schema is longer than 65536 characters; make it shorter',
    ],
    [
      'what is too deep',
      nested(40),
      'schema is nested deeper than 32 levels; make it flatter',
    ],
    [
      'too many schemas',
      { allOf: Array.from({ length: 1200 }, () => ({})) },
      'schema must have at most 500 schemas in it, but has 1201',
    ],
    [
      'too many patterns',
      {
        allOf: Array.from({ length: 100 }, () => ({
          pattern: '^([a-z]{1,30}){1,30}'.repeat(5),
        })),
      },
      'schema.allOf[2].pattern is too much, together with the patterns before it; repeat less, such as {1,20} instead of {1,1000}',
    ],
    [
      'a prototype',
      JSON.parse('{"properties": {"__proto__": {"type": "string"}}}'),
      'schema.properties.__proto__ is not allowed as a name',
    ],
  ])('refuses %s', (_, schema, problem) => {
    expect(schemaProblems(schema)).toEqual([problem]);
  });

  it('names all problems at once', () => {
    expect(
      schemaProblems({
        type: 'objekt',
        properties: { a: { pattern: '(' }, b: { type: ['string', 5] } },
        required: 'a',
      }).map(problem => problem.split(' ')[0]),
    ).toEqual([
      'schema.type',
      'schema.properties.b.type',
      'schema.properties.a.pattern',
      'schema.required',
    ]);
  });

  it('does not take names of properties for keywords', () => {
    expect(
      schemaProblems({
        properties: {
          $ref: { type: 'string' },
          pattern: { type: 'string' },
          const: { $ref: '#/properties/pattern' },
        },
      }),
    ).toEqual([]);
  });

  it('does not take data for schemas', () => {
    expect(
      schemaProblems({
        const: { $ref: 'https://example.com', typ: 5 },
        enum: [{ pattern: '(' }],
        default: { $id: 'x' },
        examples: [{ $dynamicRef: 5 }],
      }),
    ).toEqual([]);
  });

  it('takes time by its limits, not by the document', () => {
    let bomb: JsonObject = { description: 'x'.repeat(100) };
    for (let level = 0; level < 30; level += 1) {
      bomb = { allOf: new Array(10).fill(bomb) };
    }
    expect(schemaProblems(bomb)).toEqual([
      expect.stringMatching(/^schema is (longer|nested)/),
    ]);
  });
});

describe('createConfigValidator', () => {
  it('says what is wrong with each field', () => {
    expect(
      problems(
        {
          type: 'object',
          required: ['secret'],
          additionalProperties: false,
          properties: {
            secret: { type: 'string', minLength: 3 },
            mode: { enum: ['open', 'closed'] },
            port: { type: 'integer', exclusiveMaximum: 65536 },
            url: { type: 'string', format: 'uri' },
            names: { type: 'array', maxItems: 1, uniqueItems: true },
            code: { type: ['string', 'null'], pattern: '^[a-z]+$' },
            fixed: { const: 5 },
            none: false,
          },
          dependentRequired: { mode: ['port'] },
        },
        {
          secret: 'ab',
          mode: 'ajar',
          url: 'no url',
          names: ['a', 'a'],
          code: 'A-1',
          fixed: 6,
          none: {},
          extra: 1,
        },
      ),
    ).toEqual([
      'config.extra is not known here; allowed are secret, mode, port, url, names, code, fixed, none',
      'config.secret must have at least 3 characters, but is "ab"',
      'config.mode must be one of open, closed, but is "ajar"',
      'config.url must be a valid uri, but is "no url"',
      'config.names must have at most 1 entry, but is a list of 2',
      'config.names[1] must not repeat an earlier entry, but is "a" like entry 0',
      'config.code must match ^[a-z]+$, but is "A-1"',
      'config.fixed must be 5, but is 6',
      'config.none is not allowed, but is an object',
      'config.port is missing, but mode needs it; it must be a whole number',
    ]);
  });

  it('says what is missing and what it must be', () => {
    const validate = createConfigValidator({
      required: ['mode', 'size'],
      properties: {
        mode: { enum: ['open', 'closed'] },
        size: { type: ['integer', 'null'] },
      },
    });
    expect(validate({})).toEqual([
      { path: 'mode', message: 'is missing; it must be one of open, closed' },
      {
        path: 'size',
        message: 'is missing; it must be a whole number or null',
      },
    ]);
  });

  it('follows references and alternatives', () => {
    const schema = {
      type: 'array',
      items: { $ref: '#/$defs/rule' },
      $defs: {
        rule: {
          oneOf: [
            { required: ['a'], properties: { a: { type: 'string' } } },
            { required: ['b'] },
          ],
        },
      },
    };
    expect(problems(schema, [{ a: 'x' }, { b: 1 }])).toEqual([]);
    expect(problems(schema, [{ a: 'x', b: 1 }])).toEqual([
      'config[0] must match exactly one of the alternatives, but matches several',
    ]);
  });

  it('keeps the patterns of fields apart', () => {
    const schema = {
      properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } },
    };
    expect(problems(schema, { a: 'a', b: 'b' })).toEqual([]);
    expect(problems(schema, { a: 'b', b: 'a' })).toHaveLength(2);
  });

  it('looks only at fields that are there, whatever they are called', () => {
    const schema = {
      required: ['constructor', 'toString'],
      properties: { valueOf: { type: 'string' } },
    };
    expect(problems(schema, {})).toEqual([
      'config.constructor is missing',
      'config.toString is missing',
    ]);
    expect(problems(schema, { constructor: 1, toString: 2 })).toEqual([]);
  });

  it('refuses a value with a prototype of its own', () => {
    expect(problems({}, JSON.parse('{"__proto__": {"a": 1}}'))).toEqual([
      'config.__proto__ is not allowed as a name',
    ]);
  });

  it('matches hostile patterns in linear time', () => {
    expect(
      problems(
        { type: 'string', pattern: '^(a+)+$' },
        `${'a'.repeat(30_000)}!`,
      ),
    ).toHaveLength(1);
  });

  it.each(['email', 'hostname', 'uri', 'uri-template', 'url', 'regex'])(
    'checks hostile texts of the format %s in no time',
    format => {
      const validate = createConfigValidator({ type: 'string', format });
      const started = performance.now();
      for (const text of ['a-', 'http://a:', 'a@a.', '{a}', '(', '%41']) {
        validate(`${text.repeat(65_000 / text.length)} !`);
      }
      expect(performance.now() - started).toBeLessThan(1000);
    },
  );

  it('takes formats that it does not know for remarks', () => {
    expect(problems({ format: 'phone' }, 'x')).toEqual([]);
  });

  it('ends where references double the work at every level', () => {
    const levels = 28;
    const $defs: JsonObject = { [`d${levels}`]: { type: 'string' } };
    for (let level = 0; level < levels; level += 1) {
      const next = { $ref: `#/$defs/d${level + 1}` };
      $defs[`d${level}`] = { allOf: [next, next] };
    }
    expect(problems({ $ref: '#/$defs/d0', $defs }, 5)).toEqual([
      'config takes more than 20000 references of its schema to validate; make the schema simpler',
    ]);
  });

  it('validates again after a value that took too long', () => {
    const validate = createConfigValidator({
      anyOf: [
        { type: 'string' },
        {
          properties: { a: { $ref: '#/$defs/d' }, b: { $ref: '#/$defs/d' } },
          $comment: 'what one level costs doubles with the next',
        },
      ],
      $defs: {
        d: {
          allOf: [
            { properties: { a: { $ref: '#/$defs/d' } } },
            { properties: { a: { $ref: '#/$defs/d' } } },
          ],
        },
      },
    });
    let deep: JsonObject = {};
    for (let level = 0; level < 30; level += 1) {
      deep = { a: deep };
    }
    expect(validate(deep)).toHaveLength(1);
    expect(validate('text')).toEqual([]);
    expect(validate({ a: { a: {} } })).toEqual([]);
  });

  it('refuses what is too deep or too long', () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 40; level += 1) {
      deep = [deep];
    }
    expect(problems({}, deep)).toEqual([
      'config is nested deeper than 32 levels; make it flatter',
    ]);
    expect(problems({}, 'x'.repeat(100_000))).toEqual([
      'config is longer than 65536 characters; make it shorter',
    ]);
  });

  it('refuses a broken schema', () => {
    expect(() => createConfigValidator({ type: 'objekt' })).toThrow(InputError);
    expect(() => createConfigValidator({ type: 'objekt' })).toThrow(
      "The configuration's schema is broken: type must be one of",
    );
  });
});
