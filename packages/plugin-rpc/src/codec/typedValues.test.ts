import { WrongTypeError } from '../errors';
import { CodecRegistry } from './Codec';
import { float64 } from './mapCodec';
import { Payload } from './Payload';
import { Timestamp } from './Timestamp';
import { TypedMap } from './typedValues';

const registry = new CodecRegistry();

function received(value: unknown): Payload {
  const { codec, payload } = registry.encode(value);
  return new Payload(codec, payload, registry, 'The argument of test');
}

const map = received({
  int: -7,
  big: 2n ** 60n,
  float: 1.5,
  whole: float64(3),
  text: 'ten',
  yes: true,
  bytes: Buffer.from('b'),
  time: new Date(1234),
  list: [1, 'x', { deep: [false] }],
  map: { inner: 'i' },
  nil: null,
}).map();

describe('typed getters', () => {
  it('read each type as what it is', () => {
    expect(map.getInt64('int')).toBe(-7n);
    expect(map.getInt64('big')).toBe(2n ** 60n);
    expect(map.getInt32('int')).toBe(-7);
    expect(map.getFloat64('float')).toBe(1.5);
    expect(map.getString('text')).toBe('ten');
    expect(map.getBool('yes')).toBe(true);
    expect(Buffer.from(map.getBytes('bytes')).toString()).toBe('b');
    expect(map.getTime('time')).toEqual(new Date(1234));
    expect(map.getTimestamp('time')).toEqual(new Timestamp(1, 234_000_000));
    expect(map.getMap('map').getString('inner')).toBe('i');
    expect(map.getList('list').getMap(2).getList('deep').getBool(0)).toBe(
      false,
    );
    expect(map.getEnum('text', ['nine', 'ten'])).toBe('ten');
    expect(map.getList('list').length).toBe(3);
    expect(map.has('nil')).toBe(false);
    expect(map.keys()).toContain('nil');
  });

  it('widen a number where nothing is lost', () => {
    expect(map.getFloat64('int')).toBe(-7);
    expect(map.getInt64('whole')).toBe(3n);
    expect(() =>
      received({ a: 2n ** 60n + 1n })
        .map()
        .getFloat64('a'),
    ).toThrow(WrongTypeError);
  });

  it.each([
    [() => map.getInt64('text'), 'text is a string ("ten"), not an int64'],
    [() => map.getInt64('float'), 'float is a float64 (1.5), not an int64'],
    [() => map.getInt32('big'), `big is an int64 (${2n ** 60n}), not an int32`],
    [() => map.getString('int'), 'int is an int64 (-7), not a string'],
    [() => map.getString('none'), 'none is missing, not a string'],
    [() => map.getString('nil'), 'nil is nil, not a string'],
    [
      () => map.getString('constructor'),
      'constructor is missing, not a string',
    ],
    [() => map.getTime('yes'), 'yes is a bool (true), not a time'],
    [() => map.getMap('list'), 'list is a list, not a map'],
    [() => map.getList('map'), 'map is a map, not a list'],
    [() => map.getBytes('time'), 'time is a time, not bytes'],
    [() => map.getBool('bytes'), 'bytes is bytes, not a bool'],
    [
      () => map.getMap('map').getInt64('inner'),
      'map.inner is a string ("i"), not an int64',
    ],
    [
      () => map.getList('list').getMap(2).getList('deep').getString(0),
      'list[2].deep[0] is a bool (false), not a string',
    ],
    [
      () => map.getList('list').getString(9),
      'list[9] is missing, not a string',
    ],
    [
      () => map.getEnum('text', ['one', 'two']),
      'text is a string ("ten"), not one of "one", "two"',
    ],
  ])('refuse another type: case %#', (get, message) => {
    expect(get).toThrow(new WrongTypeError(message));
  });

  it('give the default for what is absent or nil, and only for that', () => {
    expect(map.getInt64('none', 5n)).toBe(5n);
    expect(map.getString('nil', 'd')).toBe('d');
    expect(map.getMap('none', new TypedMap({})).keys()).toEqual([]);
    expect(() => map.getInt64('text', 5n)).toThrow(WrongTypeError);
  });

  it('refuse a payload in another codec, or that is no map', () => {
    expect(() => received(Buffer.from('x')).map()).toThrow(
      'The argument of test is in the codec "bytes", not "map"',
    );
    expect(() => received({}).bytes()).toThrow(
      'The argument of test is in the codec "map", not "bytes"',
    );
    expect(() => received(5).map()).toThrow(
      'The argument of test is an int64 (5), not a map',
    );
    expect(received([1]).value()).toEqual([1n]);
  });
});
