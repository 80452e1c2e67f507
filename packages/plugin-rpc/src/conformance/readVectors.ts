import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { float64, Timestamp } from '../codec';

/** A value as a vector writes it: JSON that says every type. */
export type VectorValue =
  | { type: 'nil' }
  | { type: 'bool'; value: boolean }
  | { type: 'int64' | 'float64'; value: string }
  | { type: 'string'; value: string; repeat?: number }
  | { type: 'bytes'; hex: string; repeat?: number }
  | { type: 'time'; seconds: string; nanoseconds: number }
  | { type: 'list'; items: VectorValue[]; repeat?: number }
  | { type: 'nested'; depth: number; inner: VectorValue }
  | { type: 'map'; fields: Record<string, VectorValue> };

export interface Vector {
  name: string;
  hex: string;
  value: VectorValue;
}

/** The vectors of the Map codec that all implementations share. */
export interface Vectors {
  values: Vector[];
  readable: Vector[];
  refused: { name: string; hex: string }[];
}

/** @param folder - that of the conformance files */
export function readVectors(folder: string): Vectors {
  return JSON.parse(readFileSync(join(folder, 'map-codec.json'), 'utf8'));
}

/** `00 ab*3` as bytes. */
export function fromHex(text: string): Buffer {
  return Buffer.concat(
    text
      .split(' ')
      .map(piece => piece.split('*'))
      .map(([unit, times = '1']) =>
        Buffer.from(unit.repeat(Number(times)), 'hex'),
      ),
  );
}

/**
 * The value itself.
 *
 * @param float - what to make of floats: what is written, or what is read
 */
export function build(
  vector: VectorValue,
  float: (value: number) => unknown = float64,
): unknown {
  switch (vector.type) {
    case 'nil':
      return null;
    case 'bool':
      return vector.value;
    case 'int64':
      return BigInt(vector.value);
    case 'float64':
      return float(Number(vector.value));
    case 'string':
      return vector.value.repeat(vector.repeat ?? 1);
    case 'bytes':
      return Uint8Array.from(
        Buffer.from(vector.hex.repeat(vector.repeat ?? 1), 'hex'),
      );
    case 'time':
      return new Timestamp(Number(vector.seconds), vector.nanoseconds);
    case 'list': {
      const items = vector.items.map(item => build(item, float));
      return Array.from({ length: vector.repeat ?? 1 }, () => items).flat();
    }
    case 'nested': {
      let value = build(vector.inner, float);
      for (let depth = 0; depth < vector.depth; depth++) {
        value = [value];
      }
      return value;
    }
    default:
      return Object.fromEntries(
        Object.entries(vector.fields).map(([key, field]) => [
          key,
          build(field, float),
        ]),
      );
  }
}
