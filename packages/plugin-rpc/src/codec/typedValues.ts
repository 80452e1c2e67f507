import { WrongTypeError } from '../errors';
import { Timestamp } from './Timestamp';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT32 = -(2 ** 31);
const MAX_INT32 = 2 ** 31 - 1;

function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return 'an int64';
    case 'number':
      return 'a float64';
    case 'string':
      return 'a string';
    case 'boolean':
      return 'a bool';
    case 'undefined':
      return 'missing';
    default:
      break;
  }
  if (value === null) {
    return 'nil';
  }
  if (value instanceof Uint8Array) {
    return 'bytes';
  }
  if (value instanceof Timestamp) {
    return 'a time';
  }
  return Array.isArray(value) ? 'a list' : 'a map';
}

function describe(value: unknown): string {
  const kind = kindOf(value);
  switch (typeof value) {
    case 'string': {
      const short = value.length > 40 ? `${value.slice(0, 40)}…` : value;
      return `${kind} (${JSON.stringify(short)})`;
    }
    case 'bigint':
    case 'number':
    case 'boolean':
      return `${kind} (${value})`;
    default:
      return kind;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return kindOf(value) === 'a map';
}

/** What a getter may find, with the name it goes by in a refusal. */
interface Wanted<T> {
  name: string;
  /** undefined when `value` is something else. */
  read(value: unknown, path: string): T | undefined;
}

const INT64: Wanted<bigint> = {
  name: 'an int64',
  read(value) {
    if (typeof value === 'bigint') {
      return value >= MIN_INT64 && value <= MAX_INT64 ? value : undefined;
    }
    // Libraries with one number type write small integers so that they read as numbers.
    return Number.isSafeInteger(value) ? BigInt(Number(value)) : undefined;
  },
};

const INT32: Wanted<number> = {
  name: 'an int32',
  read(value) {
    const integer = INT64.read(value, '');
    return integer !== undefined && integer >= MIN_INT32 && integer <= MAX_INT32
      ? Number(integer)
      : undefined;
  },
};

const FLOAT64: Wanted<number> = {
  name: 'a float64',
  read(value) {
    if (typeof value === 'number') {
      return value;
    }
    return typeof value === 'bigint' && BigInt(Number(value)) === value
      ? Number(value)
      : undefined;
  },
};

const STRING: Wanted<string> = {
  name: 'a string',
  read: value => (typeof value === 'string' ? value : undefined),
};

const BOOL: Wanted<boolean> = {
  name: 'a bool',
  read: value => (typeof value === 'boolean' ? value : undefined),
};

const BYTES: Wanted<Uint8Array> = {
  name: 'bytes',
  read: value => (value instanceof Uint8Array ? value : undefined),
};

const TIMESTAMP: Wanted<Timestamp> = {
  name: 'a time',
  read: value => (value instanceof Timestamp ? value : undefined),
};

const TIME: Wanted<Date> = {
  name: 'a time',
  read: value => (value instanceof Timestamp ? value.toDate() : undefined),
};

/**
 * What {@link TypedMap} and {@link TypedList} have in common: values read by their type.
 *
 * Every getter refuses another type with a WrongTypeError that names the path, the type
 * there and the type wanted. What is absent or nil is refused too, unless a default is
 * given.
 *
 * @public
 */
export abstract class TypedValues<Key extends string | number> {
  /** Where this stands in the payload; empty for the whole. */
  abstract readonly path: string;

  protected abstract at(key: Key): unknown;
  protected abstract pathTo(key: Key): string;

  #get<T>(key: Key, wanted: Wanted<T>, whenAbsent: T | undefined): T {
    const value = this.at(key);
    if ((value === undefined || value === null) && whenAbsent !== undefined) {
      return whenAbsent;
    }
    const path = this.pathTo(key);
    const read = wanted.read(value, path);
    if (read === undefined) {
      throw new WrongTypeError(
        `${path} is ${describe(value)}, not ${wanted.name}`,
      );
    }
    return read;
  }

  /** Whether there is something other than nil. */
  has(key: Key): boolean {
    const value = this.at(key);
    return value !== undefined && value !== null;
  }

  getInt64(key: Key, whenAbsent?: bigint): bigint {
    return this.#get(key, INT64, whenAbsent);
  }

  /** An int64 within 32 bits. */
  getInt32(key: Key, whenAbsent?: number): number {
    return this.#get(key, INT32, whenAbsent);
  }

  /** Takes an int64 too when it is exact. */
  getFloat64(key: Key, whenAbsent?: number): number {
    return this.#get(key, FLOAT64, whenAbsent);
  }

  getString(key: Key, whenAbsent?: string): string {
    return this.#get(key, STRING, whenAbsent);
  }

  getBool(key: Key, whenAbsent?: boolean): boolean {
    return this.#get(key, BOOL, whenAbsent);
  }

  getBytes(key: Key, whenAbsent?: Uint8Array): Uint8Array {
    return this.#get(key, BYTES, whenAbsent);
  }

  /** To the millisecond; {@link TypedValues.getTimestamp} has the nanoseconds. */
  getTime(key: Key, whenAbsent?: Date): Date {
    return this.#get(key, TIME, whenAbsent);
  }

  getTimestamp(key: Key, whenAbsent?: Timestamp): Timestamp {
    return this.#get(key, TIMESTAMP, whenAbsent);
  }

  getMap(key: Key, whenAbsent?: TypedMap): TypedMap {
    return this.#get(key, { name: 'a map', read: readMap }, whenAbsent);
  }

  getList(key: Key, whenAbsent?: TypedList): TypedList {
    return this.#get(key, { name: 'a list', read: readList }, whenAbsent);
  }

  /** One of `allowed`. */
  getEnum<T extends string>(
    key: Key,
    allowed: readonly T[],
    whenAbsent?: T,
  ): T {
    return this.#get(
      key,
      {
        name: `one of ${allowed.map(name => `"${name}"`).join(', ')}`,
        read: value => allowed.find(name => name === value),
      },
      whenAbsent,
    );
  }

  /** Whatever it is: boolean, bigint, number, string, Uint8Array, Timestamp, array, object. */
  getAny(key: Key): unknown {
    return this.at(key);
  }
}

/** A map received in the Map codec. @public */
export class TypedMap extends TypedValues<string> {
  constructor(
    readonly raw: Readonly<Record<string, unknown>>,
    readonly path: string = '',
  ) {
    super();
  }

  keys(): string[] {
    return Object.keys(this.raw);
  }

  protected at(key: string): unknown {
    return Object.hasOwn(this.raw, key) ? this.raw[key] : undefined;
  }

  protected pathTo(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }
}

/** A list received in the Map codec. @public */
export class TypedList extends TypedValues<number> {
  constructor(readonly raw: readonly unknown[], readonly path: string = '') {
    super();
  }

  get length(): number {
    return this.raw.length;
  }

  /** One value for each index: `list.map(i => list.getString(i))`. */
  map<T>(read: (index: number) => T): T[] {
    return this.raw.map((_, index) => read(index));
  }

  protected at(index: number): unknown {
    return this.raw[index];
  }

  protected pathTo(index: number): string {
    return `${this.path}[${index}]`;
  }
}

function readMap(value: unknown, path: string): TypedMap | undefined {
  return isRecord(value) ? new TypedMap(value, path) : undefined;
}

function readList(value: unknown, path: string): TypedList | undefined {
  return Array.isArray(value) ? new TypedList(value, path) : undefined;
}

/** `value` as a map. @throws WrongTypeError */
export function asTypedMap(value: unknown, name: string): TypedMap {
  const map = readMap(value, '');
  if (!map) {
    throw new WrongTypeError(`${name} is ${describe(value)}, not a map`);
  }
  return map;
}
