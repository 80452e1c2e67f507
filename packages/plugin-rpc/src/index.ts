/**
 * A small two-way plugin framework over gRPC: the core serves, plugins dial in.
 *
 * @packageDocumentation
 */
export {
  bytesCodec,
  encodedWith,
  Encoded,
  float64,
  mapCodec,
  Payload,
  Timestamp,
  TypedList,
  TypedMap,
  TypedValues,
} from './codec';
export type { Codec } from './codec';
export type {
  CallContext,
  CallLogger,
  CallOptions,
  CallOutcome,
  Handler,
  LogFields,
  Peer,
} from './conversation';
export * from './core';
export * from './errors/callErrors';
export * from './errors/mountErrors';
export { PluginRpcError } from './errors';
export type { Unsubscribe } from './events/Events';
export * from './plugin';
export { CALL_STATES, PLUGIN_STATES } from './states';
export type { CallState, PluginState } from './states';
export { ErrorCode, LOG_LEVELS, PROTOCOL_MAX, PROTOCOL_MIN } from './wire';
export type { FunctionDeclaration, LogLevel } from './wire';
