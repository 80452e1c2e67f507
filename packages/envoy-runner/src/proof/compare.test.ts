import {
  compareBody,
  compareExact,
  compareHeaders,
  compareRequest,
  compareStats,
} from './compare';

describe('compareExact', () => {
  it('finds nothing where nothing is expected or all is as it should be', () => {
    expect(compareExact('status', undefined, 200)).toEqual([]);
    expect(compareExact('status', 200, 200)).toEqual([]);
  });

  it('tells expected from actual', () => {
    expect(compareExact('status', 403, 200)).toEqual([
      { field: 'status', expected: '403', actual: '200' },
    ]);
  });
});

describe('compareHeaders', () => {
  const actual = { 'x-a': '1', 'x-many': ['1', '2'], 'x-empty': '' };

  it('compares names without case, and joins several values', () => {
    expect(
      compareHeaders(
        'headers',
        {
          'X-A': '1',
          'x-many': '1, 2',
          'x-empty': '',
          'x-none': { absent: true },
          'X-a': { matches: '^\\d$' },
        },
        actual,
      ),
    ).toEqual([]);
  });

  it('says what is missing, superfluous or different', () => {
    expect(
      compareHeaders(
        'headers',
        {
          'x-a': { absent: true },
          'x-many': '1',
          'x-none': 'here',
          'x-empty': { matches: '.' },
          constructor: { matches: '.' },
        },
        actual,
      ),
    ).toEqual([
      { field: 'headers.x-a', expected: 'absent', actual: '1' },
      { field: 'headers.x-many', expected: '1', actual: '1, 2' },
      { field: 'headers.x-none', expected: 'here', actual: 'absent' },
      { field: 'headers.x-empty', expected: 'matches .', actual: '' },
      { field: 'headers.constructor', expected: 'matches .', actual: 'absent' },
    ]);
  });
});

describe('compareBody', () => {
  it.each([
    ['text', 'text'],
    [{ matches: '^te' }, 'text'],
    [{ contains: 'ex' }, 'text'],
    [{ json: { a: [1, { b: null }] } }, '{ "a": [1, {"b": null}] }'],
    [undefined, 'anything'],
  ])('accepts %j', (expected, actual) => {
    expect(compareBody('body', expected, actual)).toEqual([]);
  });

  it.each([
    ['text', 'text ', 'text'],
    [{ matches: '^x' }, 'text', 'matches ^x'],
    [{ contains: 'X' }, 'text', 'contains X'],
    [{ json: { a: 1 } }, '{"a":1,"b":2}', '{"a":1}'],
    [{ json: {} }, 'no json', '{}'],
  ])('refuses %j for %s', (expected, actual, words) => {
    expect(compareBody('body', expected, actual)).toEqual([
      { field: 'body', expected: words, actual },
    ]);
  });
});

describe('compareRequest', () => {
  it('compares all that is named', () => {
    expect(
      compareRequest(
        'upstream',
        { method: 'POST', path: '/', headers: { a: 'b' }, body: 'x' },
        { method: 'GET', path: '/?', headers: {}, body: '' },
      ).map(({ field }) => field),
    ).toEqual([
      'upstream.method',
      'upstream.path',
      'upstream.headers.a',
      'upstream.body',
    ]);
  });
});

describe('compareStats', () => {
  const before = new Map([
    ['x.auth.denied', 5],
    ['not_denied', 1],
  ]);
  const after = new Map([
    ['x.auth.denied', 7],
    ['y.auth.denied', 1],
    ['not_denied', 9],
  ]);

  it('adds up what counters of that ending grew by', () => {
    expect(compareStats({ 'auth.denied': 3 }, before, after)).toEqual([]);
    expect(
      compareStats({ 'auth.denied': { atLeast: 2 } }, before, after),
    ).toEqual([]);
  });

  it('prefers endings that begin at a dot', () => {
    expect(compareStats({ denied: 3 }, before, after)).toEqual([]);
    expect(compareStats({ t_denied: 8 }, before, after)).toEqual([]);
  });

  it('counts what does not exist as nothing', () => {
    expect(compareStats({ 'no.such': 0 }, before, after)).toEqual([]);
    expect(
      compareStats({ 'no.such': { atLeast: 1 }, not_denied: 1 }, before, after),
    ).toEqual([
      { field: 'stats.no.such', expected: 'at least +1', actual: '+0' },
      { field: 'stats.not_denied', expected: '+1', actual: '+8' },
    ]);
  });
});
