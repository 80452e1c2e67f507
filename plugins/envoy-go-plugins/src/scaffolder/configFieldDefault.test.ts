import { defaultAsText, defaultFromText } from './configFieldDefault';

describe('the default of a field, as it is typed', () => {
  it.each([
    ['string', 'a b', 'a b'],
    ['integer', '12', 12],
    ['integer', 'twelve', 'twelve'],
    ['number', '1.5', 1.5],
    ['number', 'Infinity', 'Infinity'],
    ['boolean', 'true', true],
    ['boolean', 'yes', 'yes'],
    ['duration', ' 150ms ', '150ms'],
    ['string[]', 'a, b ,,c', ['a', 'b', 'c']],
    ['integer', '  ', undefined],
  ] as const)('reads a %s from %j', (type, text, value) => {
    expect(defaultFromText(text, type)).toEqual(value);
  });

  it('is written back as it was typed', () => {
    expect(defaultAsText(undefined)).toBe('');
    expect(defaultAsText(['a', 'b'])).toBe('a, b');
    expect(defaultAsText(false)).toBe('false');
    expect(defaultAsText('x')).toBe('x');
  });
});
