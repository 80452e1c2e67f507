/** How many bytes follow a format byte c0 … df that is no container, before its content. */
const FIXED_CONTENT: Readonly<Record<number, number>> = {
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
  0xd4: 2,
  0xd5: 3,
  0xd6: 5,
  0xd7: 9,
  0xd8: 17,
};

/** Formats whose length stands in 1, 2 or 4 bytes: bin, ext (one byte more), str. */
const LENGTH_BYTES: Readonly<Record<number, number>> = {
  0xc4: 1,
  0xc5: 2,
  0xc6: 4,
  0xc7: 1,
  0xc8: 2,
  0xc9: 4,
  0xd9: 1,
  0xda: 2,
  0xdb: 4,
};

/**
 * Walks over MessagePack without building anything. The library that builds has no limit
 * on nesting: one byte a level would cost a hundred times its size in memory.
 *
 * @throws RangeError when lists and maps nest deeper than `limit`
 */
export function checkNesting(payload: Uint8Array, limit: number): void {
  const view = new DataView(
    payload.buffer,
    payload.byteOffset,
    payload.byteLength,
  );
  const unsigned = (at: number, size: number) => {
    if (size === 1) {
      return view.getUint8(at);
    }
    return size === 2 ? view.getUint16(at) : view.getUint32(at);
  };
  // How many values are still to come in each open container, innermost last.
  const open: number[] = [];
  let at = 0;
  while (at < payload.length) {
    const format = payload[at];
    at += 1;
    let values = 0;
    if (format >= 0x80 && format <= 0x8f) {
      values = (format & 0x0f) * 2;
    } else if (format >= 0x90 && format <= 0x9f) {
      values = format & 0x0f;
    } else if (format >= 0xa0 && format <= 0xbf) {
      at += format & 0x1f;
    } else if (format >= 0xdc && format <= 0xdf) {
      const size = format % 2 === 0 ? 2 : 4;
      values = unsigned(at, size) * (format >= 0xde ? 2 : 1);
      at += size;
    } else if (LENGTH_BYTES[format] !== undefined) {
      const size = LENGTH_BYTES[format];
      at +=
        size + unsigned(at, size) + (format >= 0xc7 && format <= 0xc9 ? 1 : 0);
    } else {
      at += FIXED_CONTENT[format] ?? 0;
    }
    if (values > 0) {
      open.push(values);
      if (open.length > limit) {
        throw new RangeError(`it nests more than ${limit} deep`);
      }
    } else {
      while (open.length > 0 && --open[open.length - 1] === 0) {
        open.pop();
      }
    }
  }
}
