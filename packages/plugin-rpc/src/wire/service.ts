import { MethodDefinition } from '@grpc/grpc-js';

const asIs = (bytes: Buffer): Buffer => bytes;

function method(
  name: string,
  responseStream: boolean,
): MethodDefinition<Buffer, Buffer> {
  return {
    path: `/envoygo.pluginrpc.v1.PluginCore/${name}`,
    requestStream: true,
    responseStream,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

/**
 * The gRPC service of `proto/plugin.proto`. Messages pass gRPC as bytes: they are written
 * and read by encode.ts and decode.ts, where a broken one can be told and counted.
 */
export const pluginCoreService = {
  Communicate: method('Communicate', true),
  Log: method('Log', false),
};

/** The metadata key that ties a Log stream to its mount. */
export const SESSION_METADATA = 'plugin-session';
