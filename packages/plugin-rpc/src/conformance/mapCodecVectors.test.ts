import { join } from 'node:path';
import { mapCodec, TypedList } from '../codec';
import { WrongTypeError } from '../errors';
import { build, fromHex, readVectors } from './readVectors';

describe('the vectors of the Map codec', () => {
  const { values, readable, refused } = readVectors(
    join(__dirname, '../../conformance'),
  );

  it.each(values)('writes $name', ({ value, hex }) => {
    const written = Buffer.from(mapCodec.encode(build(value)));
    expect(written.equals(fromHex(hex))).toBe(true);
  });

  it.each([...values, ...readable])('reads $name', ({ value, hex }) => {
    const decoded = mapCodec.decode(fromHex(hex));
    // Integers that others write in fewer bytes are numbers until they are read as int64.
    const read =
      value.type === 'int64' ? new TypedList([decoded]).getInt64(0) : decoded;
    expect(read).toEqual(build(value, float => float));
  });

  it.each(refused)('refuses $name', ({ hex }) => {
    expect(() => mapCodec.decode(fromHex(hex))).toThrow(WrongTypeError);
  });
});
