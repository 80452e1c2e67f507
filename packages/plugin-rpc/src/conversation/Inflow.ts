import {
  ChunkFrame,
  ExecPartFrame,
  ExecRequestFrame,
  ExecResponseFrame,
  FRAME_COST,
} from '../wire';

export type BeginFrame = ExecRequestFrame | ExecPartFrame | ExecResponseFrame;

/** What came of a frame: nothing yet, a whole payload, or a reason to object. */
export type Received =
  | { is: 'incomplete' }
  | { is: 'complete'; frame: BeginFrame; payload: Uint8Array; cost: number }
  | { is: 'too large'; size: number }
  | { is: 'violation'; message: string };

const INCOMPLETE: Received = { is: 'incomplete' };

/**
 * What one side receives for one call: puts chunks together again and keeps the account
 * of the window.
 */
export class Inflow {
  readonly #window: number;
  readonly #maxPayloadBytes: number;
  #left: number;
  #consumed = 0;
  #begun: BeginFrame | undefined;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #cost = 0;

  constructor(limits: { windowBytes: number; maxPayloadBytes: number }) {
    this.#window = limits.windowBytes;
    this.#left = limits.windowBytes;
    this.#maxPayloadBytes = limits.maxPayloadBytes;
  }

  /** Bytes held of a payload that is not complete. */
  get held(): number {
    return this.#size;
  }

  begin(frame: BeginFrame): Received {
    if (this.#begun) {
      return {
        is: 'violation',
        message: `call ${frame.id} began a payload before it ended the last`,
      };
    }
    if (frame.type === 'execPart' && !this.#pay(frame.payload.length)) {
      return this.#overdrawn(frame.id);
    }
    if (frame.payload.length > this.#maxPayloadBytes) {
      return { is: 'too large', size: frame.payload.length };
    }
    const cost =
      frame.type === 'execPart' ? frame.payload.length + FRAME_COST : 0;
    if (!frame.more) {
      return { is: 'complete', frame, payload: frame.payload, cost };
    }
    this.#begun = frame;
    this.#keep(frame.payload);
    this.#cost = cost;
    return INCOMPLETE;
  }

  add(frame: ChunkFrame): Received {
    if (!this.#begun) {
      return {
        is: 'violation',
        message: `call ${frame.id} sent a chunk of nothing`,
      };
    }
    if (!this.#pay(frame.data.length)) {
      return this.#overdrawn(frame.id);
    }
    if (this.#size + frame.data.length > this.#maxPayloadBytes) {
      const size = this.#size + frame.data.length;
      this.drop();
      return { is: 'too large', size };
    }
    this.#keep(frame.data);
    this.#cost += frame.data.length + FRAME_COST;
    if (frame.more) {
      return INCOMPLETE;
    }
    const begun = this.#begun;
    const payload = Buffer.concat(this.#pieces, this.#size);
    const cost = this.#cost;
    this.drop();
    return { is: 'complete', frame: begun, payload, cost };
  }

  /** The cost of what is held of an incomplete payload; it counts as taken from now on. */
  takeCost(): number {
    const cost = this.#cost;
    this.#cost = 0;
    return cost;
  }

  /**
   * Says that so much was taken off the account's hands.
   *
   * @returns how much credit to grant now; small amounts are saved up
   */
  consume(cost: number): number {
    this.#consumed += cost;
    if (this.#consumed * 2 < this.#window) {
      return 0;
    }
    const credit = this.#consumed;
    this.#consumed = 0;
    this.#left += credit;
    return credit;
  }

  drop(): void {
    this.#begun = undefined;
    this.#pieces = [];
    this.#size = 0;
    this.#cost = 0;
  }

  #keep(piece: Uint8Array): void {
    // An empty chunk would be held at no cost to its sender.
    if (piece.length > 0) {
      this.#pieces.push(piece);
      this.#size += piece.length;
    }
  }

  #pay(bytes: number): boolean {
    if (this.#left <= 0) {
      return false;
    }
    this.#left -= bytes + FRAME_COST;
    return true;
  }

  #overdrawn(id: number): Received {
    return {
      is: 'violation',
      message: `call ${id} sent more than its window of ${this.#window} bytes`,
    };
  }
}
