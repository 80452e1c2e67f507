import { WrongTypeError } from '../errors';
import type { Codec } from './Codec';

/** The caller's own encoding: bytes go through as they are. @public */
export const bytesCodec: Codec = {
  name: 'bytes',
  encode(value) {
    if (!(value instanceof Uint8Array)) {
      throw new WrongTypeError(
        `The bytes codec carries a Uint8Array, not ${typeof value}`,
      );
    }
    return value;
  },
  decode: payload => payload,
};
