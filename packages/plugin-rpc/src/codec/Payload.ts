import { WrongTypeError } from '../errors';
import { CodecRegistry } from './Codec';
import { asTypedMap, TypedMap } from './typedValues';

/**
 * What was received: arguments, a part or a result, in one of the codecs. Reading it as
 * another is an error at once.
 *
 * @public
 */
export class Payload {
  readonly #registry: CodecRegistry;
  readonly #raw: Uint8Array;
  #decoded: { value: unknown } | undefined;

  /**
   * @param name - what it is called in refusals, e.g. "The result of math.add"
   */
  constructor(
    readonly codec: string,
    raw: Uint8Array,
    registry: CodecRegistry,
    private readonly name: string,
  ) {
    this.#raw = raw;
    this.#registry = registry;
  }

  /** Bytes on the wire. */
  get size(): number {
    return this.#raw.length;
  }

  /**
   * The fields of a map.
   *
   * @throws WrongTypeError when it is in another codec, or is no map
   */
  map(): TypedMap {
    this.#expect('map');
    return asTypedMap(this.value(), this.name);
  }

  /**
   * The caller's own encoding: a view into what was received; copy what is kept for long.
   *
   * @throws WrongTypeError when it is in another codec
   */
  bytes(): Uint8Array {
    this.#expect('bytes');
    return this.#raw;
  }

  /**
   * Whatever the codec makes of it.
   *
   * @throws UnknownCodecError, WrongTypeError
   */
  value(): unknown {
    this.#decoded ??= {
      value: this.#registry.get(this.codec).decode(this.#raw),
    };
    return this.#decoded.value;
  }

  #expect(codec: string): void {
    if (this.codec !== codec) {
      throw new WrongTypeError(
        `${this.name} is in the codec "${this.codec}", not "${codec}"`,
      );
    }
  }
}
