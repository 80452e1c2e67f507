import { randomUUID } from 'node:crypto';
import type {
  Build,
  BuildList,
  BuildLogPart,
  BuildQuery,
  BuildSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { BuildChanges } from './BuildChanges';
import type { BuildOrder } from './BuildOrder';
import type { BuildStore } from './BuildStore';
import { ENDED_STATES } from './BuildTransition';
import type { BuildViewer, Builds } from './Builds';
import { summaryOf } from './buildRow';
import { nameOfBuild } from './nameOfBuild';

/** How often it is looked whether a build is over that another replica may have, in milliseconds. */
const POLL_MS = 1_000;

/** As many lines of a log are given where nobody says how many. */
const DEFAULT_LINES = 500;

/** What is built, of the queue in the database. */
export class DefaultBuilds implements Builds {
  readonly #store: BuildStore;
  readonly #changes: BuildChanges;
  readonly #hasRunners: () => Promise<boolean>;
  readonly #urlOf: (host: string) => string;
  readonly #onWork: () => void;
  readonly #now: () => Date;
  readonly #pollMs: number;

  constructor(options: {
    store: BuildStore;
    changes: BuildChanges;
    /** Whether any replica has a runner that is connected. */
    hasRunners: () => Promise<boolean>;
    /** Where people see a GitHub, such as `https://github.com`. */
    urlOf: (host: string) => string;
    /** Called when there is something to do for a worker. */
    onWork: () => void;
    now: () => Date;
    pollMs?: number;
  }) {
    this.#store = options.store;
    this.#changes = options.changes;
    this.#hasRunners = options.hasRunners;
    this.#urlOf = options.urlOf;
    this.#onWork = options.onWork;
    this.#now = options.now;
    this.#pollMs = options.pollMs ?? POLL_MS;
  }

  async order(
    order: BuildOrder,
    { transaction }: { transaction?: Knex.Transaction } = {},
  ): Promise<{ build: BuildSummary; created: boolean }> {
    const { build, created } = await this.#store.add(
      order,
      { id: randomUUID(), at: this.#at(), text: orderText(order) },
      transaction,
    );
    if (created) {
      const tell = () => this.#changed(build.id);
      if (transaction) {
        // Nobody sees it before
        void transaction.executionPromise.then(tell, () => {});
      } else {
        tell();
      }
    }
    return { build: summaryOf(build), created };
  }

  async get(id: string): Promise<Build> {
    const build = await this.#store.getDetails(id);
    return {
      ...build,
      commitUrl: `${this.#urlOf(build.host)}/${build.repository}/commit/${
        build.commit
      }`,
    };
  }

  async list(query: BuildQuery, viewer?: BuildViewer): Promise<BuildList> {
    return this.#store.list(query, viewer);
  }

  async log(
    id: string,
    range: { after?: number; limit?: number },
  ): Promise<BuildLogPart> {
    const { after = 0, limit = DEFAULT_LINES } = range;
    return this.#store.log(id, { after, limit });
  }

  async cancel(
    id: string,
    { actor, reason }: { actor: string; reason?: string },
  ): Promise<BuildSummary> {
    const name = nameOfBuild(await this.#store.get(id));
    const build = await this.#store.cancel(id, {
      actor,
      reason,
      at: this.#at(),
      text: `Cancelled the build of ${name}${reason ? `: ${reason}` : ''}`,
    });
    this.#changed(id);
    return summaryOf(build);
  }

  async retry(id: string, { actor }: { actor: string }): Promise<BuildSummary> {
    const name = nameOfBuild(await this.#store.get(id));
    const build = await this.#store.retry(id, {
      actor,
      at: this.#at(),
      text: `Had ${name} built once more`,
    });
    this.#changed(id);
    return summaryOf(build);
  }

  async ended(id: string, { signal }: { signal: AbortSignal }): Promise<Build> {
    for (;;) {
      signal.throwIfAborted();
      // Listened to before it is looked, so that no change falls between
      const change = this.#nextChange(id, signal);
      try {
        const { state } = await this.#store.get(id);
        if (ENDED_STATES.includes(state)) {
          return await this.get(id);
        }
        await change.happens;
      } finally {
        change.stop();
      }
    }
  }

  async hasRunners(): Promise<boolean> {
    return this.#hasRunners();
  }

  #nextChange(
    id: string,
    signal: AbortSignal,
  ): { happens: Promise<void>; stop: () => void } {
    let happen = () => {};
    const happens = new Promise<void>(resolve => {
      happen = resolve;
    });
    const timer = setTimeout(happen, this.#pollMs);
    const unlisten = this.#changes.listen(id, happen);
    signal.addEventListener('abort', happen);
    return {
      happens,
      stop: () => {
        clearTimeout(timer);
        unlisten();
        signal.removeEventListener('abort', happen);
      },
    };
  }

  #changed(id: string): void {
    this.#changes.changed(id);
    this.#onWork();
  }

  #at(): string {
    return this.#now().toISOString();
  }
}

function orderText(order: BuildOrder): string {
  const { kind, release, reason } = order;
  const name = nameOfBuild({ ...order, tag: release?.tag });
  switch (kind) {
    case 'request':
      return `Queued a build of ${name} for the checks of a request to publish`;
    case 'release':
      return `Queued the build of ${name}`;
    default:
      return `Queued ${name} to be built once more${
        reason ? `: ${reason}` : ''
      }`;
  }
}
