import { Client, ClientWritableStream, Metadata } from '@grpc/grpc-js';
import {
  encodeLogBatch,
  LOG_LEVELS,
  LogLevel,
  pluginCoreService,
  SESSION_METADATA,
} from '../wire';
import { LogFields } from '../conversation';
import { LogBuffer } from './LogBuffer';

// Lines are gathered for so long before they are sent.
const GATHER_MS = 10;
const NO_FIELDS: Record<string, string> = {};

/**
 * Sends lines over the Log stream, on a connection of its own: what waits there to be
 * read holds up nothing else.
 */
export class LogSender {
  readonly #buffer: LogBuffer;
  readonly #connect: () => Client;
  #session: string | undefined;
  #lowest = 0;
  #client: Client | undefined;
  #stream: ClientWritableStream<Buffer> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing = false;

  constructor(options: {
    /** Lines kept while the core does not read. */
    bufferLines: number;
    connect: () => Client;
  }) {
    this.#buffer = new LogBuffer(options.bufferLines);
    this.#connect = options.connect;
  }

  write(
    level: LogLevel,
    message: string,
    fields: LogFields | undefined,
    callId: number,
  ): void {
    if (LOG_LEVELS.indexOf(level) < this.#lowest) {
      return;
    }
    this.#buffer.add({
      level,
      message,
      timeMs: Date.now(),
      fields: fields ? toStrings(fields) : NO_FIELDS,
      callId,
    });
    this.#schedule();
  }

  /** The plugin is mounted: from now on lines can go. */
  start(session: string, lowest: LogLevel): void {
    this.#session = session;
    this.#lowest = LOG_LEVELS.indexOf(lowest);
    if (this.#buffer.size > 0) {
      this.#schedule();
    }
  }

  /** Sends what there is and waits until the core has read it, at most `graceMs`. */
  async flush(graceMs: number): Promise<void> {
    const until = performance.now() + graceMs;
    const inTime = () => performance.now() < until;
    while (
      this.#session !== undefined &&
      (this.#buffer.size > 0 || this.#writing) &&
      inTime()
    ) {
      this.#send();
      await pause();
    }
    const stream = this.#stream;
    stream?.end();
    // The core's LogSummary, or an error, takes the stream away.
    while (stream && this.#stream === stream && inTime()) {
      await pause();
    }
  }

  /** The mount is over. What is not sent waits for the next. */
  stop(): void {
    this.#session = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = false;
    this.#stream?.end();
    this.#stream = undefined;
    this.#client?.close();
    this.#client = undefined;
  }

  #schedule(): void {
    if (!this.#timer && !this.#writing && this.#session !== undefined) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#send();
      }, GATHER_MS);
      this.#timer.unref();
    }
  }

  #send(): void {
    const session = this.#session;
    if (this.#writing || session === undefined) {
      return;
    }
    const batch = this.#buffer.take();
    if (!batch) {
      return;
    }
    this.#stream ??= this.#open(session);
    const stream = this.#stream;
    this.#writing = true;
    stream.write(encodeLogBatch(batch), () => {
      if (this.#stream === stream) {
        this.#writing = false;
        this.#schedule();
      }
    });
  }

  #open(session: string): ClientWritableStream<Buffer> {
    this.#client = this.#connect();
    const metadata = new Metadata();
    metadata.set(SESSION_METADATA, session);
    const { path, requestSerialize, responseDeserialize } =
      pluginCoreService.Log;
    const client = this.#client;
    const stream = client.makeClientStreamRequest<Buffer, Buffer>(
      path,
      requestSerialize,
      responseDeserialize,
      metadata,
      () => {
        // The core ended it: with the mount, or it did not know the session.
        if (this.#client === client) {
          this.#stream = undefined;
          this.#client = undefined;
          this.#writing = false;
        }
        client.close();
      },
    );
    stream.on('error', () => {
      // Told to the callback above as well.
    });
    return stream;
  }
}

function pause(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 5));
}

function toStrings(fields: LogFields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, String(value)]),
  );
}
