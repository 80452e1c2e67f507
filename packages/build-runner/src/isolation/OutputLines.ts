import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** @internal */
export interface OutputLinesOptions {
  /** How much is handed on; outputs that share it share its limit. */
  budget: OutputBudget;
  onLine: (line: string) => void;
}

/** What the outputs of one program may have together. */
export class OutputBudget {
  readonly keptBytes: number;
  left: number;
  isCutNoted = false;

  /** @param keptBytes - bytes that are handed on; the rest is left out */
  constructor(keptBytes: number) {
    this.keptBytes = keptBytes;
    this.left = keptBytes;
  }
}

const MAX_LINE_LENGTH = 4096;
// Control characters other than tabs have no place on a page.
const CONTROL = /[^\P{Cc}\t]/gu;

/**
 * Cuts the output of a program into lines, and off where it becomes too much.
 */
export class OutputLines {
  readonly #options: OutputLinesOptions;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #lineIsCut = false;

  constructor(options: OutputLinesOptions) {
    this.#options = options;
  }

  write(chunk: Buffer): void {
    const { budget } = this.#options;
    const kept = chunk.subarray(0, budget.left);
    budget.left -= kept.length;
    const lines = this.#decoder.write(kept).split('\n');
    lines.forEach((piece, index) => {
      if (index > 0) {
        this.#flush();
      }
      this.#append(piece);
    });
    if (kept.length < chunk.length) {
      this.#cut();
    }
  }

  /** Hands on an unfinished last line. */
  end(): void {
    this.#append(this.#decoder.end());
    if (this.#rest) {
      this.#flush();
    }
  }

  #append(piece: string): void {
    const room = MAX_LINE_LENGTH - this.#rest.length;
    this.#rest += piece.slice(0, room);
    this.#lineIsCut ||= piece.length > room;
  }

  #flush(): void {
    const line = stripVTControlCharacters(this.#rest).replace(CONTROL, '');
    this.#options.onLine(this.#lineIsCut ? `${line} … (line cut)` : line);
    this.#rest = '';
    this.#lineIsCut = false;
  }

  #cut(): void {
    const { budget } = this.#options;
    if (this.#rest) {
      this.#flush();
    }
    if (!budget.isCutNoted) {
      budget.isCutNoted = true;
      this.#options.onLine(
        `… the log is cut here: it is longer than the ${budget.keptBytes} bytes that are kept of a step`,
      );
    }
  }
}
