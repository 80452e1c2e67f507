import { CustomErrorBase, isError } from '@backstage/errors';

/**
 * A file that is no ELF shared library, or a damaged one.
 *
 * @public
 */
export class ElfError extends CustomErrorBase {}

/**
 * What a dynamic loader sees of a 64-bit little-endian ELF file.
 *
 * @public
 */
export interface ElfFacts {
  machine: 'amd64' | 'arm64' | 'other';
  isSharedObject: boolean;
  /** Libraries that must be there: DT_NEEDED. */
  needed: string[];
  /** Functions and objects that it defines for others. */
  exported: string[];
  /** Symbol versions that it wants of others, for example `GLIBC_2.34`. */
  versions: string[];
}

// https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
const MACHINES = new Map<number, ElfFacts['machine']>([
  [62, 'amd64'],
  [183, 'arm64'],
]);
const ET_DYN = 3;
const SHT_DYNAMIC = 6;
const SHT_DYNSYM = 11;
const SHT_GNU_VERNEED = 0x6ffffffe;
const DT_NULL = 0n;
const DT_NEEDED = 1n;
const MAX_ENTRIES = 1_000_000;

interface Section {
  type: number;
  link: number;
  content: Buffer;
}

/**
 * Reads the dynamic part of an ELF file.
 *
 * @throws ElfError when it is none, or an offset in it leads nowhere
 *
 * @public
 */
export function readElf(file: Buffer): ElfFacts {
  try {
    return read(file);
  } catch (error) {
    if (isError(error) && error.name === 'RangeError') {
      throw new ElfError(
        'The library is a damaged ELF file: an offset in it leads out of it',
      );
    }
    throw error;
  }
}

function read(file: Buffer): ElfFacts {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46) {
    throw new ElfError('The library is no ELF file');
  }
  if (file[4] !== 2 || file[5] !== 1) {
    throw new ElfError('The library is no 64-bit little-endian ELF file');
  }
  const sections = readSections(file);
  const strings = (section: Section, offset: number) =>
    readString(sections[section.link]?.content ?? Buffer.alloc(0), offset);

  const needed: string[] = [];
  const exported: string[] = [];
  const versions = new Set<string>();
  for (const section of sections) {
    const { type, content } = section;
    if (type === SHT_DYNAMIC) {
      for (let at = 0; at + 16 <= content.length; at += 16) {
        const tag = content.readBigUInt64LE(at);
        if (tag === DT_NULL) {
          break;
        }
        if (tag === DT_NEEDED) {
          needed.push(strings(section, toOffset(content, at + 8)));
        }
      }
    } else if (type === SHT_DYNSYM) {
      for (let at = 0; at + 24 <= content.length; at += 24) {
        const binding = content[at + 4] >> 4;
        const visibility = content[at + 5] & 3;
        const definedIn = content.readUInt16LE(at + 6);
        // Global or weak, visible, defined here.
        if (
          (binding === 1 || binding === 2) &&
          (visibility === 0 || visibility === 3) &&
          definedIn !== 0
        ) {
          exported.push(strings(section, content.readUInt32LE(at)));
        }
      }
    } else if (type === SHT_GNU_VERNEED) {
      for (const offset of versionNames(content)) {
        versions.add(strings(section, offset));
      }
    }
  }
  return {
    machine: MACHINES.get(file.readUInt16LE(18)) ?? 'other',
    isSharedObject: file.readUInt16LE(16) === ET_DYN,
    needed,
    exported,
    versions: [...versions],
  };
}

function readSections(file: Buffer): Section[] {
  const start = toOffset(file, 40);
  const entrySize = file.readUInt16LE(58);
  const count = file.readUInt16LE(60);
  if (entrySize !== 64 || count === 0) {
    throw new ElfError('The library is an ELF file without sections');
  }
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * entrySize;
    const type = file.readUInt32LE(at + 4);
    const offset = toOffset(file, at + 24);
    const size = toOffset(file, at + 32);
    const isInFile = type !== 0 && type !== 8;
    if (isInFile && offset + size > file.length) {
      throw new RangeError('section');
    }
    return {
      type,
      link: file.readUInt32LE(at + 40),
      content: isInFile
        ? file.subarray(offset, offset + size)
        : Buffer.alloc(0),
    };
  });
}

// https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html
function versionNames(content: Buffer): number[] {
  const names: number[] = [];
  let at = 0;
  for (let entries = 0; entries < MAX_ENTRIES; ) {
    const count = content.readUInt16LE(at + 2);
    let auxiliary = at + content.readUInt32LE(at + 8);
    for (let index = 0; index < count; index++, entries++) {
      names.push(content.readUInt32LE(auxiliary + 8));
      const next = content.readUInt32LE(auxiliary + 12);
      if (next === 0) {
        break;
      }
      auxiliary += next;
    }
    const next = content.readUInt32LE(at + 12);
    if (next === 0) {
      return names;
    }
    at += next;
    entries += 1;
  }
  throw new RangeError('versions');
}

function readString(table: Buffer, offset: number): string {
  const end = table.indexOf(0, offset);
  if (offset >= table.length || end < 0) {
    throw new RangeError('string');
  }
  return table.toString('utf8', offset, end);
}

function toOffset(buffer: Buffer, at: number): number {
  const value = buffer.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new RangeError('offset');
  }
  return Number(value);
}
