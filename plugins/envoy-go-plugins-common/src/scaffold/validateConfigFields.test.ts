import { isConfigFields, validateConfigFields } from './validateConfigFields';

describe('validateConfigFields', () => {
  it('accepts fields of every type with defaults that fit', () => {
    const fields = [
      { name: 'secret', type: 'string', required: true, secret: true },
      { name: 'header', type: 'string', default: 'x-token' },
      { name: 'maxRequests', type: 'integer', default: 10 },
      { name: 'ratio', type: 'number', default: 0.5 },
      { name: 'enabled', type: 'boolean', default: true },
      { name: 'timeout', type: 'duration', default: '1m30s' },
      { name: 'paths', type: 'string[]', default: ['/a'] },
      { name: 'type', type: 'string', description: 'A keyword of Go' },
    ];
    expect(validateConfigFields(fields)).toEqual([]);
    expect(isConfigFields(fields)).toBe(true);
  });

  it('refuses what is no list of fields', () => {
    expect(validateConfigFields({})).toEqual([
      { path: '', message: 'The configuration must be a list of fields.' },
    ]);
    expect(validateConfigFields(['x'])).toEqual([
      { path: '0', message: 'A field must have a name and a type.' },
    ]);
  });

  it.each([
    ['', 'Give the field a name'],
    ['MaxRequests', 'must begin with a lower-case letter'],
    ['1x', 'must begin with a lower-case letter'],
    ['max-requests', 'contains "-"'],
    ['max_requests', 'contains "_"'],
    ['größe', 'contains "ö"'],
    ['validate', 'would hide the method Validate'],
    ['a'.repeat(65), 'use 64 at most'],
  ])('refuses the name %j', (name, reason) => {
    expect(validateConfigFields([{ name, type: 'string' }])).toEqual([
      { path: '0.name', message: expect.stringContaining(reason) },
    ]);
  });

  it('refuses names that Go could not tell apart', () => {
    expect(
      validateConfigFields([
        { name: 'userId', type: 'string' },
        { name: 'userId', type: 'string' },
        { name: 'userID', type: 'string' },
      ]),
    ).toEqual([
      {
        path: '1.name',
        message:
          'There is already a field "userId"; give this one another name.',
      },
      {
        path: '2.name',
        message:
          'The names "userId" and "userID" differ only in capitals, and Go could not tell them apart; give this one another name.',
      },
    ]);
  });

  it.each([
    ['string', 1],
    ['string', '\ud800'],
    ['integer', 1.5],
    ['integer', 1e15],
    ['integer', '1'],
    ['number', '1'],
    ['boolean', 'true'],
    ['duration', '5'],
    ['duration', '-5s'],
    ['string[]', 'a'],
    ['string[]', ['a', 1]],
    ['string', null],
  ])('refuses a default that is no %s: %j', (type, value) => {
    expect(validateConfigFields([{ name: 'x', type, default: value }])).toEqual(
      [{ path: '0.default', message: expect.stringContaining(' is not ') }],
    );
  });

  it('refuses a default where there must be none', () => {
    expect(
      validateConfigFields([
        { name: 'a', type: 'string', required: true, default: 'x' },
        { name: 'b', type: 'string', secret: true, default: 'x' },
      ]),
    ).toEqual([
      {
        path: '0.default',
        message: expect.stringContaining('A required field has no default'),
      },
      {
        path: '1.default',
        message: expect.stringContaining('A secret has no default'),
      },
    ]);
  });

  it('refuses unknown types, properties and flags that are no booleans', () => {
    expect(
      validateConfigFields([
        { name: 'a', type: 'object' },
        { name: 'b', type: 'integer', secret: true },
        { name: 'c', type: 'string', required: 'yes', title: 'C' },
        { name: 'd', type: 'string', description: 1 },
      ]),
    ).toEqual([
      {
        path: '0.type',
        message:
          'The type must be one of string, integer, number, boolean, duration, string[].',
      },
      {
        path: '1.secret',
        message: 'Only a string can be a secret, not a field of type integer.',
      },
      { path: '2.required', message: '"required" must be true or false.' },
      {
        path: '2.title',
        message: 'A field has no property "title"; remove it.',
      },
      { path: '3.description', message: 'The description must be text.' },
    ]);
  });
});
