import type { BuildLogLine, BuildStep } from '../progress';
import type { BuildPart } from '../rpc';

const LINES_BYTES = 32 * 1024;

type Waiting =
  | { kind: 'step'; step: BuildStep }
  | { kind: 'log'; name: string; lines: string[]; bytes: number };

/**
 * Sends what a build tells, in its order and as fast as it is taken; lines that wait go
 * together.
 */
export class PartSender {
  readonly #part: (part: BuildPart) => Promise<void>;
  readonly #waiting: Waiting[] = [];
  #logBytesLeft: number;
  #sending: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;

  /** @param options - `logBytes`: that are sent; the rest is left out, with a note */
  constructor(options: {
    part: (part: BuildPart) => Promise<void>;
    logBytes: number;
  }) {
    this.#part = options.part;
    this.#logBytesLeft = options.logBytes;
  }

  step(step: BuildStep): void {
    this.#waiting.push({ kind: 'step', step });
    this.#send();
  }

  log({ step, line }: BuildLogLine): void {
    const bytes = Buffer.byteLength(line) + 1;
    const note = '… the log is cut here: it is longer than what is taken';
    // Room for the note is kept
    const fits = this.#logBytesLeft - bytes > Buffer.byteLength(note) + 1;
    if (this.#logBytesLeft <= 0) {
      return;
    }
    this.#logBytesLeft = fits ? this.#logBytesLeft - bytes : 0;
    this.#add(step, fits ? line : note, bytes);
    this.#send();
  }

  /**
   * Waits until everything was taken.
   *
   * @throws what sending threw
   */
  async flush(): Promise<void> {
    while (this.#sending) {
      await this.#sending;
    }
    if (this.#failure) {
      throw this.#failure.error;
    }
  }

  #add(name: string, line: string, bytes: number): void {
    const last = this.#waiting.at(-1);
    if (
      last?.kind === 'log' &&
      last.name === name &&
      last.bytes + bytes <= LINES_BYTES
    ) {
      last.lines.push(line);
      last.bytes += bytes;
    } else {
      this.#waiting.push({ kind: 'log', name, lines: [line], bytes });
    }
  }

  #send(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendAll(): Promise<void> {
    // What is added right now goes along
    await Promise.resolve();
    try {
      for (
        let next = this.#waiting.shift();
        next && !this.#failure;
        next = this.#waiting.shift()
      ) {
        await this.#part(toPart(next));
      }
    } catch (error) {
      this.#failure = { error };
      this.#waiting.length = 0;
    }
  }
}

function toPart(waiting: Waiting): BuildPart {
  if (waiting.kind === 'log') {
    return { kind: 'log', name: waiting.name, lines: waiting.lines };
  }
  const { durationMs, ...step } = waiting.step;
  return {
    kind: 'step',
    ...step,
    ...(durationMs !== undefined && {
      durationMs: BigInt(Math.round(durationMs)),
    }),
  };
}
