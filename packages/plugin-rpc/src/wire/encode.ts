import { Writer } from 'protobufjs/minimal';
import { LOG_LEVELS } from './codes';
import { Frame, FunctionDeclaration, LogBatch, LogLine } from './frames';

// Field tags: field number << 3 | wire type (0 varint, 2 length-delimited). The numbers
// are those of proto/plugin.proto; encode.test.ts holds every message against that file.
const V = 0;
const L = 2;
const tag = (field: number, wireType: number) => (field << 3) | wireType;

function string(writer: Writer, field: number, value: string) {
  if (value !== '') {
    writer.uint32(tag(field, L)).string(value);
  }
}

function bytes(writer: Writer, field: number, value: Uint8Array) {
  if (value.length > 0) {
    writer.uint32(tag(field, L)).bytes(value);
  }
}

function uint(writer: Writer, field: number, value: number) {
  if (value !== 0) {
    writer.uint32(tag(field, V)).uint32(value);
  }
}

function bool(writer: Writer, field: number, value: boolean) {
  if (value) {
    writer.uint32(tag(field, V)).bool(true);
  }
}

function strings(writer: Writer, field: number, values: string[]) {
  for (const value of values) {
    writer.uint32(tag(field, L)).string(value);
  }
}

function stringMap(
  writer: Writer,
  field: number,
  values: Record<string, string>,
) {
  for (const [key, value] of Object.entries(values)) {
    writer.uint32(tag(field, L)).fork();
    string(writer, 1, key);
    string(writer, 2, value);
    writer.ldelim();
  }
}

function functions(
  writer: Writer,
  field: number,
  values: FunctionDeclaration[],
) {
  for (const value of values) {
    writer.uint32(tag(field, L)).fork();
    string(writer, 1, value.name);
    string(writer, 2, value.signature);
    writer.ldelim();
  }
}

function body(writer: Writer, field: number): Writer {
  return writer.uint32(tag(field, L)).fork();
}

function writeBody(w: Writer, frame: Frame): void {
  switch (frame.type) {
    case 'execRequest':
      body(w, 5);
      uint(w, 1, frame.id);
      string(w, 2, frame.function);
      string(w, 3, frame.codec);
      bytes(w, 4, frame.payload);
      bool(w, 5, frame.more);
      uint(w, 6, frame.timeoutMs);
      break;
    case 'execPart':
      body(w, 6);
      uint(w, 1, frame.id);
      string(w, 2, frame.codec);
      bytes(w, 3, frame.payload);
      bool(w, 4, frame.more);
      break;
    case 'execResponse':
      body(w, 7);
      uint(w, 1, frame.id);
      string(w, 2, frame.codec);
      bytes(w, 3, frame.payload);
      bool(w, 4, frame.more);
      if (frame.failure) {
        body(w, 5);
        uint(w, 1, frame.failure.code);
        string(w, 2, frame.failure.message);
        w.ldelim();
      }
      break;
    case 'chunk':
      body(w, 8);
      uint(w, 1, frame.id);
      bytes(w, 2, frame.data);
      bool(w, 3, frame.more);
      break;
    case 'credit':
      body(w, 9);
      uint(w, 1, frame.id);
      uint(w, 2, frame.bytes);
      break;
    case 'cancel':
      body(w, 10);
      uint(w, 1, frame.id);
      uint(w, 2, frame.code);
      break;
    case 'ping':
      body(w, 3);
      uint(w, 1, frame.sequence);
      uint(w, 2, frame.running);
      break;
    case 'pong':
      body(w, 4);
      uint(w, 1, frame.sequence);
      break;
    case 'mountRequest':
      body(w, 1);
      uint(w, 1, frame.protocolMin);
      uint(w, 2, frame.protocolMax);
      string(w, 3, frame.token);
      string(w, 4, frame.name);
      string(w, 5, frame.version);
      string(w, 6, frame.interface);
      functions(w, 7, frame.functions);
      strings(w, 8, frame.codecs);
      uint(w, 9, frame.concurrency);
      uint(w, 10, frame.maxPayloadBytes);
      uint(w, 11, frame.windowBytes);
      stringMap(w, 12, frame.labels);
      break;
    case 'mountResult':
      body(w, 2);
      uint(w, 1, frame.code);
      string(w, 2, frame.message);
      uint(w, 3, frame.protocolVersion);
      uint(w, 4, frame.protocolMin);
      uint(w, 5, frame.protocolMax);
      string(w, 6, frame.session);
      uint(w, 7, frame.pingIntervalMs);
      uint(w, 8, frame.pingTimeoutMs);
      functions(w, 9, frame.functions);
      strings(w, 10, frame.codecs);
      uint(w, 11, frame.concurrency);
      uint(w, 12, frame.maxPayloadBytes);
      uint(w, 13, frame.windowBytes);
      uint(w, 14, LOG_LEVELS.indexOf(frame.logLevel) + 1);
      break;
    case 'unmountRequest':
      body(w, 11);
      string(w, 1, frame.reason);
      string(w, 2, frame.token);
      string(w, 3, frame.message);
      uint(w, 4, frame.graceMs);
      break;
    case 'shutdown':
      body(w, 12);
      uint(w, 1, frame.reason);
      string(w, 2, frame.message);
      uint(w, 3, frame.graceMs);
      break;
    default:
      throw new TypeError(`No such frame: ${JSON.stringify(frame)}`);
  }
  w.ldelim();
}

/** Adds a frame to an envelope that is being written. */
export function appendFrame(envelope: Writer, frame: Frame): void {
  envelope.uint32(tag(1, L)).fork();
  writeBody(envelope, frame);
  envelope.ldelim();
}

/** An envelope with these frames, in order. */
export function encodeEnvelope(frames: Iterable<Frame>): Buffer {
  const envelope = Writer.create();
  for (const frame of frames) {
    appendFrame(envelope, frame);
  }
  return finish(envelope);
}

/** The bytes of a finished envelope. */
export function finish(writer: Writer): Buffer {
  const encoded = writer.finish();
  return Buffer.isBuffer(encoded)
    ? encoded
    : Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

function writeLogLine(writer: Writer, line: LogLine): void {
  writer.uint32(tag(1, L)).fork();
  uint(writer, 1, LOG_LEVELS.indexOf(line.level) + 1);
  string(writer, 2, line.message);
  writer.uint32(tag(3, V)).int64(line.timeMs);
  stringMap(writer, 4, line.fields);
  uint(writer, 5, line.callId);
  writer.ldelim();
}

export function encodeLogBatch(batch: LogBatch): Buffer {
  const writer = Writer.create();
  for (const line of batch.lines) {
    writeLogLine(writer, line);
  }
  uint(writer, 2, batch.dropped);
  return finish(writer);
}

export function encodeLogSummary(received: number): Buffer {
  const writer = Writer.create();
  uint(writer, 1, received);
  return finish(writer);
}
