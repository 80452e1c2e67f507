import { randomBytes } from 'node:crypto';
import {
  Server,
  ServerCredentials,
  ServerDuplexStream,
  ServerReadableStream,
  sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { Codec, CodecRegistry, Payload } from '../codec';
import {
  CallOptions,
  CallOutcome,
  createLogger,
  Handler,
  Limits,
} from '../conversation';
import { CoreClosingError, PluginRpcError } from '../errors';
import { Events, Unsubscribe } from '../events/Events';
import {
  decodeLogBatch,
  encodeLogSummary,
  FunctionDeclaration,
  LogLevel,
  MAX_ENVELOPE_BYTES,
  MountRequestFrame,
  pluginCoreService,
  SESSION_METADATA,
  ShutdownReason,
} from '../wire';
import { checkMountRequest, negotiateProtocol } from './checkMountRequest';
import { Interfaces, PluginInterface } from './Interfaces';
import { LogHub, LogRecord, reaches } from './LogHub';
import { LogPace } from './LogPace';
import { MountedPlugin } from './MountedPlugin';
import { ConnectionOwner, PluginConnection } from './PluginConnection';
import { Choice, PluginQuery, PluginRegistry } from './PluginRegistry';
import { TokenOptions, TokenRing } from './TokenRing';

/** What a plugin says of itself when it mounts, without its token. @public */
export type MountApplication = Readonly<
  Pick<
    MountRequestFrame,
    'name' | 'version' | 'interface' | 'functions' | 'labels' | 'concurrency'
  >
>;

/**
 * Says no to a mount by throwing, best one of the mount errors with a sentence for
 * whoever runs the plugin.
 *
 * @public
 */
export type MountValidator = (
  application: MountApplication,
) => void | Promise<void>;

/** What can be listened to. @public */
export interface CoreEvents {
  mounted: { plugin: MountedPlugin };
  /** A mount was refused. */
  refused: { application: MountApplication; error: PluginRpcError };
  /** A plugin left, or was sent away. */
  unmounted: { plugin: MountedPlugin; reason: string };
  /** Beats are missing, the stream broke, or the plugin broke the protocol. */
  lost: { plugin: MountedPlugin; reason: string };
  /** A call ended, whoever made it. */
  exec: CallOutcome & { plugin: MountedPlugin };
  log: LogRecord;
  /** Something came before a mount and was dropped; `total` since the core began. */
  dropped: { total: number };
}

/** @public */
export interface CoreOptions {
  /** Tokens that plugins may mount with. */
  tokens?: readonly (string | TokenOptions)[];
  /** The interfaces expected. None: plugins of any. */
  interfaces?: readonly PluginInterface[];
  /** Further conditions for a mount, checked last and in order. */
  validators?: readonly MountValidator[];
  /** Functions that plugins may call. */
  functions?: Readonly<Record<string, Handler>>;
  /** Codecs besides `map` and `bytes`. */
  codecs?: readonly Codec[];
  /** How often plugins beat, in ms. Default 5,000. */
  pingInterval?: number;
  /** Silence after which a plugin is lost, in ms. Default three intervals. */
  pingTimeout?: number;
  /** How long a stream may stay open without mounting, in ms. Default 10,000. */
  mountTimeout?: number;
  /** Largest result or part taken, in bytes. Default 16 MiB. */
  maxPayloadBytes?: number;
  /** What may be on the way to a slow reader, per call, in bytes. Default 256 KiB. */
  windowBytes?: number;
  /** How many calls one plugin may have running in the core. Default 64. */
  concurrency?: number;
  /** Calls that may wait for one plugin. Default 10,000. */
  maxQueued?: number;
  /** The lowest level that plugins send. Default `info`. */
  logLevel?: LogLevel;
  /** Log lines read per second and plugin; above, plugins drop. Default 10,000. */
  logRate?: number;
  /** An own error in a listener. Default: a warning of the process. */
  onListenerError?: (error: unknown, event: string) => void;
}

/** Where a core listens, and how. @public */
export interface ServeOptions {
  /** `HOST:PORT` (port 0 for a free one) or `unix:/PATH`. */
  address: string;
  /** Without it the stream is not encrypted. */
  tls?: {
    cert: Buffer;
    key: Buffer;
    /** Plugins must show a certificate that this authority signed (mutual TLS). */
    clientCa?: Buffer;
  };
}

/** A plugin by name or NAME@VERSION, or any that matches. @public */
export type CallTarget = string | (PluginQuery & { choose?: Choice });

/**
 * The host: plugins dial in, and it calls their functions.
 *
 * @public
 */
export class Core {
  /** Tokens; may change while the core runs. */
  readonly tokens: TokenRing;
  /** The lines that plugins write. */
  readonly logs: LogHub;
  readonly #plugins = new PluginRegistry<PluginConnection>();
  readonly #events: Events<CoreEvents>;
  readonly #interfaces: Interfaces;
  readonly #validators: readonly MountValidator[];
  readonly #codecs: CodecRegistry;
  readonly #functions: ReadonlyMap<string, Handler>;
  readonly #limits: Limits;
  readonly #pingInterval: number;
  readonly #pingTimeout: number;
  readonly #mountTimeout: number;
  readonly #maxQueued: number;
  readonly #logRate: number;
  /** Every open stream, mounted or not. */
  readonly #connections = new Set<PluginConnection>();
  readonly #sessions = new Map<string, PluginConnection>();
  readonly #logStreams = new Map<PluginConnection, Set<() => void>>();
  readonly #servers = new Set<Server>();
  readonly #owner: ConnectionOwner;
  #checkTimer: NodeJS.Timeout | undefined;
  #lastCheckAt = 0;
  #closing = false;
  #dropped = 0;

  constructor(options: CoreOptions = {}) {
    const onListenerError =
      options.onListenerError ??
      ((error: unknown, name: string) =>
        process.emitWarning(`A listener to "${name}" threw: ${error}`));
    this.#events = new Events(onListenerError);
    this.tokens = new TokenRing(options.tokens);
    this.logs = new LogHub(options.logLevel ?? 'info', this.#events);
    this.#interfaces = new Interfaces(options.interfaces ?? []);
    this.#validators = options.validators ?? [];
    this.#codecs = new CodecRegistry(options.codecs);
    this.#functions = new Map(Object.entries(options.functions ?? {}));
    this.#limits = {
      concurrency: options.concurrency ?? 64,
      maxPayloadBytes: options.maxPayloadBytes ?? 16 * 1024 * 1024,
      windowBytes: options.windowBytes ?? 256 * 1024,
    };
    this.#pingInterval = options.pingInterval ?? 5_000;
    this.#pingTimeout = options.pingTimeout ?? 3 * this.#pingInterval;
    this.#mountTimeout = options.mountTimeout ?? 10_000;
    this.#maxQueued = options.maxQueued ?? 10_000;
    this.#logRate = options.logRate ?? 10_000;
    this.#owner = this.#createOwner();
  }

  /** The plugins that are mounted. */
  get plugins(): Pick<
    PluginRegistry<MountedPlugin>,
    'list' | 'get' | 'waitFor'
  > {
    return this.#plugins;
  }

  /** Messages that came before a mount, and were dropped. */
  get droppedBeforeMount(): number {
    return this.#dropped;
  }

  /** Open streams, and those of them that are mounted. */
  get counts(): { streams: number; mounted: number } {
    return {
      streams: this.#connections.size,
      mounted: this.#sessions.size,
    };
  }

  /** Hears what happens inside. A listener that throws disturbs nothing. */
  on<Name extends keyof CoreEvents>(
    name: Name,
    listener: (event: CoreEvents[Name]) => void,
  ): Unsubscribe {
    return this.#events.on(name, listener);
  }

  /**
   * Begins to listen; may be called for several addresses.
   *
   * @returns the address, with the port that was chosen
   */
  async serve(options: ServeOptions): Promise<{ address: string }> {
    if (this.#closing) {
      throw new CoreClosingError('This core was closed; make another');
    }
    const server = new Server({
      'grpc.max_receive_message_length': MAX_ENVELOPE_BYTES,
      'grpc.max_send_message_length': -1,
      // A peer that reads nothing any more holds its stream until its connection dies.
      'grpc.keepalive_time_ms': this.#pingTimeout,
      'grpc.keepalive_timeout_ms': this.#pingTimeout,
    });
    server.addService(pluginCoreService, {
      Communicate: (call: ServerDuplexStream<Buffer, Buffer>) =>
        this.#communicate(call),
      Log: (
        call: ServerReadableStream<Buffer, Buffer>,
        callback: sendUnaryData<Buffer>,
      ) => this.#log(call, callback),
    });
    const { tls } = options;
    const credentials = tls
      ? ServerCredentials.createSsl(
          tls.clientCa ?? null,
          [{ cert_chain: tls.cert, private_key: tls.key }],
          tls.clientCa !== undefined,
        )
      : ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(options.address, credentials, (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    this.#servers.add(server);
    if (!this.#checkTimer) {
      const every = Math.max(10, Math.min(this.#pingInterval / 2, 1_000));
      this.#lastCheckAt = performance.now();
      this.#checkTimer = setInterval(() => this.#checkHealth(every), every);
    }
    return {
      address: options.address.startsWith('unix:')
        ? options.address
        : options.address.replace(/:\d+$/, `:${port}`),
    };
  }

  /**
   * Sends every plugin away once what runs is answered (at most `grace` ms, default
   * 10,000), and stops listening. Plugins dial again, with pauses.
   */
  async close(options: { grace?: number } = {}): Promise<void> {
    const grace = options.grace ?? 10_000;
    this.#closing = true;
    clearInterval(this.#checkTimer);
    this.#checkTimer = undefined;
    await Promise.all(
      [...this.#connections].map(connection =>
        connection.shutDown(
          ShutdownReason.CORE_CLOSING,
          'the core is closing',
          grace,
        ),
      ),
    );
    for (const server of this.#servers) {
      await shutDownServer(server);
    }
    this.#servers.clear();
  }

  /**
   * Calls a function of a plugin.
   *
   * @param target - `NAME`, `NAME@VERSION`, or what the plugin must match; among several
   * that match `choose` says how (default: round robin)
   * @param args - a Uint8Array goes as `bytes`, anything else as `map`
   * @throws PluginNotFoundError, UnknownFunctionError, UnknownCodecError,
   * PayloadTooLargeError, WrongTypeError, BusyError, CallTimeoutError,
   * CallCancelledError, PluginGoneError, HandlerError, CoreClosingError
   */
  async call(
    target: CallTarget,
    name: string,
    args?: unknown,
    options: CallOptions = {},
  ): Promise<Payload> {
    if (this.#closing) {
      throw new CoreClosingError('This core is closing; it makes no calls');
    }
    return this.#choose(target).call(name, args, options);
  }

  #choose(target: CallTarget): PluginConnection {
    if (typeof target !== 'string') {
      return this.#plugins.choose(target, target.choose ?? 'round robin');
    }
    const at = target.indexOf('@');
    const [name, version] =
      at < 0
        ? [target, undefined]
        : [target.slice(0, at), target.slice(at + 1)];
    return (
      this.#plugins.get(name, version) ??
      // Says that there is none.
      this.#plugins.choose({ name, version }, 'round robin')
    );
  }

  // ------------------------------------------------------------------------ streams

  #communicate(call: ServerDuplexStream<Buffer, Buffer>): void {
    const connection = new PluginConnection(this.#owner, {
      write: (envelope, written) => {
        if (call.writable) {
          call.write(envelope, (error: Error | null | undefined) => {
            // An error ends the stream, which is told below.
            if (!error) {
              written();
            }
          });
        }
      },
      end: () => call.end(),
      abort: () => call.end(),
    });
    this.#connections.add(connection);
    const ended = (reason: string) => {
      connection.streamEnded(reason);
      this.#connections.delete(connection);
    };
    call.on('data', (envelope: Buffer) => connection.receive(envelope));
    call.on('end', () => ended('it ended its stream'));
    call.on('cancelled', () => ended('its connection broke'));
    call.on('error', error => ended(`its stream failed: ${error.message}`));
    if (this.#closing) {
      void connection.shutDown(
        ShutdownReason.CORE_CLOSING,
        'the core is closing',
      );
    }
  }

  #log(
    call: ServerReadableStream<Buffer, Buffer>,
    callback: sendUnaryData<Buffer>,
  ): void {
    const session = String(call.metadata.get(SESSION_METADATA)[0] ?? '');
    const connection = this.#sessions.get(session);
    if (!connection) {
      callback({
        code: status.UNAUTHENTICATED,
        details: `The metadata ${SESSION_METADATA} names no mounted plugin; mount first`,
      });
      return;
    }
    let received = 0;
    let over = false;
    const pace = new LogPace(this.#logRate, call);
    const finish = (error?: string) => {
      if (over) {
        return;
      }
      over = true;
      pace.stop();
      this.#logStreams.get(connection)?.delete(finish);
      if (error === undefined) {
        callback(null, encodeLogSummary(received));
      } else {
        callback({ code: status.INVALID_ARGUMENT, details: error });
      }
    };
    this.#logStreams.get(connection)?.add(finish);
    call.on('data', (bytes: Buffer) => {
      if (over) {
        return;
      }
      try {
        const batch = decodeLogBatch(bytes);
        received += batch.lines.length;
        this.logs.take(connection.id, batch);
        pace.took(batch.lines.length);
      } catch (error) {
        finish(`This is no LogBatch: ${error}`);
      }
    });
    call.on('end', () => finish());
    call.on('cancelled', () => finish());
    call.on('error', () => finish());
  }

  // -------------------------------------------------------------- life of plugins

  #createOwner(): ConnectionOwner {
    const events = this.#events;
    return {
      codecs: this.#codecs,
      functions: this.#functions,
      declarations: [...this.#functions.keys()].map(
        (name): FunctionDeclaration => ({ name, signature: '' }),
      ),
      limits: this.#limits,
      maxQueued: this.#maxQueued,
      pingIntervalMs: this.#pingInterval,
      pingTimeoutMs: this.#pingTimeout,
      logLevel: this.logs.level,
      now: Date.now,
      createSession: () => randomBytes(16).toString('hex'),
      admit: request => this.#admit(request),
      checkUnique: ({ name, version }) =>
        this.#plugins.checkUnique(name, version),
      mounted: connection => this.#mounted(connection),
      refused: (request, error) =>
        events.emit('refused', { application: applicationOf(request), error }),
      gone: (connection, reason) => this.#gone(connection, reason),
      droppedBeforeMount: () => {
        this.#dropped += 1;
        events.emit('dropped', { total: this.#dropped });
      },
      createLogger: (connection, callId) =>
        createLogger((level, message, fields = {}) => {
          if (reaches(level, this.logs.level)) {
            events.emit('log', {
              plugin: connection.id,
              level,
              message,
              time: new Date(),
              fields: Object.fromEntries(
                Object.entries(fields).map(([key, value]) => [
                  key,
                  String(value),
                ]),
              ),
              callId,
            });
          }
        }),
      outcome: (connection, outcome) => {
        if (events.has('exec')) {
          events.emit('exec', { ...outcome, plugin: connection });
        }
      },
    };
  }

  async #admit(request: MountRequestFrame): Promise<number> {
    if (this.#closing) {
      throw new CoreClosingError('This core is closing; dial again later');
    }
    this.tokens.check(request.token);
    const protocolVersion = negotiateProtocol(request);
    checkMountRequest(request);
    this.#plugins.checkUnique(request.name, request.version);
    this.#interfaces.check(
      request.interface || request.name,
      request.functions,
    );
    for (const validate of this.#validators) {
      await validate(applicationOf(request));
    }
    return protocolVersion;
  }

  #mounted(connection: PluginConnection): void {
    this.#sessions.set(connection.session, connection);
    this.#logStreams.set(connection, new Set());
    this.#plugins.add(connection);
    this.#events.emit('mounted', { plugin: connection });
  }

  #gone(connection: PluginConnection, reason: string): void {
    this.#connections.delete(connection);
    this.#plugins.remove(connection);
    if (!this.#sessions.delete(connection.session)) {
      return;
    }
    for (const finish of this.#logStreams.get(connection) ?? []) {
      finish();
    }
    this.#logStreams.delete(connection);
    this.#events.emit(connection.state === 'lost' ? 'lost' : 'unmounted', {
      plugin: connection,
      reason,
    });
  }

  #checkHealth(every: number): void {
    const sinceLast = performance.now() - this.#lastCheckAt;
    this.#lastCheckAt = performance.now();
    if (sinceLast > 2 * every + this.#pingInterval) {
      // This process itself stood still: beats that came meanwhile are still unread.
      return;
    }
    const now = Date.now();
    for (const connection of this.#connections) {
      if (connection.state === 'mounted') {
        if (now - connection.lastSeen > this.#pingTimeout) {
          connection.beatsMissing();
        }
      } else if (now - connection.openedAt > this.#mountTimeout) {
        connection.mountTimedOut(this.#mountTimeout);
      }
    }
  }
}

function applicationOf(request: MountRequestFrame): MountApplication {
  const { name, version, functions, labels, concurrency } = request;
  return {
    name,
    version,
    interface: request.interface || name,
    functions,
    labels,
    concurrency,
  };
}

/** Lets streams that are ending end, and cuts the others. */
async function shutDownServer(server: Server): Promise<void> {
  await new Promise<void>(resolve => {
    const force = setTimeout(() => server.forceShutdown(), 500);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
