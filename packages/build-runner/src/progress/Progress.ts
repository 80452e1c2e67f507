import { STEP_TRANSITIONS, type StepState } from './stepStates';

/**
 * A step of a build: its name, for example `build linux/amd64` or `proof 1.40.0`, and
 * where it stands.
 *
 * @public
 */
export interface BuildStep {
  name: string;
  state: StepState;
  /** Why it failed or could not run: one sentence. */
  reason?: string;
  /** ISO 8601 times. */
  startedAt?: string;
  endedAt?: string;
  /** Milliseconds from the start to the end, or of what it took of another step. */
  durationMs?: number;
}

/**
 * A line that a step printed.
 *
 * @public
 */
export interface BuildLogLine {
  step: string;
  line: string;
}

/** @public */
export interface ProgressListener {
  /** Called with each change of a step; first with all of them, queued. */
  onStep?: (step: BuildStep) => void;
  onLog?: (line: BuildLogLine) => void;
  /** Milliseconds since 1970; `Date.now` by default. */
  now?: () => number;
}

/** How a step ended. */
export interface StepEnd {
  state: 'passed' | 'failed' | 'could-not-run';
  reason?: string;
}

/**
 * The steps of a build, in order. Every change goes through {@link STEP_TRANSITIONS} and
 * is told.
 */
export class Progress {
  readonly #listener: ProgressListener;
  readonly #now: () => number;
  readonly #steps = new Map<string, BuildStep>();

  constructor(names: readonly string[], listener: ProgressListener) {
    this.#listener = listener;
    this.#now = listener.now ?? Date.now;
    names.forEach(name => this.add(name));
  }

  /** Queues a step that became known only now. */
  add(name: string): void {
    const step: BuildStep = { name, state: 'queued' };
    this.#steps.set(name, step);
    this.#listener.onStep?.({ ...step });
  }

  has(name: string): boolean {
    return this.#steps.has(name);
  }

  get steps(): BuildStep[] {
    return [...this.#steps.values()].map(step => ({ ...step }));
  }

  start(name: string): void {
    this.#move(name, 'running', {
      startedAt: new Date(this.#now()).toISOString(),
    });
  }

  end(name: string, end: StepEnd): void {
    const { startedAt } = this.#get(name);
    const now = this.#now();
    this.#move(name, end.state, {
      ...(end.reason !== undefined && { reason: end.reason }),
      endedAt: new Date(now).toISOString(),
      ...(startedAt !== undefined && {
        durationMs: now - Date.parse(startedAt),
      }),
    });
  }

  /** What is still to come cannot run. */
  giveUp(reason: string): void {
    for (const { name, state } of this.steps) {
      if (state === 'queued' || state === 'running') {
        this.end(name, { state: 'could-not-run', reason });
      }
    }
  }

  log(step: string, line: string): void {
    this.#listener.onLog?.({ step, line });
  }

  #get(name: string): BuildStep {
    const step = this.#steps.get(name);
    if (!step) {
      throw new Error(`A build has no step '${name}'`);
    }
    return step;
  }

  #move(name: string, state: StepState, change: Partial<BuildStep>): void {
    const step = this.#get(name);
    if (!STEP_TRANSITIONS[step.state].includes(state)) {
      throw new Error(
        `Step '${name}' is ${step.state} and cannot become ${state}`,
      );
    }
    Object.assign(step, change, { state });
    this.#listener.onStep?.({ ...step });
  }
}
