import { gzipSync } from 'node:zlib';

/** An entry of an archive as somebody hostile may write it. */
export interface ArchiveEntry {
  path: string;
  /** Type flag of the header; `0` (a file) by default. */
  type?: string;
  content?: string | Buffer;
  /** What the header says of the content's length. */
  size?: number;
  /** Where a link leads. */
  link?: string;
  /** Bytes that stand in the header's field for the size. */
  rawSize?: string;
}

const BLOCK = 512;

/** A tar archive without any check of what is in it. */
export function writeTar(entries: ArchiveEntry[]): Buffer {
  const blocks = entries.flatMap(entry => {
    const content = Buffer.from(entry.content ?? '');
    const padding = (BLOCK - (content.length % BLOCK)) % BLOCK;
    return [header(entry, content.length), content, Buffer.alloc(padding)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** The same, compressed. */
export function writeArchive(entries: ArchiveEntry[]): Buffer {
  return gzipSync(writeTar(entries));
}

/** Headers that change what the next one says, or all that follow. */
export function pax(
  records: Record<string, string>,
  type: 'x' | 'g' = 'x',
): ArchiveEntry {
  const content = Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      let length = rest.length;
      while (String(length).length + rest.length !== length) {
        length = String(length).length + rest.length;
      }
      return `${length}${rest}`;
    })
    .join('');
  return { path: 'pax_header', type, content };
}

// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
function header(entry: ArchiveEntry, length: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(entry.path, 0, 100, 'utf8');
  block.write('0000644\0', 100, 'latin1');
  block.write('0000000\0', 108, 'latin1');
  block.write('0000000\0', 116, 'latin1');
  const size = (entry.size ?? length).toString(8).padStart(11, '0');
  block.write(entry.rawSize ?? `${size}\0`, 124, 12, 'latin1');
  block.write('00000000000\0', 136, 'latin1');
  block.write('        ', 148, 'latin1');
  block.write(entry.type ?? '0', 156, 'latin1');
  block.write(entry.link ?? '', 157, 100, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
