import { toError } from '@backstage/errors';
import type { BuildStepStatus } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PublishStep } from '../../artifacts';

/** In their order. */
const STEPS: PublishStep[] = [
  'image',
  'referrers',
  'signatures',
  'version-tag',
  'moving-tags',
];

/** Tells how far a publication is: each step is queued, then runs, then is over. */
export class PublishSteps {
  readonly #tell: (step: BuildStepStatus) => void;
  readonly #now: () => Date;
  readonly #waiting = [...STEPS];
  #running: { name: PublishStep; startedAt: Date } | undefined;

  constructor(options: {
    tell: (step: BuildStepStatus) => void;
    now: () => Date;
  }) {
    this.#tell = options.tell;
    this.#now = options.now;
    for (const name of STEPS) {
      this.#tell({ name, state: 'queued' });
    }
  }

  /** One begins, and with it that which ran is over. */
  begin(name: PublishStep): void {
    this.#end('passed');
    // What there is nothing to do for is done
    for (const passed of this.#waiting.splice(0, this.#waiting.indexOf(name))) {
      this.#tell({ name: passed, state: 'passed' });
    }
    this.#waiting.shift();
    const startedAt = this.#now();
    this.#running = { name, startedAt };
    this.#tell({ name, state: 'running', startedAt: startedAt.toISOString() });
  }

  /** All is done. */
  passed(): void {
    this.#end('passed');
    for (const name of this.#waiting.splice(0)) {
      this.#tell({ name, state: 'passed' });
    }
  }

  /** That which ran has not succeeded. */
  failed(error: unknown, state: 'failed' | 'could-not-run'): void {
    this.#end(state, toError(error).message);
  }

  #end(state: BuildStepStatus['state'], reason?: string): void {
    if (!this.#running) {
      return;
    }
    const { name, startedAt } = this.#running;
    this.#running = undefined;
    const endedAt = this.#now();
    this.#tell({
      name,
      state,
      reason,
      startedAt: startedAt.toISOString(),
      endedAt: endedAt.toISOString(),
      durationMs: endedAt.getTime() - startedAt.getTime(),
    });
  }
}
