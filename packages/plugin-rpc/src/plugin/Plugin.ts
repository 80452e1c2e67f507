import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  ClientDuplexStream,
  credentials,
  ChannelCredentials,
  status as Status,
} from '@grpc/grpc-js';
import { Codec, CodecRegistry, Payload } from '../codec';
import {
  CallLogger,
  CallOptions,
  CallOutcome,
  Conversation,
  createLogger,
  Handler,
  Limits,
} from '../conversation';
import {
  HandlerError,
  mountErrorOfCode,
  PluginGoneError,
  PluginRpcError,
} from '../errors';
import { Events, Unsubscribe } from '../events/Events';
import { PLUGIN_STATES, PluginState, transition } from '../states';
import {
  decodeEnvelope,
  DEFAULT_CODECS,
  DEFAULT_CONCURRENCY,
  DEFAULT_MAX_PAYLOAD_BYTES,
  DEFAULT_WINDOW_BYTES,
  encodeEnvelope,
  ErrorCode,
  Frame,
  FunctionDeclaration,
  MAX_ENVELOPE_BYTES,
  MountResultFrame,
  pluginCoreService,
  PROTOCOL_MAX,
  PROTOCOL_MIN,
  ShutdownFrame,
  ShutdownReason,
} from '../wire';
import { LogSender } from './LogSender';
import { Pauses, ReconnectOptions } from './pauses';

/** A handler, perhaps with the signature that the code generator wrote. @public */
export type FunctionDefinition =
  | Handler
  | { handler: Handler; signature: string };

/** @public */
export interface PluginOptions {
  name: string;
  /** Name and version together are unique on a core. */
  version: string;
  /** Which interface it implements, when that is not its name. */
  interface?: string;
  /** What it can be asked to do. */
  functions: Readonly<Record<string, FunctionDefinition>>;
  /** Free description, e.g. zone or arch. */
  labels?: Readonly<Record<string, string>>;
  /** Codecs besides `map` and `bytes`. */
  codecs?: readonly Codec[];
  /** Calls it takes at once; the core keeps others back. Default 16. */
  concurrency?: number;
  /** Largest arguments taken, in bytes. Default 16 MiB. */
  maxPayloadBytes?: number;
  /** What may be on the way to a slow reader, per call, in bytes. Default 256 KiB. */
  windowBytes?: number;
  /** Log lines kept while the core does not read. Default 10,000. */
  logBufferLines?: number;
  /** Pauses between attempts to come back; false: do not come back. */
  reconnect?: ReconnectOptions | false;
  /** An own error in a listener. Default: a warning of the process. */
  onListenerError?: (error: unknown, event: string) => void;
}

/** Where and how to mount. @public */
export interface MountOptions {
  /** `HOST:PORT` or `unix:/PATH`. */
  address: string;
  /** Asked again for every mount, so that it may be rotated. */
  token: string | (() => string | Promise<string>);
  /** Without it the stream is not encrypted. */
  tls?: {
    /** The authority that signed the core's certificate; default: the system's. */
    ca?: Buffer;
    /** The plugin's own certificate and key, for mutual TLS. */
    cert?: Buffer;
    key?: Buffer;
    /** The name in the core's certificate when it is not the address. */
    serverName?: string;
  };
  /** How long one attempt to connect and mount may take, in ms. Default 10,000. */
  timeout?: number;
  /** Gives up mounting. */
  signal?: AbortSignal;
}

/** What can be listened to. @public */
export interface PluginEvents {
  state: { state: PluginState; reason: string };
  /** A call ended, whoever made it. */
  exec: CallOutcome;
}

interface Link {
  client: Client;
  stream: ClientDuplexStream<Buffer, Buffer>;
}

interface Mount {
  link: Link;
  result: MountResultFrame;
  conversation: Conversation;
  beat: NodeJS.Timeout;
  lastSeen: number;
  sequence: number;
  /** Resolved when the mount is over. */
  over: Promise<void>;
  markOver: () => void;
}

/**
 * A plugin: dials the core, mounts, and answers calls until it unmounts.
 *
 * @public
 */
export class Plugin {
  /** Lines for the core's log hub; before the mount they wait. */
  readonly log: CallLogger;
  readonly #options: PluginOptions;
  readonly #codecs: CodecRegistry;
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #declarations: FunctionDeclaration[];
  readonly #limits: Limits;
  readonly #events: Events<PluginEvents>;
  readonly #pauses: Pauses;
  readonly #logs: LogSender;
  #state: PluginState = 'unmounted';
  #isRemoved = false;
  #mountOptions: MountOptions | undefined;
  #mount: Mount | undefined;
  /** Ends the attempt or the pause that is under way. */
  #attempt: AbortController | undefined;

  constructor(options: PluginOptions) {
    this.#options = options;
    this.#codecs = new CodecRegistry(options.codecs);
    const functions = Object.entries(options.functions);
    this.#handlers = new Map(
      functions.map(([name, definition]) => [
        name,
        typeof definition === 'function' ? definition : definition.handler,
      ]),
    );
    this.#declarations = functions.map(([name, definition]) => ({
      name,
      signature: typeof definition === 'function' ? '' : definition.signature,
    }));
    this.#limits = {
      concurrency: options.concurrency ?? 16,
      maxPayloadBytes: options.maxPayloadBytes ?? 16 * 1024 * 1024,
      windowBytes: options.windowBytes ?? 256 * 1024,
    };
    this.#events = new Events(
      options.onListenerError ??
        ((error, name) =>
          process.emitWarning(`A listener to "${name}" threw: ${error}`)),
    );
    this.#pauses = new Pauses(options.reconnect || {});
    this.#logs = new LogSender({
      bufferLines: options.logBufferLines ?? 10_000,
      connect: () => this.#createClient(),
    });
    this.log = this.#createLogger(0);
  }

  get state(): PluginState {
    return this.#state;
  }

  /** Whether the core sent it away for good: it does not come back by itself. */
  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  /** Sizes of everything held for calls, all zero when nothing goes on. */
  held(): Record<string, number> {
    return this.#mount?.conversation.held() ?? {};
  }

  /** Hears what happens. A listener that throws disturbs nothing. */
  on<Name extends keyof PluginEvents>(
    name: Name,
    listener: (event: PluginEvents[Name]) => void,
  ): Unsubscribe {
    return this.#events.on(name, listener);
  }

  /**
   * Dials until the core is reached, and mounts; listeners to `state` hear why it is not
   * reached. Afterwards, whenever the mount is lost, it comes back by itself, with growing
   * pauses and a fresh mount.
   *
   * @throws WrongTokenError, ExpiredTokenError, DuplicatePluginError,
   * MissingFunctionError, UnknownInterfaceError, ProtocolVersionError,
   * InvalidMountError, MountRefusedError or CoreClosingError when this first mount is
   * refused; PluginGoneError when it may not reconnect and the core is not reached
   */
  async mount(options: MountOptions): Promise<void> {
    if (this.#attempt || this.#mount) {
      throw new Error(`${this.#name} is ${this.#state} already`);
    }
    this.#mountOptions = options;
    this.#isRemoved = false;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const onAbort = () => attempt.abort(options.signal?.reason);
    options.signal?.throwIfAborted();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      this.#become('dialing', `dialing ${options.address}`);
      for (;;) {
        try {
          await this.#mountOnce(attempt.signal);
          return;
        } catch (error) {
          if (
            attempt.signal.aborted ||
            this.#options.reconnect === false ||
            (error instanceof PluginRpcError &&
              !(error instanceof PluginGoneError))
          ) {
            this.#become('unmounted', messageOf(error));
            throw error;
          }
          this.#tellWhy(error);
          await this.#pause(attempt.signal);
        }
      }
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
      if (this.#attempt === attempt) {
        this.#attempt = undefined;
      }
    }
  }

  /**
   * Leaves: the core sends nothing new, what runs is answered (at most `grace` ms,
   * default 10,000), logs go out. Also ends attempts to mount.
   */
  async unmount(
    reason: string = '',
    options: { message?: string; grace?: number } = {},
  ): Promise<void> {
    this.#attempt?.abort(
      new PluginGoneError(`${this.#name} was unmounted: ${reason}`),
    );
    const mount = this.#mount;
    if (!mount) {
      this.#become('unmounted', reason);
      return;
    }
    const graceMs = options.grace ?? 10_000;
    this.#become('unmounted', reason);
    // The core ends the log stream with the mount.
    await this.#logs.flush(Math.min(graceMs, 1_000));
    mount.conversation.send({
      type: 'unmountRequest',
      reason,
      token: mount.result.session,
      message: options.message ?? '',
      graceMs,
    });
    const late = setTimeout(
      () => this.#end(mount, 'the core did not let it go in time'),
      graceMs + 1_000,
    );
    await mount.over;
    clearTimeout(late);
  }

  /**
   * Calls a function that the core offers.
   *
   * @throws PluginNotFoundError, UnknownFunctionError, UnknownCodecError,
   * PayloadTooLargeError, WrongTypeError, BusyError, CallTimeoutError,
   * CallCancelledError, PluginGoneError, HandlerError
   */
  async call(
    name: string,
    args?: unknown,
    options: CallOptions = {},
  ): Promise<Payload> {
    if (!this.#mount) {
      throw new PluginGoneError(
        `${this.#name} is ${
          this.#state
        }; it can call the core only while it is mounted`,
      );
    }
    return this.#mount.conversation.call(name, args, options);
  }

  get #name(): string {
    return `${this.#options.name}@${this.#options.version}`;
  }

  #become(state: PluginState, reason: string): void {
    if (this.#state !== state) {
      this.#state = transition(PLUGIN_STATES, this.#state, state);
      this.#events.emit('state', { state, reason });
    }
  }

  #createLogger(callId: number): CallLogger {
    return createLogger((level, message, fields) =>
      this.#logs.write(level, message, fields, callId),
    );
  }

  // ----------------------------------------------------------------------- mounting

  #createClient(): Client {
    const { address, tls } = this.#requireMountOptions();
    let channelCredentials: ChannelCredentials;
    if (tls) {
      channelCredentials = credentials.createSsl(
        tls.ca ?? null,
        tls.key ?? null,
        tls.cert ?? null,
      );
    } else {
      channelCredentials = credentials.createInsecure();
    }
    return new Client(address, channelCredentials, {
      // A connection of its own for every client; pauses between attempts are ours.
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      'grpc.max_receive_message_length': MAX_ENVELOPE_BYTES,
      'grpc.max_send_message_length': -1,
      ...(tls?.serverName
        ? {
            'grpc.ssl_target_name_override': tls.serverName,
            'grpc.default_authority': tls.serverName,
          }
        : {}),
    });
  }

  #requireMountOptions(): MountOptions {
    if (!this.#mountOptions) {
      throw new Error(`${this.#name} was never told where to mount`);
    }
    return this.#mountOptions;
  }

  async #mountOnce(signal: AbortSignal): Promise<void> {
    const { address, token, timeout = 10_000 } = this.#requireMountOptions();
    signal.throwIfAborted();
    const until = Date.now() + timeout;
    const client = this.#createClient();
    let onAbort = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        onAbort = () => reject(signal.reason);
        signal.addEventListener('abort', onAbort, { once: true });
        client.waitForReady(until, async error =>
          error
            ? reject(
                new PluginGoneError(
                  `The core at ${address} could not be reached: ${
                    (await whyUnreachable(client)) ?? error.message
                  }`,
                ),
              )
            : resolve(),
        );
      });
      const secret = typeof token === 'function' ? await token() : token;
      signal.throwIfAborted();
      this.#become('mounting', `connected to ${address}`);
      const stream = openStream(client);
      await this.#requestMount({ client, stream }, secret, until, signal);
    } catch (error) {
      client.close();
      if (this.#state === 'mounting') {
        this.#become('lost', messageOf(error));
        this.#become('dialing', `dialing ${address} again`);
      }
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Sends the MountRequest and waits for the MountResult. */
  async #requestMount(
    link: Link,
    token: string,
    until: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { stream } = link;
    await new Promise<void>((resolve, reject) => {
      let mount: Mount | undefined;
      const waiting = new AbortController();
      const fail = (error: Error) => {
        waiting.abort();
        stream.cancel();
        reject(error);
      };
      const timer = setTimeout(
        () =>
          fail(
            new PluginGoneError('The core did not answer the mount in time'),
          ),
        Math.max(1, until - Date.now()),
      );
      waiting.signal.addEventListener('abort', () => clearTimeout(timer));
      signal.addEventListener('abort', () => fail(signal.reason), {
        once: true,
        signal: waiting.signal,
      });
      const take = (frame: Frame | undefined) => {
        if (mount) {
          this.#take(mount, frame);
        } else if (frame?.type === 'mountResult') {
          if (frame.code !== ErrorCode.UNSPECIFIED) {
            fail(mountErrorOfCode(frame.code, frame.message));
            return;
          }
          waiting.abort();
          mount = this.#mounted(link, frame);
          resolve();
        }
      };
      const ended = (reason: string) => {
        if (mount) {
          this.#end(mount, reason);
        } else {
          fail(
            new PluginGoneError(
              `The core ended the stream before it was mounted: ${reason}`,
            ),
          );
        }
      };
      stream.on('data', (envelope: Buffer) => {
        try {
          if (mount) {
            mount.lastSeen = performance.now();
          }
          decodeEnvelope(envelope, take);
        } catch (error) {
          ended(`it sent what is no envelope: ${messageOf(error)}`);
        }
      });
      stream.on('end', () => ended('the core ended the stream'));
      stream.on('error', error => ended(error.message));
      stream.write(encodeEnvelope([this.#mountRequest(token)]));
    });
  }

  #mountRequest(token: string): Frame {
    const { name, version, labels } = this.#options;
    return {
      type: 'mountRequest',
      protocolMin: PROTOCOL_MIN,
      protocolMax: PROTOCOL_MAX,
      token,
      name,
      version,
      interface: this.#options.interface ?? '',
      functions: this.#declarations,
      codecs: this.#codecs.names(),
      concurrency: this.#limits.concurrency,
      maxPayloadBytes: this.#limits.maxPayloadBytes,
      windowBytes: this.#limits.windowBytes,
      labels: { ...labels },
    };
  }

  #mounted(link: Link, result: MountResultFrame): Mount {
    let markOver = () => {};
    const over = new Promise<void>(resolve => {
      markOver = resolve;
    });
    const mount: Mount = {
      link,
      result,
      conversation: this.#converse(link, result, message =>
        this.#end(mount, `the core broke the protocol: ${message}`),
      ),
      beat: setInterval(() => this.#sendBeat(mount), result.pingIntervalMs),
      lastSeen: performance.now(),
      sequence: 0,
      over,
      markOver,
    };
    this.#mount = mount;
    this.#pauses.reset();
    this.#logs.start(result.session, result.logLevel);
    this.#become('mounted', 'the core accepted it');
    return mount;
  }

  #converse(
    { stream }: Link,
    result: MountResultFrame,
    onViolation: (message: string) => void,
  ): Conversation {
    return new Conversation({
      side: 'plugin',
      transport: {
        write: (envelope, written) => {
          stream.write(envelope, (error: Error | null | undefined) => {
            // An error ends the stream, which is told by its events.
            if (!error) {
              written();
            }
          });
        },
      },
      codecs: this.#codecs,
      functions: this.#handlers,
      limits: this.#limits,
      terms: {
        functions: new Set(result.functions.map(item => item.name)),
        codecs: new Set(
          result.codecs.length > 0 ? result.codecs : DEFAULT_CODECS,
        ),
        concurrency: result.concurrency || DEFAULT_CONCURRENCY,
        maxPayloadBytes: result.maxPayloadBytes || DEFAULT_MAX_PAYLOAD_BYTES,
        windowBytes: result.windowBytes || DEFAULT_WINDOW_BYTES,
      },
      peer: { name: 'core', version: String(result.protocolVersion) },
      peerName: 'the core',
      maxQueued: 10_000,
      createLogger: callId => this.#createLogger(callId),
      onViolation,
      onOutcome: outcome => this.#onOutcome(outcome),
    });
  }

  #onOutcome(outcome: CallOutcome): void {
    const { error, direction } = outcome;
    if (
      direction === 'answered' &&
      error &&
      (!(error instanceof PluginRpcError) || error instanceof HandlerError)
    ) {
      this.log.error(`${outcome.function} failed: ${error.message}`, {
        stack: error.stack ?? '',
      });
    }
    this.#events.emit('exec', outcome);
  }

  // ------------------------------------------------------------------ while mounted

  #sendBeat(mount: Mount): void {
    if (performance.now() - mount.lastSeen > mount.result.pingTimeoutMs) {
      this.#end(
        mount,
        `nothing came from the core for ${mount.result.pingTimeoutMs} ms`,
      );
      return;
    }
    mount.sequence = (mount.sequence + 1) % 0xffff_ffff;
    mount.conversation.sendBeat({
      type: 'ping',
      sequence: mount.sequence,
      running: mount.conversation.running,
    });
  }

  #take(mount: Mount, frame: Frame | undefined): void {
    if (!frame) {
      // Of a later protocol.
      return;
    }
    switch (frame.type) {
      case 'pong':
        break;
      case 'shutdown':
        this.#onShutdown(mount, frame);
        break;
      default:
        mount.conversation.receive(frame);
    }
  }

  #onShutdown(mount: Mount, { reason, message }: ShutdownFrame): void {
    if (this.#mount === mount && this.#state === 'mounted') {
      const lost =
        reason === ShutdownReason.LOST ||
        reason === ShutdownReason.PROTOCOL_ERROR;
      if (reason === ShutdownReason.REMOVED) {
        this.#mountOptions = undefined;
        this.#isRemoved = true;
      }
      this.#become(lost ? 'lost' : 'shut down', message);
    }
  }

  /** The mount is over, whoever ended it. */
  #end(mount: Mount, reason: string): void {
    if (this.#mount !== mount) {
      return;
    }
    this.#mount = undefined;
    clearInterval(mount.beat);
    mount.conversation.close(reason);
    this.#logs.stop();
    mount.link.stream.cancel();
    mount.link.client.close();
    if (this.#state === 'mounted') {
      this.#become('lost', reason);
    }
    mount.markOver();
    const comesBack =
      this.#state === 'lost' ||
      (this.#state === 'shut down' && this.#mountOptions !== undefined);
    if (comesBack && this.#options.reconnect !== false) {
      void this.#comeBack();
    }
  }

  async #comeBack(): Promise<void> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    while (!attempt.signal.aborted) {
      await this.#pause(attempt.signal);
      if (attempt.signal.aborted) {
        break;
      }
      try {
        this.#become('dialing', 'coming back');
        await this.#mountOnce(attempt.signal);
        break;
      } catch (error) {
        // Also a refusal: the old mount may not be gone yet, the token may be rotated.
        if (!attempt.signal.aborted) {
          this.#tellWhy(error);
        }
      }
    }
    if (this.#attempt === attempt) {
      this.#attempt = undefined;
    }
  }

  /** The state is the same, but why is known. */
  #tellWhy(error: unknown): void {
    this.#events.emit('state', {
      state: this.#state,
      reason: messageOf(error),
    });
  }

  async #pause(signal: AbortSignal): Promise<void> {
    try {
      await sleep(this.#pauses.next(), undefined, { signal });
    } catch (error) {
      // Only an abort cuts the pause short, and whoever paused looks for that.
      if (!signal.aborted) {
        throw error;
      }
    }
  }
}

function openStream(
  client: Client,
  options: { deadline?: number } = {},
): ClientDuplexStream<Buffer, Buffer> {
  const { path, requestSerialize, responseDeserialize } =
    pluginCoreService.Communicate;
  return client.makeBidiStreamRequest<Buffer, Buffer>(
    path,
    requestSerialize,
    responseDeserialize,
    options,
  );
}

/** What is known only to a call that does not wait: refused, or which certificate is wrong. */
async function whyUnreachable(client: Client): Promise<string | undefined> {
  const stream = openStream(client, { deadline: Date.now() + 500 });
  const status = await new Promise<{ code: number; details: string }>(
    resolve => {
      stream.on('error', () => {});
      stream.on('status', resolve);
      stream.resume();
    },
  );
  return status.code === Status.UNAVAILABLE ? status.details : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
