import { Payload } from '../codec';
import { CALL_STATES, CallState, transition } from '../states';
import { CallOptions } from './CallContext';
import { Inflow } from './Inflow';
import { Outflow } from './Outflow';

type Part = { payload: Payload; cost: number };

/** A call this side made, until it is settled. */
export class OutgoingCall {
  state: CallState = 'queued';
  id = 0;
  /** Only once there are chunks to send. */
  outflow: Outflow | undefined;
  /** Only once there are parts or chunks coming. */
  inflow: Inflow | undefined;
  timer: NodeJS.Timeout | undefined;
  onAbort: (() => void) | undefined;
  readonly startedAt = performance.now();
  readonly #parts: Part[] = [];
  #delivering = false;
  #result: Payload | undefined;

  constructor(
    readonly name: string,
    readonly codec: string,
    public payload: Uint8Array,
    readonly timeout: number,
    readonly options: CallOptions,
    readonly resolve: (result: Payload) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  become(state: CallState): void {
    this.state = transition(CALL_STATES, this.state, state);
  }

  get settled(): boolean {
    return CALL_STATES[this.state].length === 0;
  }

  /**
   * Hands parts to the caller one by one and then, when the result is there, calls
   * `finished`.
   */
  deliver(
    part: Part,
    on: {
      consumed: (cost: number) => void;
      failed: (error: unknown) => void;
      finished: (result: Payload) => void;
    },
  ): void {
    this.#parts.push(part);
    if (!this.#delivering) {
      this.#delivering = true;
      void this.#deliverAll(on);
    }
  }

  /** Whether parts are waiting for the caller. */
  get delivering(): boolean {
    return this.#delivering;
  }

  /** @returns whether parts are still being delivered, and the result waits for them */
  keepResult(result: Payload): boolean {
    if (this.#delivering) {
      this.#result = result;
    }
    return this.#delivering;
  }

  async #deliverAll(on: {
    consumed: (cost: number) => void;
    failed: (error: unknown) => void;
    finished: (result: Payload) => void;
  }): Promise<void> {
    try {
      for (
        let part = this.#parts.shift();
        part && !this.settled;
        part = this.#parts.shift()
      ) {
        await this.options.onPart?.(part.payload);
        this.#delivering = this.#parts.length > 0;
        on.consumed(part.cost);
      }
    } catch (error) {
      on.failed(error);
    }
    this.#delivering = false;
    if (this.settled) {
      this.#parts.length = 0;
    } else if (this.#result) {
      on.finished(this.#result);
    }
  }
}
