import {
  Decoder,
  Encoder,
  ExtensionCodec,
  decodeTimestampToTimeSpec,
  encodeTimeSpecToTimestamp,
} from '@msgpack/msgpack';
import { WrongTypeError } from '../errors';
import type { Codec } from './Codec';
import { checkNesting } from './checkNesting';
import { Timestamp } from './Timestamp';

const TIMESTAMP_EXT = -1;
const MAX_DEPTH = 100;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** A number that is written as a float although it is whole. */
class Float64 {
  constructor(readonly value: number) {}
}

/**
 * `value` as a float64 also when it is whole: `float64(2)` is 2.0, while 2 is an int64.
 *
 * @public
 */
export function float64(value: number): unknown {
  return new Float64(value);
}

class MapExtensions extends ExtensionCodec {
  constructor() {
    super();
    this.register({
      type: TIMESTAMP_EXT,
      encode: value =>
        value instanceof Timestamp
          ? encodeTimeSpecToTimestamp({
              sec: value.seconds,
              nsec: value.nanoseconds,
            })
          : null,
      decode: data => {
        const { sec, nsec } = decodeTimestampToTimeSpec(data);
        return new Timestamp(sec, nsec);
      },
    });
  }

  override decode(data: Uint8Array, type: number, context: undefined) {
    if (type !== TIMESTAMP_EXT) {
      throw new RangeError(`ext type ${type} is not known`);
    }
    return super.decode(data, type, context);
  }
}

const extensionCodec = new MapExtensions();

// With these two options the library writes a bigint as nine bytes and a number as a
// float, so what kind of number a value is survives (docs/map-codec.md).
const encoder = new Encoder({
  extensionCodec,
  useBigInt64: true,
  forceIntegerToFloat: true,
  maxDepth: MAX_DEPTH + 1,
});

const INDEX_KEY = /^(0|[1-9]\d*)$/;
const SURROGATE = /[\ud800-\udfff]/;

/** The order of the keys' UTF-8 bytes; that of UTF-16 differs only past a surrogate. */
function compareKeys(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}

function refuse(path: string, what: string): never {
  throw new WrongTypeError(
    `${
      path === '' ? 'The value' : path
    } is ${what}, which the map codec cannot carry`,
  );
}

/** What the library is to write for `value`. */
function canonical(value: unknown, path: string, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value;
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? BigInt(value)
        : value;
    case 'bigint':
      return value >= MIN_INT64 && value <= MAX_INT64
        ? value
        : refuse(path, 'an integer beyond 64 bits');
    case 'object':
      break;
    default:
      return refuse(path, `a ${typeof value}`);
  }
  if (value === null || value instanceof Uint8Array) {
    return value;
  }
  if (value instanceof Float64) {
    return value.value;
  }
  if (value instanceof Timestamp) {
    return value;
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime())
      ? refuse(path, 'an invalid Date')
      : Timestamp.fromDate(value);
  }
  if (depth >= MAX_DEPTH) {
    return refuse(path, `nested more than ${MAX_DEPTH} deep`);
  }
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      canonical(item, `${path}[${index}]`, depth + 1),
    );
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return refuse(path, `a ${value.constructor?.name ?? 'class instance'}`);
  }
  return canonicalMap(new Map(Object.entries(value)), path, depth);
}

function canonicalMap(
  entries: ReadonlyMap<string, unknown>,
  path: string,
  depth: number,
): object {
  if (entries.has('__proto__')) {
    return refuse(path, 'a map with the key __proto__');
  }
  const sorted = [...entries.keys()]
    .filter(key => entries.get(key) !== undefined)
    .sort(compareKeys);
  const result: Record<string, unknown> = {};
  for (const key of sorted) {
    result[key] = canonical(
      entries.get(key),
      path === '' ? key : `${path}.${key}`,
      depth + 1,
    );
  }
  // An object lists keys that look like array indices first, whatever came first.
  return sorted.some(key => INDEX_KEY.test(key))
    ? new Proxy(result, { ownKeys: () => sorted })
    : result;
}

/**
 * The Map codec: MessagePack with the types of numbers and times kept. Its rules are in
 * docs/map-codec.md. Reading gives int64 as bigint, float64 as number, time as
 * {@link Timestamp}, bytes as Uint8Array.
 *
 * @public
 */
export const mapCodec: Codec = {
  name: 'map',
  encode(value) {
    return encoder.encode(canonical(value, '', 0));
  },
  decode(payload) {
    try {
      checkNesting(payload, MAX_DEPTH);
      return new Decoder({
        extensionCodec,
        useBigInt64: true,
        maxArrayLength: payload.length,
        maxMapLength: payload.length,
        mapKeyConverter(key) {
          if (typeof key !== 'string') {
            throw new RangeError(`a map has a ${typeof key} for a key`);
          }
          return key;
        },
      }).decode(payload);
    } catch (error) {
      throw new WrongTypeError(
        `The payload is not the map codec's: ${
          error instanceof Error ? error.message : error
        }`,
        { cause: error },
      );
    }
  },
};
