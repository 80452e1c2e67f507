import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Reader } from 'protobufjs/minimal';
import { decodeEnvelope, Frame } from '../wire';
import { fromHex } from './readVectors';

/** One frame of a recorded stream. */
export interface Step {
  from: 'plugin' | 'core';
  /** The frame as it was on the wire, in compact hexadecimal: `61*3` is `616161`. */
  hex: string;
  /** The same for people; payloads are compact hexadecimal. */
  frame: Record<string, unknown>;
}

/** A stream between a plugin and a core, from its first frame to its last. */
export interface Recording {
  about: string;
  /** What the core's caller got of its calls, one after the other. */
  outcomes: string[];
  steps: Step[];
}

/** @param folder - that of the conformance files */
export function readRecording(folder: string, name: string): Recording {
  return JSON.parse(
    readFileSync(join(folder, 'streams', `${name}.json`), 'utf8'),
  );
}

/** Bytes as hexadecimal; what is repeated 16 times or more is written once. */
export function toCompactHex(bytes: Uint8Array): string {
  const pieces: string[] = [];
  let plain = '';
  for (let at = 0; at < bytes.length; ) {
    let end = at + 1;
    while (end < bytes.length && bytes[end] === bytes[at]) {
      end += 1;
    }
    const byte = bytes[at].toString(16).padStart(2, '0');
    if (end - at >= 16) {
      pieces.push(plain, `${byte}*${end - at}`);
      plain = '';
    } else {
      plain += byte.repeat(end - at);
    }
    at = end;
  }
  return [...pieces, plain].filter(piece => piece !== '').join(' ');
}

/** The frames of an envelope, each as the bytes of an envelope of its own. */
export function splitEnvelope(envelope: Buffer): Buffer[] {
  const reader = Reader.create(envelope);
  const frames: Buffer[] = [];
  while (reader.pos < reader.len) {
    const from = reader.pos;
    reader.skipType(reader.uint32() & 7);
    frames.push(envelope.subarray(from, reader.pos));
  }
  return frames;
}

/** The frame in an envelope that holds one. */
export function frameOf(envelope: Uint8Array): Frame {
  let found: Frame | undefined;
  decodeEnvelope(envelope, frame => {
    found = frame;
  });
  if (!found) {
    throw new Error('A recorded envelope holds no frame that is known');
  }
  return found;
}

/** A frame as it is compared: a mount's session is another each time. */
export function readable(frame: Frame): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(frame)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => {
        if (value instanceof Uint8Array) {
          return [key, toCompactHex(value)];
        }
        const isSession =
          value !== '' &&
          ((frame.type === 'mountResult' && key === 'session') ||
            (frame.type === 'unmountRequest' && key === 'token'));
        return [key, isSession ? 'SESSION' : value];
      }),
  );
}

export function stepOf(from: Step['from'], envelope: Buffer): Step {
  return {
    from,
    hex: toCompactHex(envelope),
    frame: readable(frameOf(envelope)),
  };
}

/** The bytes of a step's envelope. */
export function bytesOf(step: Step): Buffer {
  return fromHex(step.hex);
}
