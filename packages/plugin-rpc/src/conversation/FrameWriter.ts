import { Writer } from 'protobufjs/minimal';
import { appendFrame, finish, Frame } from '../wire';

// An envelope is closed once it holds this much; with one more frame it stays well below
// MAX_ENVELOPE_BYTES.
const FULL = 128 * 1024;

/** Where bytes go: one gRPC stream. */
export interface Transport {
  /** `written` is called once the stream can take more. */
  write(envelope: Buffer, written: () => void): void;
}

/**
 * The one place that writes to a stream. While one envelope is being written the frames
 * that become ready wait, and then go out together in the next: the busier the stream,
 * the more calls share the price of a message.
 *
 * Nothing is queued without end behind a stream that is stuck: apart from short
 * answers, which are as many as the calls they belong to, frames are pulled only when
 * they can go.
 */
export class FrameWriter {
  readonly #transport: Transport;
  readonly #pull: () => Frame | undefined;
  readonly #onFrameSent: (frame: Frame) => void;
  #ready: Frame[] = [];
  #writing = false;
  #scheduled = false;
  #closed = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: {
    transport: Transport;
    /** The next frame of those that can wait, if any. */
    pull: () => Frame | undefined;
    /** Called for frames given to `write`, once they go. */
    onFrameSent: (frame: Frame) => void;
  }) {
    this.#transport = options.transport;
    this.#pull = options.pull;
    this.#onFrameSent = options.onFrameSent;
  }

  get pending(): number {
    return this.#ready.length;
  }

  /** Sends a frame after all that were given before. */
  write(frame: Frame): void {
    if (!this.#closed) {
      this.#ready.push(frame);
      this.wake();
    }
  }

  /** Says that there may be something to pull. */
  wake(): void {
    if (!this.#scheduled && !this.#writing && !this.#closed) {
      this.#scheduled = true;
      // After the promises that are settled by now: their answers go along.
      process.nextTick(this.#flush);
    }
  }

  /** Resolves once everything given to `write` went to the stream. */
  async idle(): Promise<void> {
    if (this.#closed || (this.#ready.length === 0 && !this.#writing)) {
      return;
    }
    await new Promise<void>(resolve => this.#whenIdle.push(resolve));
  }

  close(): void {
    this.#closed = true;
    this.#ready = [];
    this.#notifyIdle();
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    if (this.#writing || this.#closed) {
      return;
    }
    const envelope = Writer.create();
    let size = 0;
    const ready = this.#ready;
    let taken = 0;
    while (taken < ready.length && size < FULL) {
      const frame = ready[taken];
      taken += 1;
      size += sizeOf(frame);
      appendFrame(envelope, frame);
      this.#onFrameSent(frame);
    }
    if (taken === ready.length) {
      this.#ready = [];
    } else {
      ready.splice(0, taken);
    }
    while (size < FULL) {
      const frame = this.#pull();
      if (!frame) {
        break;
      }
      size += sizeOf(frame);
      appendFrame(envelope, frame);
    }
    if (size === 0) {
      this.#notifyIdle();
      return;
    }
    this.#writing = true;
    this.#transport.write(finish(envelope), this.#written);
  };

  readonly #written = (): void => {
    this.#writing = false;
    this.#flush();
  };

  #notifyIdle(): void {
    for (const resolve of this.#whenIdle.splice(0)) {
      resolve();
    }
  }
}

// Close enough: only where to end an envelope depends on it.
function sizeOf(frame: Frame): number {
  switch (frame.type) {
    case 'execRequest':
    case 'execPart':
    case 'execResponse':
      return frame.payload.length + 64;
    case 'chunk':
      return frame.data.length + 16;
    default:
      return 64;
  }
}
