import { decode, encode } from '@msgpack/msgpack';
import { WrongTypeError } from '../errors';
import { float64, mapCodec } from './mapCodec';
import { Timestamp } from './Timestamp';

const hex = (value: unknown) =>
  Buffer.from(mapCodec.encode(value)).toString('hex');

const back = (value: unknown) => mapCodec.decode(mapCodec.encode(value));

describe('the Map codec', () => {
  it.each([
    [undefined, 'c0'],
    [null, 'c0'],
    [true, 'c3'],
    [0, 'cf0000000000000000'],
    [1n, 'cf0000000000000001'],
    [-1, 'd3ffffffffffffffff'],
    [2n ** 63n - 1n, 'cf7fffffffffffffff'],
    [-(2n ** 63n), 'd38000000000000000'],
    [1.5, 'cb3ff8000000000000'],
    [float64(1), 'cb3ff0000000000000'],
    [-0, 'cb8000000000000000'],
    [NaN, 'cb7ff8000000000000'],
    ['é', 'a2c3a9'],
    [Buffer.from([1, 2]), 'c4020102'],
    [new Timestamp(1), 'd6ff00000001'],
    [new Timestamp(1, 5), 'd7ff0000001400000001'],
    [new Timestamp(-1, 5), 'c70cff00000005ffffffffffffffff'],
    [new Date(1000), 'd6ff00000001'],
    [['a', undefined], '92a161c0'],
    [{ b: true, a: undefined, c: null }, '82a162c3a163c0'],
  ])('writes %p as %s', (value, bytes) => {
    expect(hex(value)).toBe(bytes);
  });

  it('sorts keys by their UTF-8 bytes, also those that look like indices', () => {
    const keys = ['b', '10', '2', 'a', '', '\u{1f600}', '\uff5e', 'é', '-'];
    const map = Object.fromEntries(keys.map(key => [key, true]));
    const reversed = Object.fromEntries(
      [...keys].reverse().map(key => [key, true]),
    );
    expect(hex(map)).toBe(hex(reversed));
    const bytes = Buffer.from(mapCodec.encode(map));
    const sorted = [...keys].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    const expected = Buffer.concat([
      Buffer.from([0x80 + keys.length]),
      ...sorted.map(key => Buffer.concat([encode(key), Buffer.from([0xc3])])),
    ]);
    expect(bytes).toEqual(expected);
  });

  it('keeps what kind of number a value is, times and bytes', () => {
    expect(
      back({
        int: 5,
        big: 2n ** 62n + 1n,
        float: float64(5),
        time: new Timestamp(1_795_000_000, 123_456_789),
        bytes: Buffer.from('x'),
        list: [{ deep: [1n] }],
      }),
    ).toEqual({
      int: 5n,
      big: 2n ** 62n + 1n,
      float: 5,
      time: new Timestamp(1_795_000_000, 123_456_789),
      bytes: new Uint8Array([120]),
      list: [{ deep: [1n] }],
    });
  });

  it('reads what other libraries write', () => {
    const foreign = { small: 3, text: 'x', list: [1.5, -200], at: new Date(0) };
    expect(mapCodec.decode(encode(foreign))).toEqual({
      ...foreign,
      at: new Timestamp(0),
    });
    expect(decode(mapCodec.encode({ a: 'b' }))).toEqual({ a: 'b' });
  });

  it.each([
    [2n ** 63n, 'an integer beyond 64 bits'],
    [() => 1, 'a function'],
    [new Map(), 'a Map'],
    [new Date(NaN), 'an invalid Date'],
  ])('refuses to write %p, and says where', (value, why) => {
    expect(() => mapCodec.encode({ a: [value] })).toThrow(
      new WrongTypeError(`a[0] is ${why}, which the map codec cannot carry`),
    );
  });

  it('refuses to write what nests too deep, such as a circle', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => mapCodec.encode(circle)).toThrow('nested more than 100 deep');
  });

  it.each([
    ['nothing', ''],
    ['a value that is cut off', 'cf00'],
    ['bytes left over', 'c0c0'],
    ['a key that is no string', '81c0c0'],
    ['an integer for a key', '8101c0'],
    ['the key __proto__', `81a9${Buffer.from('__proto__').toString('hex')}80`],
    ['an unknown ext', 'd40501'],
    ['a list longer than the payload', 'ddffffffff'],
    ['a format that does not exist', 'c1'],
    ['101 lists in each other', `${'91'.repeat(101)}c0`],
  ])('refuses to read %s', (_, bytes) => {
    expect(() => mapCodec.decode(Buffer.from(bytes, 'hex'))).toThrow(
      WrongTypeError,
    );
  });

  it('reads 100 lists in each other beside all other formats', () => {
    const formats = [
      'ccff',
      'cdffff',
      'ceffffffff',
      'd080',
      'd18000',
      'd280000000',
      'ca3f800000',
      'd90161',
      'da000161',
      'db0000000161',
      'c50001ff',
      'c600000001ff',
      'dc0001c0',
      'dd00000001c0',
      'de0001a161c0',
      'df00000001a161c0',
      'c3',
      'e0',
      '7f',
    ];
    for (const format of formats) {
      const payload = `${'91'.repeat(98)}92${format}c3`;
      expect(() => mapCodec.decode(Buffer.from(payload, 'hex'))).not.toThrow();
    }
  });

  it('does not spend memory on a payload that is all openings', () => {
    const before = process.memoryUsage().heapUsed;
    expect(() => mapCodec.decode(Buffer.alloc(4_000_000, 0x91))).toThrow(
      'nests more than 100 deep',
    );
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
  });
});
