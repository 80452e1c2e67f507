import { TOKEN_AUTH_CONFIG } from '../__testUtils__';
import {
  fieldId,
  filledSecrets,
  formSchemaOf,
  parseFieldPath,
  problemsForForm,
  uiSchemaOf,
} from './configurationForm';

describe('parseFieldPath', () => {
  it.each([
    ['', []],
    ['secret', ['secret']],
    ['rules[0].path', ['rules', 0, 'path']],
    ['[2][3]', [2, 3]],
    ['headers["x-a.b"]', ['headers', 'x-a.b']],
    ['headers["a\\"]b"].to', ['headers', 'a"]b', 'to']],
    ['x-a.$ref', ['x-a', '$ref']],
  ])('reads %s', (path, segments) => {
    expect(parseFieldPath(path)).toEqual(segments);
  });

  it('names a field as the form does', () => {
    expect(fieldId('rules[0].path')).toBe('root_rules_0_path');
  });
});

describe('problemsForForm', () => {
  const wrong = { path: 'rules[0].path', message: 'must be text, but is 1' };
  const missing = { path: 'secret', message: 'is missing; it must be text' };
  const value = { rules: [{ path: 1 }] };

  it('puts a problem at its field, as a sentence', () => {
    expect(problemsForForm([wrong], value, new Set())).toEqual({
      rules: {
        0: { path: { __errors: ['Must be text, but is 1.'] } },
      },
    });
  });

  it('says that a field is missing once it has been touched', () => {
    expect(problemsForForm([missing], value, new Set())).toEqual({});
    expect(problemsForForm([missing], value, new Set(['root_secret']))).toEqual(
      { secret: { __errors: ['Is missing; it must be text.'] } },
    );
  });

  it('puts what is wrong with the whole at the top', () => {
    expect(
      problemsForForm([{ path: '', message: 'is wrong' }], value, new Set()),
    ).toEqual({ __errors: ['Is wrong.'] });
  });
});

describe('the form of a schema', () => {
  it('leaves out regular expressions, which could hang the browser', () => {
    const evil = '^(a+)+$';
    expect(
      JSON.stringify(
        formSchemaOf({
          type: 'object',
          properties: {
            pattern: { type: 'string', pattern: evil },
            list: { type: 'array', items: { pattern: evil } },
          },
        }),
      ),
    ).toBe(
      '{"type":"object","properties":{"pattern":{"type":"string"},"list":{"type":"array","items":{}}}}',
    );
  });

  it('labels a configuration that is no object', () => {
    expect(formSchemaOf({ type: 'string' })).toEqual({
      type: 'string',
      title: 'Configuration',
    });
  });

  it('shows secrets as dots and knows which are filled', () => {
    const { schema } = TOKEN_AUTH_CONFIG;
    expect(uiSchemaOf(schema).secret).toMatchObject({
      'ui:widget': 'password',
    });
    expect(filledSecrets(schema, { secret: 'x', header: 'y' })).toEqual([
      'secret',
    ]);
    expect(filledSecrets(schema, {})).toEqual([]);
  });
});
