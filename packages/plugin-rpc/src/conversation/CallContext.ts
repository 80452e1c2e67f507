import { Payload, TypedMap } from '../codec';
import { CallLogger } from './CallLogger';

/** How a call is made. @public */
export interface CallOptions {
  /** Milliseconds until CallTimeoutError; 0 for none. Default 30,000. */
  timeout?: number;
  /** Gives the call up when aborted: CallCancelledError. */
  signal?: AbortSignal;
  /**
   * Takes the parts of a streaming result, one after the other. While it has not
   * resolved the sender is held back once the window is full. When it throws, the call
   * is cancelled and fails with that error.
   */
  onPart?: (part: Payload) => void | Promise<void>;
}

/** Who called. @public */
export interface Peer {
  name: string;
  version: string;
}

/**
 * What a handler gets.
 *
 * @public
 */
export interface CallContext {
  /** The function called. */
  readonly function: string;
  /** Who called. */
  readonly peer: Peer;
  /** The arguments as they came. */
  readonly payload: Payload;
  /** Aborted when the caller gave up or is gone: nobody waits for the result. */
  readonly signal: AbortSignal;
  /** When the caller will have given up. */
  readonly deadline: Date | undefined;
  /** Lines go to the core's log hub and carry the call's id. */
  readonly log: CallLogger;
  /** The arguments as a map. @throws WrongTypeError */
  map(): TypedMap;
  /** The arguments as bytes. @throws WrongTypeError */
  bytes(): Uint8Array;
  /**
   * Sends a part of the result ahead of it. Resolves when the part went out, which waits
   * for a slow reader: await it.
   */
  part(value: unknown): Promise<void>;
  /** Calls a function of the other side. */
  call(name: string, args?: unknown, options?: CallOptions): Promise<Payload>;
}

/**
 * Does a function's work. What it returns is the result: a Uint8Array in the codec
 * `bytes`, anything else in `map`, or what `encodedWith` says.
 *
 * @public
 */
export type Handler = (ctx: CallContext) => unknown;
