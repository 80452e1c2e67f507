import { MethodDefinition } from '@grpc/grpc-js';
import { Reader, Writer } from 'protobufjs/minimal';

// message Payload { bytes data = 1; }
const serialize = (data: Uint8Array): Buffer =>
  Buffer.from(Writer.create().uint32(10).bytes(data).finish());

function deserialize(bytes: Buffer): Uint8Array {
  const reader = Reader.create(bytes);
  reader.uint32();
  return reader.bytes();
}

const echo: MethodDefinition<Uint8Array, Uint8Array> = {
  path: '/bench.Echo/Echo',
  requestStream: false,
  responseStream: false,
  requestSerialize: serialize,
  requestDeserialize: deserialize,
  responseSerialize: serialize,
  responseDeserialize: deserialize,
};

/** What a user of plain grpc-js would write for the same job. */
export const echoService = { Echo: echo };
