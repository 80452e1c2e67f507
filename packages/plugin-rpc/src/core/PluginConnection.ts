import { CodecRegistry, Payload } from '../codec';
import {
  CallLogger,
  CallOptions,
  CallOutcome,
  Conversation,
  Handler,
  Limits,
} from '../conversation';
import {
  InvalidMountError,
  MountRefusedError,
  PluginNotFoundError,
  PluginRpcError,
} from '../errors';
import { PLUGIN_STATES, PluginState, transition } from '../states';
import {
  decodeEnvelope,
  DEFAULT_CODECS,
  DEFAULT_CONCURRENCY,
  DEFAULT_MAX_PAYLOAD_BYTES,
  DEFAULT_WINDOW_BYTES,
  encodeEnvelope,
  Frame,
  FunctionDeclaration,
  LogLevel,
  MountRequestFrame,
  MountResultFrame,
  PROTOCOL_MAX,
  PROTOCOL_MIN,
  ShutdownReason,
} from '../wire';
import { MountedPlugin } from './MountedPlugin';
import { idOf } from './PluginRegistry';

/** The stream of one plugin. */
export interface PluginStream {
  write(envelope: Buffer, written: () => void): void;
  end(): void;
  /** Ends it whatever is still to be written. */
  abort(): void;
}

/** What a connection needs of the core. */
export interface ConnectionOwner {
  readonly codecs: CodecRegistry;
  readonly functions: ReadonlyMap<string, Handler>;
  readonly declarations: readonly FunctionDeclaration[];
  readonly limits: Limits;
  readonly maxQueued: number;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  readonly logLevel: LogLevel;
  now(): number;
  createSession(): string;
  /** Says yes by the protocol version to speak, and no by an error. */
  admit(request: MountRequestFrame): Promise<number>;
  /** Checks again what may have changed while `admit` took its time. */
  checkUnique(request: MountRequestFrame): void;
  mounted(connection: PluginConnection): void;
  refused(request: MountRequestFrame, error: PluginRpcError): void;
  gone(connection: PluginConnection, reason: string): void;
  droppedBeforeMount(): void;
  createLogger(connection: PluginConnection, callId: number): CallLogger;
  outcome?(connection: PluginConnection, outcome: CallOutcome): void;
}

const EMPTY_REQUEST: MountRequestFrame = {
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

/** One plugin's Communicate stream, from its first byte to its end. */
export class PluginConnection implements MountedPlugin {
  state: PluginState = 'mounting';
  readonly session: string;
  readonly openedAt: number;
  readonly #owner: ConnectionOwner;
  readonly #stream: PluginStream;
  #request: MountRequestFrame = EMPTY_REQUEST;
  #asked = false;
  #conversation: Conversation | undefined;
  #mountedAt = 0;
  #lastSeenAt: number;
  #leaving = false;

  constructor(owner: ConnectionOwner, stream: PluginStream) {
    this.#owner = owner;
    this.#stream = stream;
    this.session = owner.createSession();
    this.openedAt = owner.now();
    this.#lastSeenAt = this.openedAt;
  }

  get name(): string {
    return this.#request.name;
  }

  get version(): string {
    return this.#request.version;
  }

  get id(): string {
    return idOf(this.name, this.version);
  }

  get interface(): string {
    return this.#request.interface || this.#request.name;
  }

  get functions(): readonly FunctionDeclaration[] {
    return this.#request.functions;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#request.labels;
  }

  get concurrency(): number {
    return this.#request.concurrency || DEFAULT_CONCURRENCY;
  }

  get mountedAt(): Date {
    return new Date(this.#mountedAt);
  }

  get lastSeenAt(): Date {
    return new Date(this.#lastSeenAt);
  }

  get lastSeen(): number {
    return this.#lastSeenAt;
  }

  get pendingCalls(): number {
    return this.#conversation?.pendingCalls ?? 0;
  }

  /** What is held for its calls, for tests and for people. */
  held(): Record<string, number> {
    return this.#conversation?.held() ?? {};
  }

  async call(
    name: string,
    args?: unknown,
    options: CallOptions = {},
  ): Promise<Payload> {
    if (this.state !== 'mounted' || !this.#conversation || this.#leaving) {
      throw new PluginNotFoundError(
        `The plugin ${this.id} is ${
          this.state === 'mounted' ? 'leaving' : this.state
        }; only a new mount brings it back`,
      );
    }
    return this.#conversation.call(name, args, options);
  }

  // ------------------------------------------------------------ what comes from the plugin

  /** Takes one gRPC message. */
  receive(envelope: Buffer): void {
    if (this.#isOver()) {
      return;
    }
    this.#lastSeenAt = this.#owner.now();
    try {
      decodeEnvelope(envelope, frame => this.#take(frame));
    } catch (error) {
      this.#violated(
        `it sent what is no envelope: ${
          error instanceof Error ? error.message : error
        }`,
      );
    }
  }

  #isOver(): boolean {
    return this.state !== 'mounting' && this.state !== 'mounted';
  }

  #take(frame: Frame | undefined): void {
    if (this.state === 'mounting') {
      if (frame?.type === 'mountRequest' && !this.#asked) {
        this.#asked = true;
        void this.#mount(frame);
      } else {
        this.#owner.droppedBeforeMount();
      }
      return;
    }
    if (this.#isOver() || !frame) {
      return;
    }
    switch (frame.type) {
      case 'ping':
        this.#conversation?.sendBeat({
          type: 'pong',
          sequence: frame.sequence,
        });
        break;
      case 'unmountRequest':
        if (frame.token !== this.session) {
          this.#violated('its UnmountRequest has the token of another mount');
        } else {
          void this.#leave(
            'unmounted',
            frame.message || frame.reason || 'it unmounted',
            frame.graceMs,
          );
        }
        break;
      case 'mountRequest':
      case 'mountResult':
      case 'pong':
      case 'shutdown':
        this.#violated(`it sent a ${frame.type} while mounted`);
        break;
      default:
        this.#conversation?.receive(frame);
    }
  }

  // ------------------------------------------------------------------------------ mounting

  async #mount(request: MountRequestFrame): Promise<void> {
    let protocolVersion: number;
    try {
      protocolVersion = await this.#owner.admit(request);
      if (this.state !== 'mounting') {
        return;
      }
      this.#owner.checkUnique(request);
    } catch (error) {
      this.refuse(request, error);
      return;
    }
    this.#request = request;
    this.#mountedAt = this.#owner.now();
    this.#lastSeenAt = this.#mountedAt;
    this.#converse(request);
    this.#become('mounted');
    this.#conversation?.send(
      this.#mountResult({ protocolVersion, session: this.session }),
    );
    this.#owner.mounted(this);
  }

  #converse(request: MountRequestFrame): void {
    const owner = this.#owner;
    this.#conversation = new Conversation({
      side: 'core',
      transport: this.#stream,
      codecs: owner.codecs,
      functions: owner.functions,
      limits: owner.limits,
      terms: {
        functions: new Set(request.functions.map(item => item.name)),
        codecs: new Set(
          request.codecs.length > 0 ? request.codecs : DEFAULT_CODECS,
        ),
        concurrency: this.concurrency,
        maxPayloadBytes: request.maxPayloadBytes || DEFAULT_MAX_PAYLOAD_BYTES,
        windowBytes: request.windowBytes || DEFAULT_WINDOW_BYTES,
      },
      peer: { name: request.name, version: request.version },
      peerName: this.id,
      maxQueued: owner.maxQueued,
      createLogger: callId => owner.createLogger(this, callId),
      onViolation: message => this.#violated(message),
      onOutcome: owner.outcome
        ? outcome => owner.outcome?.(this, outcome)
        : undefined,
    });
  }

  #mountResult(result: Partial<MountResultFrame>): MountResultFrame {
    const owner = this.#owner;
    return {
      type: 'mountResult',
      code: 0,
      message: '',
      protocolVersion: 0,
      protocolMin: PROTOCOL_MIN,
      protocolMax: PROTOCOL_MAX,
      session: '',
      pingIntervalMs: owner.pingIntervalMs,
      pingTimeoutMs: owner.pingTimeoutMs,
      functions: [...owner.declarations],
      codecs: owner.codecs.names(),
      concurrency: owner.limits.concurrency,
      maxPayloadBytes: owner.limits.maxPayloadBytes,
      windowBytes: owner.limits.windowBytes,
      logLevel: owner.logLevel,
      ...result,
    };
  }

  /** Says why not, and ends the stream. */
  refuse(request: MountRequestFrame, reason: unknown): void {
    if (this.state !== 'mounting') {
      return;
    }
    const error =
      reason instanceof PluginRpcError
        ? reason
        : new MountRefusedError(
            reason instanceof Error ? reason.message : String(reason),
            { cause: reason },
          );
    this.#become('lost');
    this.#stream.write(
      encodeEnvelope([
        this.#mountResult({
          code: error.code,
          message: error.message,
          functions: [],
          codecs: [],
        }),
      ]),
      () => this.#stream.end(),
    );
    this.#owner.refused(request, error);
  }

  /** Nobody may keep a stream open without mounting. */
  mountTimedOut(timeoutMs: number): void {
    if (!this.#asked) {
      this.refuse(
        EMPTY_REQUEST,
        new InvalidMountError(
          `There was no MountRequest within ${timeoutMs} ms of opening the stream`,
        ),
      );
    }
  }

  // ------------------------------------------------------------------------------- leaving

  #become(state: PluginState): void {
    this.state = transition(PLUGIN_STATES, this.state, state);
  }

  /** The stream ended or broke. */
  streamEnded(reason: string): void {
    if (this.state === 'mounting') {
      this.#become('lost');
      this.#owner.gone(this, reason);
    } else if (this.state === 'mounted') {
      this.#end('lost', reason);
    }
    this.#stream.end();
  }

  /** Its beats are missing. */
  beatsMissing(): void {
    const silentMs = this.#owner.now() - this.#lastSeenAt;
    this.#dismiss(
      ShutdownReason.LOST,
      `nothing came from it for ${silentMs} ms; it must beat every ${
        this.#owner.pingIntervalMs
      } ms`,
    );
  }

  #violated(message: string): void {
    if (this.state === 'mounting') {
      this.refuse(
        this.#request,
        new InvalidMountError(`The plugin broke the protocol: ${message}`),
      );
    } else if (this.state === 'mounted') {
      this.#dismiss(
        ShutdownReason.PROTOCOL_ERROR,
        `it broke the protocol: ${message}`,
      );
    }
  }

  /** Loses it at once; says why in case it can still read. */
  #dismiss(reason: number, message: string): void {
    this.#stream.write(
      encodeEnvelope([{ type: 'shutdown', reason, message, graceMs: 0 }]),
      () => this.#stream.end(),
    );
    this.#end('lost', message);
    this.#stream.abort();
  }

  async remove(
    message: string,
    options: { grace?: number } = {},
  ): Promise<void> {
    await this.shutDown(ShutdownReason.REMOVED, message, options.grace);
  }

  /** Sends it away once what runs is answered, or the grace is over. */
  async shutDown(
    reason: number,
    message: string,
    graceMs: number = 10_000,
  ): Promise<void> {
    if (this.state === 'mounting') {
      this.#become('shut down');
      this.#stream.end();
      this.#owner.gone(this, message);
    } else if (this.state === 'mounted' && !this.#leaving) {
      this.#conversation?.send({ type: 'shutdown', reason, message, graceMs });
      await this.#leave('shut down', message, graceMs);
    }
  }

  async #leave(
    state: 'unmounted' | 'shut down',
    message: string,
    graceMs: number,
  ): Promise<void> {
    if (this.#leaving || !this.#conversation) {
      return;
    }
    this.#leaving = true;
    if (state === 'unmounted') {
      this.#conversation.failQueued(message);
    }
    await within(graceMs, this.#conversation.idle());
    if (this.state === 'mounted') {
      this.#end(state, message);
      this.#stream.end();
    }
  }

  #end(state: 'lost' | 'unmounted' | 'shut down', reason: string): void {
    this.#become(state);
    this.#conversation?.close(reason);
    this.#owner.gone(this, reason);
  }

  /** Whether nobody should be given this plugin for a new call. */
  get leaving(): boolean {
    return this.#leaving;
  }
}

/** Waits for the promise, but not longer. */
export async function within(
  milliseconds: number,
  promise: Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    promise,
    new Promise<void>(resolve => {
      timer = setTimeout(resolve, milliseconds);
    }),
  ]);
  clearTimeout(timer);
}
