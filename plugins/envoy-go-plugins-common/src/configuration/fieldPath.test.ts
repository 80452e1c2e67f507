import {
  fieldPathOfPointer,
  formatFieldPath,
  pointerOfFieldPath,
} from './fieldPath';

describe('formatFieldPath', () => {
  it.each([
    [[], ''],
    [['spec', 'order', 'before', 1], 'spec.order.before[1]'],
    [['headers', 'x-a', 'b.c', ''], 'headers.x-a["b.c"][""]'],
    [['$defs', '"'], '$defs["\\""]'],
    [[0, 'a'], '[0].a'],
  ])('writes %j as %s', (path, text) => {
    expect(formatFieldPath(path)).toBe(text);
  });
});

describe('pointers', () => {
  it('lead to a place and back', () => {
    const path = ['a/b', '~', 2, '3'];
    const document = { 'a/b': { '~': [0, 0, { '3': true }] } };
    const pointer = pointerOfFieldPath(path);
    expect(pointer).toBe('/a~1b/~0/2/3');
    expect(fieldPathOfPointer(pointer, document)).toEqual(path);
  });
});
