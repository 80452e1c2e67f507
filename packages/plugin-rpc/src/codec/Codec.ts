import { UnknownCodecError } from '../errors';
import { bytesCodec } from './bytesCodec';
import { mapCodec } from './mapCodec';

/**
 * Turns values into payloads and back. Both sides of a call must know it by name.
 *
 * @public
 */
export interface Codec {
  readonly name: string;
  /** @throws WrongTypeError when the value is nothing this codec can carry */
  encode(value: unknown): Uint8Array;
  /** @throws WrongTypeError when the bytes are not this codec's */
  decode(payload: Uint8Array): unknown;
}

/**
 * A value together with the codec to send it in. Without it a Uint8Array goes as `bytes`
 * and everything else as `map`.
 *
 * @public
 */
export class Encoded {
  constructor(readonly codec: string, readonly value: unknown) {}
}

/** `value`, to be sent in the codec of that name. @public */
export function encodedWith(codec: string, value: unknown): Encoded {
  return new Encoded(codec, value);
}

/** The codecs one side knows: `map`, `bytes` and what it adds. */
export class CodecRegistry {
  readonly #codecs = new Map<string, Codec>();

  constructor(more: readonly Codec[] = []) {
    for (const codec of [mapCodec, bytesCodec, ...more]) {
      this.#codecs.set(codec.name, codec);
    }
  }

  names(): string[] {
    return [...this.#codecs.keys()];
  }

  /** @throws UnknownCodecError */
  get(name: string): Codec {
    const codec = this.#codecs.get(name);
    if (!codec) {
      throw new UnknownCodecError(
        `There is no codec "${name}" here; known are ${this.names().join(
          ', ',
        )}`,
      );
    }
    return codec;
  }

  /**
   * @throws UnknownCodecError, WrongTypeError
   */
  encode(value: unknown): { codec: string; payload: Uint8Array } {
    if (value instanceof Uint8Array) {
      return { codec: bytesCodec.name, payload: value };
    }
    if (value instanceof Encoded) {
      const codec = this.get(value.codec);
      return { codec: codec.name, payload: codec.encode(value.value) };
    }
    return { codec: mapCodec.name, payload: mapCodec.encode(value) };
  }
}
