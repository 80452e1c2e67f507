import type { BuildStepStatus } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PrintedLine } from './BuildStore';

/** So long steps and lines are gathered before they are written, in milliseconds. */
const GATHER_MS = 250;

/** What a build tells while it goes on, written in batches and in order. */
export class BuildJournal {
  readonly #write: (progress: {
    runner?: string;
    steps: BuildStepStatus[];
    lines: PrintedLine[];
  }) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #runner: string | undefined;
  #steps = new Map<string, BuildStepStatus>();
  #lines: PrintedLine[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: {
    write: (progress: {
      runner?: string;
      steps: BuildStepStatus[];
      lines: PrintedLine[];
    }) => Promise<void>;
    /** What could not be written by the way is lost. */
    onError: (error: unknown) => void;
  }) {
    this.#write = options.write;
    this.#onError = options.onError;
  }

  runner(name: string): void {
    this.#runner = name;
    this.#soon();
  }

  step(step: BuildStepStatus): void {
    this.#steps.set(step.name, step);
    this.#soon();
  }

  line(line: PrintedLine): void {
    this.#lines.push(line);
    this.#soon();
  }

  /** Writes what there is. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#writeNow());
    await this.#writing;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      void this.flush();
    }, GATHER_MS).unref();
  }

  async #writeNow(): Promise<void> {
    const [runner, steps, lines] = [this.#runner, this.#steps, this.#lines];
    if (runner === undefined && steps.size === 0 && lines.length === 0) {
      return;
    }
    this.#runner = undefined;
    this.#steps = new Map();
    this.#lines = [];
    try {
      await this.#write({ runner, steps: [...steps.values()], lines });
    } catch (error) {
      this.#onError(error);
    }
  }
}
