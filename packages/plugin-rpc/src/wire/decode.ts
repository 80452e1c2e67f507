import { Reader } from 'protobufjs/minimal';
import { LOG_LEVELS, LogLevel } from './codes';
import {
  ChunkFrame,
  ExecPartFrame,
  ExecRequestFrame,
  ExecResponseFrame,
  Failure,
  Frame,
  FunctionDeclaration,
  LogBatch,
  LogLine,
  MountRequestFrame,
  MountResultFrame,
} from './frames';

const EMPTY = new Uint8Array(0);

/**
 * Reads the fields of a message of `length` bytes. `read` takes the tag (field number
 * << 3 | wire type) and says whether it knew it; what it did not know is skipped.
 */
function fields(
  reader: Reader,
  length: number,
  read: (tag: number) => boolean,
): void {
  const end = reader.pos + length;
  if (end > reader.len) {
    throw new RangeError('a message is longer than what holds it');
  }
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (!read(tag)) {
      reader.skipType(tag & 7);
    }
  }
  if (reader.pos !== end) {
    throw new RangeError('a field is longer than its message');
  }
}

function declaration(reader: Reader): FunctionDeclaration {
  const result: FunctionDeclaration = { name: '', signature: '' };
  fields(reader, reader.uint32(), tag => {
    switch (tag) {
      case 10:
        result.name = reader.string();
        return true;
      case 18:
        result.signature = reader.string();
        return true;
      default:
        return false;
    }
  });
  return result;
}

function mapEntry(reader: Reader, into: Map<string, string>): void {
  let key = '';
  let value = '';
  fields(reader, reader.uint32(), tag => {
    switch (tag) {
      case 10:
        key = reader.string();
        return true;
      case 18:
        value = reader.string();
        return true;
      default:
        return false;
    }
  });
  into.set(key, value);
}

function logLevel(value: number): LogLevel {
  // A level that is not known is taken for the mildest known one.
  return LOG_LEVELS[value - 1] ?? 'debug';
}

function mountRequest(reader: Reader, length: number): MountRequestFrame {
  const labels = new Map<string, string>();
  const frame: MountRequestFrame = {
    type: 'mountRequest',
    protocolMin: 0,
    protocolMax: 0,
    token: '',
    name: '',
    version: '',
    interface: '',
    functions: [],
    codecs: [],
    concurrency: 0,
    maxPayloadBytes: 0,
    windowBytes: 0,
    labels: {},
  };
  fields(reader, length, tag => {
    switch (tag) {
      case 8:
        frame.protocolMin = reader.uint32();
        return true;
      case 16:
        frame.protocolMax = reader.uint32();
        return true;
      case 26:
        frame.token = reader.string();
        return true;
      case 34:
        frame.name = reader.string();
        return true;
      case 42:
        frame.version = reader.string();
        return true;
      case 50:
        frame.interface = reader.string();
        return true;
      case 58:
        frame.functions.push(declaration(reader));
        return true;
      case 66:
        frame.codecs.push(reader.string());
        return true;
      case 72:
        frame.concurrency = reader.uint32();
        return true;
      case 80:
        frame.maxPayloadBytes = reader.uint32();
        return true;
      case 88:
        frame.windowBytes = reader.uint32();
        return true;
      case 98:
        mapEntry(reader, labels);
        return true;
      default:
        return false;
    }
  });
  frame.labels = Object.fromEntries(labels);
  return frame;
}

function mountResult(reader: Reader, length: number): MountResultFrame {
  const frame: MountResultFrame = {
    type: 'mountResult',
    code: 0,
    message: '',
    protocolVersion: 0,
    protocolMin: 0,
    protocolMax: 0,
    session: '',
    pingIntervalMs: 0,
    pingTimeoutMs: 0,
    functions: [],
    codecs: [],
    concurrency: 0,
    maxPayloadBytes: 0,
    windowBytes: 0,
    logLevel: 'debug',
  };
  fields(reader, length, tag => {
    switch (tag) {
      case 8:
        frame.code = reader.uint32();
        return true;
      case 18:
        frame.message = reader.string();
        return true;
      case 24:
        frame.protocolVersion = reader.uint32();
        return true;
      case 32:
        frame.protocolMin = reader.uint32();
        return true;
      case 40:
        frame.protocolMax = reader.uint32();
        return true;
      case 50:
        frame.session = reader.string();
        return true;
      case 56:
        frame.pingIntervalMs = reader.uint32();
        return true;
      case 64:
        frame.pingTimeoutMs = reader.uint32();
        return true;
      case 74:
        frame.functions.push(declaration(reader));
        return true;
      case 82:
        frame.codecs.push(reader.string());
        return true;
      case 88:
        frame.concurrency = reader.uint32();
        return true;
      case 96:
        frame.maxPayloadBytes = reader.uint32();
        return true;
      case 104:
        frame.windowBytes = reader.uint32();
        return true;
      case 112:
        frame.logLevel = logLevel(reader.uint32());
        return true;
      default:
        return false;
    }
  });
  return frame;
}

/** Reads a message of number fields only, given by field number from 1. */
function numbers(reader: Reader, length: number, count: number): number[] {
  const values = new Array<number>(count).fill(0);
  fields(reader, length, tag => {
    const field = tag >>> 3;
    if ((tag & 7) !== 0 || field < 1 || field > count) {
      return false;
    }
    values[field - 1] = reader.uint32();
    return true;
  });
  return values;
}

function execRequest(reader: Reader, length: number): ExecRequestFrame {
  const frame: ExecRequestFrame = {
    type: 'execRequest',
    id: 0,
    function: '',
    codec: '',
    payload: EMPTY,
    more: false,
    timeoutMs: 0,
  };
  fields(reader, length, tag => {
    switch (tag) {
      case 8:
        frame.id = reader.uint32();
        return true;
      case 18:
        frame.function = reader.string();
        return true;
      case 26:
        frame.codec = reader.string();
        return true;
      case 34:
        frame.payload = reader.bytes();
        return true;
      case 40:
        frame.more = reader.bool();
        return true;
      case 48:
        frame.timeoutMs = reader.uint32();
        return true;
      default:
        return false;
    }
  });
  return frame;
}

function execPart(reader: Reader, length: number): ExecPartFrame {
  const frame: ExecPartFrame = {
    type: 'execPart',
    id: 0,
    codec: '',
    payload: EMPTY,
    more: false,
  };
  fields(reader, length, tag => {
    switch (tag) {
      case 8:
        frame.id = reader.uint32();
        return true;
      case 18:
        frame.codec = reader.string();
        return true;
      case 26:
        frame.payload = reader.bytes();
        return true;
      case 32:
        frame.more = reader.bool();
        return true;
      default:
        return false;
    }
  });
  return frame;
}

function failure(reader: Reader): Failure {
  const result: Failure = { code: 0, message: '' };
  fields(reader, reader.uint32(), tag => {
    switch (tag) {
      case 8:
        result.code = reader.uint32();
        return true;
      case 18:
        result.message = reader.string();
        return true;
      default:
        return false;
    }
  });
  return result;
}

function execResponse(reader: Reader, length: number): ExecResponseFrame {
  const frame: ExecResponseFrame = {
    type: 'execResponse',
    id: 0,
    codec: '',
    payload: EMPTY,
    more: false,
    failure: undefined,
  };
  fields(reader, length, tag => {
    switch (tag) {
      case 8:
        frame.id = reader.uint32();
        return true;
      case 18:
        frame.codec = reader.string();
        return true;
      case 26:
        frame.payload = reader.bytes();
        return true;
      case 32:
        frame.more = reader.bool();
        return true;
      case 42:
        frame.failure = failure(reader);
        return true;
      default:
        return false;
    }
  });
  return frame;
}

function chunk(reader: Reader, length: number): ChunkFrame {
  const frame: ChunkFrame = { type: 'chunk', id: 0, data: EMPTY, more: false };
  fields(reader, length, tag => {
    switch (tag) {
      case 8:
        frame.id = reader.uint32();
        return true;
      case 18:
        frame.data = reader.bytes();
        return true;
      case 24:
        frame.more = reader.bool();
        return true;
      default:
        return false;
    }
  });
  return frame;
}

function unmountRequest(reader: Reader, length: number): Frame {
  const frame: Frame = {
    type: 'unmountRequest',
    reason: '',
    token: '',
    message: '',
    graceMs: 0,
  };
  fields(reader, length, tag => {
    switch (tag) {
      case 10:
        frame.reason = reader.string();
        return true;
      case 18:
        frame.token = reader.string();
        return true;
      case 26:
        frame.message = reader.string();
        return true;
      case 32:
        frame.graceMs = reader.uint32();
        return true;
      default:
        return false;
    }
  });
  return frame;
}

function shutdown(reader: Reader, length: number): Frame {
  const frame: Frame = {
    type: 'shutdown',
    reason: 0,
    message: '',
    graceMs: 0,
  };
  fields(reader, length, tag => {
    switch (tag) {
      case 8:
        frame.reason = reader.uint32();
        return true;
      case 18:
        frame.message = reader.string();
        return true;
      case 24:
        frame.graceMs = reader.uint32();
        return true;
      default:
        return false;
    }
  });
  return frame;
}

function frameBody(reader: Reader, tag: number): Frame | undefined {
  const length = reader.uint32();
  switch (tag) {
    case 42:
      return execRequest(reader, length);
    case 50:
      return execPart(reader, length);
    case 58:
      return execResponse(reader, length);
    case 66:
      return chunk(reader, length);
    case 74: {
      const [id, bytes] = numbers(reader, length, 2);
      return { type: 'credit', id, bytes };
    }
    case 82: {
      const [id, code] = numbers(reader, length, 2);
      return { type: 'cancel', id, code };
    }
    case 26: {
      const [sequence, running] = numbers(reader, length, 2);
      return { type: 'ping', sequence, running };
    }
    case 34: {
      const [sequence] = numbers(reader, length, 1);
      return { type: 'pong', sequence };
    }
    case 10:
      return mountRequest(reader, length);
    case 18:
      return mountResult(reader, length);
    case 90:
      return unmountRequest(reader, length);
    case 98:
      return shutdown(reader, length);
    default:
      // A frame of a later protocol.
      reader.skip(length);
      return undefined;
  }
}

/**
 * Hands the envelope's frames to `take`, in order. Payloads are views into `envelope`.
 * A frame whose body is not known comes as undefined.
 *
 * @throws Error when the bytes are no envelope; frames before the broken one were taken.
 */
export function decodeEnvelope(
  envelope: Uint8Array,
  take: (frame: Frame | undefined) => void,
): void {
  const reader = Reader.create(envelope);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag !== 10) {
      reader.skipType(tag & 7);
      continue;
    }
    let frame: Frame | undefined;
    const length = reader.uint32();
    fields(reader, length, inner => {
      if ((inner & 7) !== 2) {
        return false;
      }
      frame = frameBody(reader, inner);
      return true;
    });
    take(frame);
  }
}

function logLine(reader: Reader): LogLine {
  const lineFields = new Map<string, string>();
  const line: LogLine = {
    level: 'debug',
    message: '',
    timeMs: 0,
    fields: {},
    callId: 0,
  };
  fields(reader, reader.uint32(), tag => {
    switch (tag) {
      case 8:
        line.level = logLevel(reader.uint32());
        return true;
      case 18:
        line.message = reader.string();
        return true;
      case 24:
        line.timeMs = Number(reader.int64().toString());
        return true;
      case 34:
        mapEntry(reader, lineFields);
        return true;
      case 40:
        line.callId = reader.uint32();
        return true;
      default:
        return false;
    }
  });
  if (lineFields.size > 0) {
    line.fields = Object.fromEntries(lineFields);
  }
  return line;
}

/** @throws Error when the bytes are no batch. */
export function decodeLogBatch(bytes: Uint8Array): LogBatch {
  const reader = Reader.create(bytes);
  const batch: LogBatch = { lines: [], dropped: 0 };
  fields(reader, reader.len, tag => {
    switch (tag) {
      case 10:
        batch.lines.push(logLine(reader));
        return true;
      case 16:
        batch.dropped = reader.uint32();
        return true;
      default:
        return false;
    }
  });
  return batch;
}
