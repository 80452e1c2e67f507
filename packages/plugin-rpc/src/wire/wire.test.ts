import { join } from 'node:path';
import { loadSync, Writer } from 'protobufjs';
import {
  decodeEnvelope,
  decodeLogBatch,
  encodeEnvelope,
  encodeLogBatch,
  Frame,
  LogBatch,
} from '.';

const root = loadSync(join(__dirname, '../../proto/plugin.proto'));
const Envelope = root.lookupType('envoygo.pluginrpc.v1.Envelope');
const LogBatchType = root.lookupType('envoygo.pluginrpc.v1.LogBatch');

const functions = [
  { name: 'add', signature: '(a: int64) -> int64' },
  { name: 'sub', signature: '' },
];

const FRAMES: Frame[] = [
  {
    type: 'mountRequest',
    protocolMin: 1,
    protocolMax: 3,
    token: 'secret',
    name: 'math',
    version: '1.0.0',
    interface: 'calculator',
    functions,
    codecs: ['map', 'json'],
    concurrency: 300,
    maxPayloadBytes: 1 << 30,
    windowBytes: 70_000,
    labels: { zone: 'ü', arch: 'arm64' },
  },
  {
    type: 'mountResult',
    code: 3,
    message: 'no',
    protocolVersion: 1,
    protocolMin: 1,
    protocolMax: 2,
    session: 'abc',
    pingIntervalMs: 5000,
    pingTimeoutMs: 15000,
    functions,
    codecs: ['map'],
    concurrency: 64,
    maxPayloadBytes: 9,
    windowBytes: 8,
    logLevel: 'warn',
  },
  { type: 'ping', sequence: 4_000_000_000, running: 2 },
  { type: 'pong', sequence: 7 },
  {
    type: 'execRequest',
    id: 2,
    function: 'add',
    codec: 'map',
    payload: Buffer.from([1, 2, 3]),
    more: true,
    timeoutMs: 30_000,
  },
  {
    type: 'execPart',
    id: 2,
    codec: 'bytes',
    payload: Buffer.from('x'),
    more: false,
  },
  {
    type: 'execResponse',
    id: 2,
    codec: 'map',
    payload: Buffer.alloc(300, 5),
    more: true,
    failure: undefined,
  },
  {
    type: 'execResponse',
    id: 4,
    codec: '',
    payload: Buffer.alloc(0),
    more: false,
    failure: { code: 24, message: 'division by zero' },
  },
  { type: 'chunk', id: 2, data: Buffer.from('data'), more: true },
  { type: 'credit', id: 2, bytes: 65_536 },
  { type: 'cancel', id: 2, code: 25 },
  {
    type: 'unmountRequest',
    reason: 'upgrade',
    token: 'abc',
    message: 'back soon',
    graceMs: 100,
  },
  { type: 'shutdown', reason: 1, message: 'closing', graceMs: 10 },
];

const LOGS: LogBatch = {
  lines: [
    {
      level: 'error',
      message: 'broken',
      timeMs: 1_795_000_000_123,
      fields: { stack: 'at …' },
      callId: 6,
    },
    { level: 'debug', message: '', timeMs: -5, fields: {}, callId: 0 },
  ],
  dropped: 12,
};

function decode(bytes: Uint8Array): (Frame | undefined)[] {
  const frames: (Frame | undefined)[] = [];
  decodeEnvelope(bytes, frame => frames.push(frame));
  return frames;
}

describe('the wire format', () => {
  it.each(FRAMES.map(frame => [frame.type, frame] as const))(
    'writes and reads %s as proto/plugin.proto says',
    (_, frame) => {
      const ours = encodeEnvelope([frame]);
      const message = Envelope.decode(ours);
      // What the .proto knows of it, written again by protobufjs, is the same bytes: no
      // field has a number or type that is not in the file.
      expect(Buffer.from(Envelope.encode(message).finish())).toEqual(ours);
      expect(
        Object.keys(
          Envelope.toObject(message, { oneofs: true }).frames[0],
        ).sort(),
      ).toEqual(['body', frame.type].sort());
      expect(decode(ours)).toEqual([frame]);
    },
  );

  it('has every frame of proto/plugin.proto', () => {
    const inProto = root
      .lookupType('envoygo.pluginrpc.v1.Frame')
      .fieldsArray.map(field => field.name);
    expect(new Set(FRAMES.map(frame => frame.type))).toEqual(new Set(inProto));
  });

  it('writes and reads logs as proto/plugin.proto says', () => {
    const ours = encodeLogBatch(LOGS);
    expect(
      Buffer.from(LogBatchType.encode(LogBatchType.decode(ours)).finish()),
    ).toEqual(ours);
    expect(decodeLogBatch(ours)).toEqual(LOGS);
  });

  it('keeps the order of many frames in one envelope', () => {
    expect(decode(encodeEnvelope(FRAMES))).toEqual(FRAMES);
  });

  it('survives fields and frames of a later protocol', () => {
    const known = Writer.create()
      .uint32((99 << 3) | 2)
      .string('a field of later')
      .uint32((4 << 3) | 2)
      .fork()
      .uint32(8)
      .uint32(7)
      .uint32((50 << 3) | 0)
      .uint32(1)
      .ldelim();
    const unknown = Writer.create()
      .uint32((77 << 3) | 2)
      .string('a frame of later');
    const envelope = Writer.create()
      .uint32((9 << 3) | 5)
      .fixed32(1)
      .uint32(10)
      .bytes(known.finish())
      .uint32(10)
      .bytes(unknown.finish())
      .finish();
    expect(decode(envelope)).toEqual([
      { type: 'pong', sequence: 7 },
      undefined,
    ]);
  });

  it('refuses what is cut off or longer than what holds it', () => {
    const whole = encodeEnvelope(FRAMES);
    const ends = new Set(
      FRAMES.map((_, index) => encodeEnvelope(FRAMES.slice(0, index)).length),
    );
    const cutOff: number[] = [];
    for (let length = 1; length < whole.length; length += 1) {
      if (!ends.has(length)) {
        cutOff.push(length);
      }
    }
    for (const length of cutOff) {
      expect(() => decode(whole.subarray(0, length))).toThrow(Error);
    }
    expect(() => decode(Buffer.from([10, 4, 42, 100, 8, 1]))).toThrow(
      RangeError,
    );
  });
});
