import { CHUNK_BYTES, FRAME_COST, Frame } from '../wire';

/** A payload on its way out. */
export interface Segment {
  /** The frame that begins it. */
  begin(piece: Uint8Array, more: boolean): Frame;
  payload: Uint8Array;
  /** Parts cost window; requests and responses do not, only their chunks. */
  costs: boolean;
  /** Called when its last frame went to the stream. */
  sent?(): void;
  /** Called when it never will. */
  dropped?(): void;
}

/**
 * What one side still has to send for one call: in order, cut into chunks, and no more
 * than the receiver's window.
 */
export class Outflow {
  readonly #segments: Segment[] = [];
  #offset = 0;
  #window: number;

  constructor(readonly id: number, window: number) {
    this.#window = window;
  }

  get empty(): boolean {
    return this.#segments.length === 0;
  }

  add(segment: Segment): void {
    this.#segments.push(segment);
  }

  credit(bytes: number): void {
    this.#window = Math.min(this.#window + bytes, Number.MAX_SAFE_INTEGER);
  }

  /** The next frame, or undefined when there is none or the window is used up. */
  next(): Frame | undefined {
    const segment = this.#segments[0];
    if (!segment) {
      return undefined;
    }
    const begins = this.#offset === 0;
    const costs = segment.costs || !begins;
    if (costs && this.#window <= 0) {
      return undefined;
    }
    const { payload } = segment;
    const end = Math.min(this.#offset + CHUNK_BYTES, payload.length);
    const piece = payload.subarray(this.#offset, end);
    const more = end < payload.length;
    if (costs) {
      this.#window -= piece.length + FRAME_COST;
    }
    const frame: Frame = begins
      ? segment.begin(piece, more)
      : { type: 'chunk', id: this.id, data: piece, more };
    if (more) {
      this.#offset = end;
    } else {
      this.#offset = 0;
      this.#segments.shift();
      segment.sent?.();
    }
    return frame;
  }

  /** Forgets everything that was not sent. */
  drop(): void {
    for (const segment of this.#segments.splice(0)) {
      segment.dropped?.();
    }
  }
}
