import { Payload, TypedMap } from '../codec';
import { CallCancelledError } from '../errors';
import { CALL_STATES, CallState, transition } from '../states';
import { ExecRequestFrame } from '../wire';
import { CallContext, CallOptions, Peer } from './CallContext';
import { CallLogger } from './CallLogger';
import { Inflow } from './Inflow';
import { Outflow } from './Outflow';

/** What a call needs of the conversation it is part of. */
export interface Callee {
  readonly peer: Peer;
  log(callId: number): CallLogger;
  sendPart(call: IncomingCall, value: unknown): Promise<void>;
  call(name: string, args?: unknown, options?: CallOptions): Promise<Payload>;
}

/** A call the other side made, until its answer is on the stream. Also its context. */
export class IncomingCall implements CallContext {
  state: CallState = 'queued';
  /** Only once there are chunks coming. */
  inflow: Inflow | undefined;
  /** Only once there are parts or chunks to send. */
  outflow: Outflow | undefined;
  readonly #callee: Callee;
  readonly #timeoutMs: number;
  readonly #receivedAt = Date.now();
  #payload: Payload | undefined;
  #abort: AbortController | undefined;
  #log: CallLogger | undefined;

  constructor(readonly id: number, request: ExecRequestFrame, callee: Callee) {
    this.function = request.function;
    this.#timeoutMs = request.timeoutMs;
    this.#callee = callee;
  }

  readonly function: string;

  become(state: CallState): void {
    this.state = transition(CALL_STATES, this.state, state);
  }

  get settled(): boolean {
    return CALL_STATES[this.state].length === 0;
  }

  /** The caller gave up, or is gone. */
  giveUp(state: 'timed out' | 'cancelled' | 'plugin gone', why: string): void {
    if (!this.settled) {
      this.become(state);
      this.#abort?.abort(new CallCancelledError(why));
      this.outflow?.drop();
      this.inflow?.drop();
    }
  }

  setPayload(payload: Payload): void {
    this.#payload = payload;
  }

  get peer(): Peer {
    return this.#callee.peer;
  }

  get payload(): Payload {
    if (!this.#payload) {
      throw new Error(`The arguments of call ${this.id} are not all here`);
    }
    return this.#payload;
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.settled && this.state !== 'answered') {
        this.#abort.abort(
          new CallCancelledError('The caller gave the call up'),
        );
      }
    }
    return this.#abort.signal;
  }

  get deadline(): Date | undefined {
    return this.#timeoutMs === 0
      ? undefined
      : new Date(this.#receivedAt + this.#timeoutMs);
  }

  get log(): CallLogger {
    this.#log ??= this.#callee.log(this.id);
    return this.#log;
  }

  map(): TypedMap {
    return this.payload.map();
  }

  bytes(): Uint8Array {
    return this.payload.bytes();
  }

  part(value: unknown): Promise<void> {
    return this.#callee.sendPart(this, value);
  }

  call(
    name: string,
    args?: unknown,
    options: CallOptions = {},
  ): Promise<Payload> {
    return this.#callee.call(name, args, options);
  }
}
