import { CodecRegistry, Payload } from '../codec';
import {
  BusyError,
  CallCancelledError,
  callErrorOfCode,
  CallTimeoutError,
  HandlerError,
  PayloadTooLargeError,
  PluginGoneError,
  PluginRpcError,
  UnknownCodecError,
  UnknownFunctionError,
} from '../errors';
import { CallState } from '../states';
import {
  ChunkFrame,
  CHUNK_BYTES,
  ErrorCode,
  ExecPartFrame,
  ExecRequestFrame,
  ExecResponseFrame,
  Frame,
  PingFrame,
  PongFrame,
} from '../wire';
import { CallOptions, Handler, Peer } from './CallContext';
import { CallLogger } from './CallLogger';
import { FrameWriter, Transport } from './FrameWriter';
import { BeginFrame, Inflow, Received } from './Inflow';
import { Callee, IncomingCall } from './IncomingCall';
import { Outflow, Segment } from './Outflow';
import { OutgoingCall } from './OutgoingCall';

export const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_ID = 0x7fff_fffe;
const MAX_TIMEOUT_MS = 0x7fff_ffff;

// Longer messages are cut: an error must fit into one frame.
const MAX_MESSAGE = 8 * 1024;

// Failures that a handler's own use of its context may have. Others, say the timeout of
// a call that the handler made itself, would be mistaken for this call's.
const OWN_FAILURES: ReadonlySet<number> = new Set([
  ErrorCode.UNKNOWN_FUNCTION,
  ErrorCode.UNKNOWN_CODEC,
  ErrorCode.WRONG_TYPE,
  ErrorCode.PAYLOAD_TOO_LARGE,
]);

/** What one side takes. */
export interface Limits {
  concurrency: number;
  maxPayloadBytes: number;
  windowBytes: number;
}

/** What is known of the other side since the mount. */
export interface PeerTerms extends Limits {
  functions: ReadonlySet<string>;
  codecs: ReadonlySet<string>;
}

/** How a call ended. @public */
export interface CallOutcome {
  function: string;
  /** Whether this side made the call or answered it. */
  direction: 'made' | 'answered';
  state: CallState;
  durationMs: number;
  error: Error | undefined;
}

export interface ConversationOptions {
  /** Ids of the core's calls are even, of the plugin's odd. */
  side: 'core' | 'plugin';
  transport: Transport;
  codecs: CodecRegistry;
  functions: ReadonlyMap<string, Handler>;
  limits: Limits;
  terms: PeerTerms;
  peer: Peer;
  /** How the other side is called in messages, e.g. math@1.0.0. */
  peerName: string;
  /** Calls that may wait for a free place. */
  maxQueued: number;
  createLogger: (callId: number) => CallLogger;
  /** The other side broke the protocol; the stream must end. */
  onViolation: (message: string) => void;
  onOutcome?: (outcome: CallOutcome) => void;
}

/**
 * The calls between a core and one mounted plugin, both ways, over one stream. Both
 * sides run the same code; proto/plugin.proto says what they say to each other.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #writer: FrameWriter;
  readonly #callee: Callee;
  readonly #ownParity: number;
  #lastId: number;
  /** Calls made here that wait for a free place at the callee, oldest first. */
  readonly #queued = new Set<OutgoingCall>();
  /** Calls made here that are on the stream and not settled. */
  readonly #sent = new Map<number, OutgoingCall>();
  /** Calls made there whose answer has not gone out. */
  readonly #incoming = new Map<number, IncomingCall>();
  /** Those of them that wait because handlers of given-up calls have not returned. */
  readonly #backlog = new Set<IncomingCall>();
  /** Payloads that can go on as soon as the stream can. */
  readonly #flowing = new Set<Outflow>();
  #running = 0;
  #flowsNext = false;
  #beat: Frame | undefined;
  #closedBy: PluginRpcError | undefined;
  #whenIdle: (() => void)[] = [];

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#ownParity = options.side === 'core' ? 0 : 1;
    this.#lastId = this.#ownParity;
    this.#callee = {
      peer: options.peer,
      log: options.createLogger,
      sendPart: (call, value) => this.#sendPart(call, value),
      call: (name, args, callOptions) => this.call(name, args, callOptions),
    };
    this.#writer = new FrameWriter({
      transport: options.transport,
      pull: () => this.#pull(),
      onFrameSent: frame => {
        if (frame.type === 'execResponse') {
          this.#forget(frame.id);
        }
      },
    });
  }

  /** Calls made here and not settled. */
  get pendingCalls(): number {
    return this.#queued.size + this.#sent.size;
  }

  /** Handlers at work, those of given-up calls included. */
  get running(): number {
    return this.#running;
  }

  /** Sizes of everything held, all zero when nothing goes on. */
  held(): Record<string, number> {
    return {
      queued: this.#queued.size,
      sent: this.#sent.size,
      incoming: this.#incoming.size,
      backlog: this.#backlog.size,
      flowing: this.#flowing.size,
      running: this.#running,
      frames: this.#writer.pending,
    };
  }

  // ------------------------------------------------------------------ calls made here

  /** Calls a function of the other side. */
  call(
    name: string,
    args: unknown,
    options: CallOptions = {},
  ): Promise<Payload> {
    return new Promise((resolve, reject) => {
      const timeout = options.timeout ?? DEFAULT_TIMEOUT_MS;
      const { codec, payload } = this.#encodeArguments(name, args, options);
      const call = new OutgoingCall(
        name,
        codec,
        payload,
        timeout,
        options,
        resolve,
        reject,
      );
      if (timeout > 0) {
        call.timer = setTimeout(
          () => this.#timeOut(call),
          Math.min(timeout, MAX_TIMEOUT_MS),
        );
      }
      if (options.signal) {
        call.onAbort = () =>
          this.#giveUp(
            call,
            'cancelled',
            new CallCancelledError(
              `${this.#nameOf(call)} was cancelled by its caller`,
              { cause: options.signal?.reason },
            ),
          );
        options.signal.addEventListener('abort', call.onAbort, { once: true });
      }
      this.#queued.add(call);
      this.#writer.wake();
    });
  }

  #encodeArguments(name: string, args: unknown, options: CallOptions) {
    const { terms, codecs, peerName, maxQueued } = this.#options;
    if (this.#closedBy) {
      throw this.#closedBy;
    }
    if (options.signal?.aborted) {
      throw new CallCancelledError(
        `${name} of ${peerName} was cancelled before it began`,
        { cause: options.signal.reason },
      );
    }
    if (!terms.functions.has(name)) {
      throw new UnknownFunctionError(
        `${peerName} has no function "${name}"; it has ${listOf(
          terms.functions,
        )}`,
      );
    }
    const free = Math.max(0, terms.concurrency - this.#sent.size);
    if (this.#queued.size >= maxQueued + free) {
      throw new BusyError(
        `${maxQueued} calls wait for ${peerName} already; call ${name} again later`,
      );
    }
    const encoded = codecs.encode(args);
    this.#checkSendable(encoded, `The arguments of ${name}`);
    return encoded;
  }

  /** @throws UnknownCodecError, PayloadTooLargeError */
  #checkSendable(
    encoded: { codec: string; payload: Uint8Array },
    what: string,
  ): void {
    const { terms, peerName } = this.#options;
    if (!terms.codecs.has(encoded.codec)) {
      throw new UnknownCodecError(
        `${what} are in the codec "${
          encoded.codec
        }", which ${peerName} does not know; it knows ${listOf(terms.codecs)}`,
      );
    }
    if (encoded.payload.length > terms.maxPayloadBytes) {
      throw new PayloadTooLargeError(
        `${what} are ${encoded.payload.length} bytes; ${peerName} takes ${terms.maxPayloadBytes}`,
      );
    }
  }

  #nextId(): number {
    do {
      this.#lastId =
        this.#lastId >= MAX_ID - 1 ? this.#ownParity + 2 : this.#lastId + 2;
    } while (this.#sent.has(this.#lastId));
    return this.#lastId;
  }

  #nameOf(call: { name: string }): string {
    return `${call.name} of ${this.#options.peerName}`;
  }

  /** The next frame that could wait until now. */
  #pull(): Frame | undefined {
    if (this.#beat) {
      const beat = this.#beat;
      this.#beat = undefined;
      return beat;
    }
    // By turns, so that neither new calls nor large payloads hold up the other.
    this.#flowsNext = !this.#flowsNext;
    return this.#flowsNext
      ? this.#pullFlow() ?? this.#pullCall()
      : this.#pullCall() ?? this.#pullFlow();
  }

  #pullCall(): Frame | undefined {
    if (
      this.#queued.size === 0 ||
      this.#sent.size >= this.#options.terms.concurrency
    ) {
      return undefined;
    }
    const [call] = this.#queued;
    this.#queued.delete(call);
    call.id = this.#nextId();
    call.become('sent');
    this.#sent.set(call.id, call);
    const { id, codec, payload, timeout } = call;
    const begin = (piece: Uint8Array, more: boolean): ExecRequestFrame => ({
      type: 'execRequest',
      id,
      function: call.name,
      codec,
      payload: piece,
      more,
      timeoutMs: timeout,
    });
    if (payload.length <= CHUNK_BYTES) {
      return begin(payload, false);
    }
    call.outflow = new Outflow(id, this.#options.terms.windowBytes);
    call.outflow.add({ begin, payload, costs: false });
    this.#flowing.add(call.outflow);
    return call.outflow.next();
  }

  #pullFlow(): Frame | undefined {
    for (const outflow of this.#flowing) {
      // To the end of the line, or out of it until credit or more to send comes.
      this.#flowing.delete(outflow);
      const frame = outflow.next();
      if (frame) {
        if (!outflow.empty) {
          this.#flowing.add(outflow);
        }
        return frame;
      }
    }
    return undefined;
  }

  #timeOut(call: OutgoingCall): void {
    const where =
      call.state === 'queued'
        ? 'was still waiting for a free place'
        : 'was not answered';
    this.#giveUp(
      call,
      'timed out',
      new CallTimeoutError(
        `${this.#nameOf(call)} ${where} after ${call.timeout} ms`,
      ),
    );
  }

  #giveUp(
    call: OutgoingCall,
    state: 'timed out' | 'cancelled',
    error: Error,
  ): void {
    this.#queued.delete(call);
    if (this.#sent.get(call.id) === call) {
      this.#removeSent(call);
      this.#writer.write({
        type: 'cancel',
        id: call.id,
        code: state === 'timed out' ? ErrorCode.TIMEOUT : ErrorCode.CANCELLED,
      });
    }
    this.#settle(call, state, error);
  }

  #removeSent(call: OutgoingCall): void {
    this.#sent.delete(call.id);
    if (call.outflow) {
      this.#flowing.delete(call.outflow);
      call.outflow.drop();
    }
    call.inflow?.drop();
  }

  #settle(call: OutgoingCall, state: CallState, result: Payload | Error): void {
    if (call.settled) {
      return;
    }
    call.become(state);
    clearTimeout(call.timer);
    if (call.onAbort) {
      call.options.signal?.removeEventListener('abort', call.onAbort);
    }
    const error = result instanceof Error ? result : undefined;
    this.#options.onOutcome?.({
      function: call.name,
      direction: 'made',
      state,
      durationMs: performance.now() - call.startedAt,
      error,
    });
    if (result instanceof Error) {
      call.reject(result);
    } else {
      call.resolve(result);
    }
    // A place is free.
    if (this.#queued.size > 0) {
      this.#writer.wake();
    }
    this.#checkIdle();
  }

  // ------------------------------------------------------------- what the peer sends

  /** Takes a frame that belongs to a call; others are the owner's business. */
  receive(frame: Frame): void {
    if (this.#closedBy) {
      return;
    }
    switch (frame.type) {
      case 'execRequest':
        this.#onRequest(frame);
        break;
      case 'execPart':
        this.#onPart(frame);
        break;
      case 'execResponse':
        this.#onResponse(frame);
        break;
      case 'chunk':
        this.#onChunk(frame);
        break;
      case 'credit':
        this.#onCredit(frame.id, frame.bytes);
        break;
      case 'cancel':
        this.#onCancel(frame.id, frame.code);
        break;
      default:
        break;
    }
  }

  /** Sends a frame of the plugin's life, not of a call. */
  send(frame: Frame): void {
    this.#writer.write(frame);
  }

  /** Sends a Ping or Pong; one that has not gone yet is replaced. */
  sendBeat(beat: PingFrame | PongFrame): void {
    this.#beat = beat;
    this.#writer.wake();
  }

  #isOwn(id: number): boolean {
    return id % 2 === this.#ownParity;
  }

  #onResponse(frame: ExecResponseFrame): void {
    const call = this.#sent.get(frame.id);
    if (!call) {
      // The answer and our Cancel crossed.
      return;
    }
    if (frame.failure) {
      const { code, message } = frame.failure;
      this.#removeSent(call);
      this.#settle(
        call,
        'answered',
        callErrorOfCode(code, `${this.#nameOf(call)} failed: ${message}`),
      );
      return;
    }
    if (frame.more || call.inflow) {
      call.inflow ??= new Inflow(this.#options.limits);
      this.#onReceived(call, call.inflow.begin(frame));
    } else if (frame.payload.length > this.#options.limits.maxPayloadBytes) {
      this.#onReceived(call, { is: 'too large', size: frame.payload.length });
    } else {
      this.#onResult(call, frame, frame.payload);
    }
  }

  #onPart(frame: ExecPartFrame): void {
    const call = this.#sent.get(frame.id);
    if (call) {
      call.inflow ??= new Inflow(this.#options.limits);
      this.#onReceived(call, call.inflow.begin(frame));
    }
  }

  #onChunk(frame: ChunkFrame): void {
    if (this.#isOwn(frame.id)) {
      const call = this.#sent.get(frame.id);
      if (call) {
        call.inflow ??= new Inflow(this.#options.limits);
        this.#onReceived(call, call.inflow.add(frame));
      }
      return;
    }
    const call = this.#incoming.get(frame.id);
    if (call && !call.settled) {
      call.inflow ??= new Inflow(this.#options.limits);
      const received = call.inflow.add(frame);
      this.#onArguments(call, received);
    }
  }

  /** Something came for a call made here. */
  #onReceived(call: OutgoingCall, received: Received): void {
    switch (received.is) {
      case 'violation':
        this.#options.onViolation(received.message);
        return;
      case 'too large':
        this.#giveUp(
          call,
          'cancelled',
          new PayloadTooLargeError(
            `${this.#nameOf(call)} gave ${
              received.size
            } bytes or more; at most ${
              this.#options.limits.maxPayloadBytes
            } are taken`,
          ),
        );
        return;
      default:
        break;
    }
    if (call.state === 'sent') {
      call.become('running');
    }
    if (received.is === 'incomplete') {
      if (!call.delivering) {
        this.#grant(call, call.inflow?.takeCost() ?? 0);
      }
    } else if (received.frame.type === 'execPart') {
      this.#onWholePart(call, received);
    } else {
      this.#onResult(call, received.frame, received.payload);
    }
  }

  #onWholePart(
    call: OutgoingCall,
    received: { frame: BeginFrame; payload: Uint8Array; cost: number },
  ): void {
    if (!call.options.onPart) {
      this.#grant(call, received.cost);
      return;
    }
    const payload = new Payload(
      received.frame.codec,
      received.payload,
      this.#options.codecs,
      `A part of ${call.name}`,
    );
    call.deliver(
      { payload, cost: received.cost },
      {
        consumed: cost =>
          this.#grant(
            call,
            cost + (call.delivering ? 0 : call.inflow?.takeCost() ?? 0),
          ),
        failed: error =>
          this.#giveUp(
            call,
            'cancelled',
            error instanceof Error
              ? error
              : new CallCancelledError(
                  `onPart of ${this.#nameOf(call)} threw ${error}`,
                ),
          ),
        finished: result => this.#settle(call, 'answered', result),
      },
    );
  }

  #onResult(call: OutgoingCall, frame: BeginFrame, bytes: Uint8Array): void {
    this.#removeSent(call);
    const result = new Payload(
      frame.codec,
      bytes,
      this.#options.codecs,
      `The result of ${call.name}`,
    );
    if (call.keepResult(result)) {
      this.#writer.wake();
    } else {
      this.#settle(call, 'answered', result);
    }
  }

  /** Gives the sender window for what was taken, unless the call is over. */
  #grant(call: OutgoingCall | IncomingCall, cost: number): void {
    const bytes = call.inflow?.consume(cost) ?? 0;
    const open = this.#sent.has(call.id) || this.#incoming.has(call.id);
    if (bytes > 0 && open) {
      this.#writer.write({ type: 'credit', id: call.id, bytes });
    }
  }

  #onCredit(id: number, bytes: number): void {
    const outflow = this.#isOwn(id)
      ? this.#sent.get(id)?.outflow
      : this.#incoming.get(id)?.outflow;
    if (outflow) {
      outflow.credit(bytes);
      this.#flow(outflow);
    }
  }

  #flow(outflow: Outflow): void {
    if (!outflow.empty) {
      this.#flowing.add(outflow);
      this.#writer.wake();
    }
  }

  // ----------------------------------------------------------------- calls made there

  #onRequest(frame: ExecRequestFrame): void {
    const { limits, onViolation } = this.#options;
    if (frame.id === 0 || this.#isOwn(frame.id)) {
      onViolation(`call id ${frame.id} is not one it may choose`);
      return;
    }
    if (this.#incoming.has(frame.id)) {
      onViolation(`call id ${frame.id} is in use`);
      return;
    }
    if (this.#incoming.size >= limits.concurrency) {
      onViolation(`more than ${limits.concurrency} calls at once`);
      return;
    }
    const call = new IncomingCall(frame.id, frame, this.#callee);
    this.#incoming.set(frame.id, call);
    if (frame.more || frame.payload.length > limits.maxPayloadBytes) {
      call.inflow = new Inflow(limits);
      this.#onArguments(call, call.inflow.begin(frame));
    } else {
      this.#onWholeRequest(call, frame, frame.payload);
    }
  }

  #onArguments(call: IncomingCall, received: Received): void {
    switch (received.is) {
      case 'violation':
        this.#options.onViolation(received.message);
        break;
      case 'too large':
        this.#fail(
          call,
          new PayloadTooLargeError(
            `the arguments are ${received.size} bytes or more; at most ${
              this.#options.limits.maxPayloadBytes
            } are taken`,
          ),
        );
        break;
      case 'complete':
        this.#onWholeRequest(call, received.frame, received.payload);
        break;
      default:
        this.#grant(call, call.inflow?.takeCost() ?? 0);
    }
  }

  #onWholeRequest(
    call: IncomingCall,
    frame: BeginFrame,
    bytes: Uint8Array,
  ): void {
    const { functions, codecs, limits } = this.#options;
    const handler = functions.get(call.function);
    if (!handler) {
      this.#fail(
        call,
        new UnknownFunctionError(
          `there is no function "${call.function}"; there is ${listOf(
            functions.keys(),
          )}`,
        ),
      );
      return;
    }
    try {
      codecs.get(frame.codec);
    } catch (error) {
      this.#fail(call, error);
      return;
    }
    call.setPayload(
      new Payload(
        frame.codec,
        bytes,
        codecs,
        `The argument of ${call.function}`,
      ),
    );
    if (this.#running >= limits.concurrency) {
      this.#backlog.add(call);
    } else {
      this.#run(call, handler);
    }
  }

  #run(call: IncomingCall, handler: Handler): void {
    call.become('running');
    this.#running += 1;
    const startedAt = performance.now();
    const ended = (result: unknown, error?: unknown) => {
      this.#running -= 1;
      if (!call.settled) {
        if (error === undefined) {
          this.#answer(call, result);
        } else {
          this.#fail(call, error);
        }
      }
      this.#options.onOutcome?.({
        function: call.function,
        direction: 'answered',
        state: call.state,
        durationMs: performance.now() - startedAt,
        error: error === undefined ? undefined : asError(error),
      });
      this.#runNext();
      this.#checkIdle();
    };
    let result: unknown;
    try {
      result = handler(call);
    } catch (error) {
      ended(undefined, asError(error));
      return;
    }
    if (isThenable(result)) {
      result.then(
        value => ended(value),
        error => ended(undefined, asError(error)),
      );
    } else {
      ended(result);
    }
  }

  #runNext(): void {
    const { functions, limits } = this.#options;
    for (const call of this.#backlog) {
      if (this.#running >= limits.concurrency) {
        return;
      }
      this.#backlog.delete(call);
      const handler = functions.get(call.function);
      if (handler) {
        this.#run(call, handler);
      }
    }
  }

  #answer(call: IncomingCall, value: unknown): void {
    let encoded: { codec: string; payload: Uint8Array };
    try {
      encoded = this.#options.codecs.encode(value);
      this.#checkSendable(encoded, `The results of ${call.function}`);
    } catch (error) {
      this.#fail(call, error);
      return;
    }
    call.become('answered');
    const { codec, payload } = encoded;
    const begin = (piece: Uint8Array, more: boolean): ExecResponseFrame => ({
      type: 'execResponse',
      id: call.id,
      codec,
      payload: piece,
      more,
      failure: undefined,
    });
    if (payload.length <= CHUNK_BYTES && (call.outflow?.empty ?? true)) {
      this.#writer.write(begin(payload, false));
    } else {
      this.#addSegment(call, {
        begin,
        payload,
        costs: false,
        sent: () => this.#forget(call.id),
      });
    }
  }

  #fail(call: IncomingCall, error: unknown): void {
    if (call.state === 'queued') {
      call.become('running');
    }
    call.become('answered');
    call.inflow?.drop();
    if (call.outflow) {
      this.#flowing.delete(call.outflow);
      call.outflow.drop();
    }
    const wire = asError(error);
    this.#writer.write({
      type: 'execResponse',
      id: call.id,
      codec: '',
      payload: new Uint8Array(0),
      more: false,
      failure: {
        code: OWN_FAILURES.has(codeOf(wire)) ? codeOf(wire) : ErrorCode.HANDLER,
        message: wire.message.slice(0, MAX_MESSAGE),
      },
    });
  }

  #addSegment(call: IncomingCall, segment: Segment): void {
    call.outflow ??= new Outflow(call.id, this.#options.terms.windowBytes);
    call.outflow.add(segment);
    this.#flow(call.outflow);
  }

  async #sendPart(call: IncomingCall, value: unknown): Promise<void> {
    const encoded = this.#options.codecs.encode(value);
    this.#checkSendable(encoded, `The parts of ${call.function}`);
    await new Promise<void>((resolve, reject) => {
      if (call.settled) {
        reject(
          new CallCancelledError(
            `${call.function} is over; nobody reads its parts any more`,
          ),
        );
        return;
      }
      this.#addSegment(call, {
        begin: (piece, more) => ({
          type: 'execPart',
          id: call.id,
          codec: encoded.codec,
          payload: piece,
          more,
        }),
        payload: encoded.payload,
        costs: true,
        sent: resolve,
        dropped: () =>
          reject(
            new CallCancelledError(
              `${call.function} was given up while a part waited to be sent`,
            ),
          ),
      });
    });
  }

  #onCancel(id: number, code: number): void {
    const call = this.#isOwn(id) ? undefined : this.#incoming.get(id);
    if (!call) {
      // The answer and the Cancel crossed.
      return;
    }
    this.#forget(id);
    call.giveUp(
      code === ErrorCode.TIMEOUT ? 'timed out' : 'cancelled',
      code === ErrorCode.TIMEOUT
        ? 'The caller waited no longer'
        : 'The caller gave the call up',
    );
  }

  /** The call's answer went out, or is wanted no more. */
  #forget(id: number): void {
    const call = this.#incoming.get(id);
    if (call) {
      this.#incoming.delete(id);
      this.#backlog.delete(call);
      if (call.outflow) {
        this.#flowing.delete(call.outflow);
        call.outflow.drop();
      }
      this.#checkIdle();
    }
  }

  // ------------------------------------------------------------------------- the end

  /** Resolves when no call is open in either direction and all was written. */
  async idle(): Promise<void> {
    while (!this.#isIdle()) {
      await new Promise<void>(resolve => this.#whenIdle.push(resolve));
    }
    await this.#writer.idle();
  }

  #isIdle(): boolean {
    return (
      this.#closedBy !== undefined ||
      (this.#queued.size === 0 &&
        this.#sent.size === 0 &&
        this.#incoming.size === 0)
    );
  }

  #checkIdle(): void {
    if (this.#whenIdle.length > 0 && this.#isIdle()) {
      for (const resolve of this.#whenIdle.splice(0)) {
        resolve();
      }
    }
  }

  /** Fails calls that were not sent yet. */
  failQueued(reason: string): void {
    for (const call of [...this.#queued]) {
      this.#queued.delete(call);
      this.#settle(
        call,
        'plugin gone',
        new PluginGoneError(`${this.#nameOf(call)} was not sent: ${reason}`),
      );
    }
  }

  /**
   * Ends it: calls made here fail with what happened, handlers of calls made there are
   * told by their signal. Nothing is held any more.
   */
  close(reason: string): void {
    if (this.#closedBy) {
      return;
    }
    this.#closedBy = new PluginGoneError(
      `${this.#options.peerName} is gone: ${reason}`,
    );
    this.#writer.close();
    this.failQueued(reason);
    for (const call of [...this.#sent.values()]) {
      this.#removeSent(call);
      this.#settle(
        call,
        'plugin gone',
        new PluginGoneError(
          `${this.#nameOf(call)} was running when it went away: ${reason}`,
        ),
      );
    }
    for (const call of [...this.#incoming.values()]) {
      this.#forget(call.id);
      call.giveUp('plugin gone', `The caller is gone: ${reason}`);
    }
    this.#flowing.clear();
    this.#checkIdle();
  }
}

function codeOf(error: Error): number {
  return error instanceof PluginRpcError ? error.code : ErrorCode.HANDLER;
}

function asError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new HandlerError(String(error), { cause: error });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

function listOf(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, 20).join(', ');
  return all.length > 20 ? `${shown}, …` : shown || 'none';
}
