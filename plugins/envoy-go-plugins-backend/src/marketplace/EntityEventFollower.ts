import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { EventParams, EventsService } from '@backstage/plugin-events-node';
import { ENVOY_GO_PLUGIN_ENTITY_TOPIC } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { ReadResult } from './CatalogSynchronizer';

/** Entities that are read in one go. */
const BATCH_SIZE = 200;

/**
 * How long to wait before reading an entity the first, second, … time, in milliseconds.
 * An entity can be read only once the catalog has not just processed but also stitched it,
 * which takes it a second, or longer when it has much to do.
 */
const DEFAULT_DELAYS_MS = [
  100, 400, 1_000, 1_500, 2_000, 5_000, 10_000, 20_000, 40_000,
];

/**
 * How often an entity is read that is there and no different: it may be known already, or
 * the catalog may still serve what was before.
 */
const READS_WHEN_SAME = 4;

/**
 * Reads entities anew when the event bus says that they are new or changed, until that
 * shows. What waits to be read is in memory only: whatever is lost with it the next
 * reconciliation finds.
 */
export class EntityEventFollower {
  readonly #read: (entityRefs: string[]) => Promise<ReadResult>;
  readonly #logger: LoggerService;
  readonly #delaysMs: number[];
  readonly #now: () => Date;
  readonly #waiting = new Map<string, { attempt: number; due: number }>();
  #timer: NodeJS.Timeout | undefined;
  #reading = false;
  #stopped = false;

  constructor(options: {
    /** Reads entities anew. */
    read: (entityRefs: string[]) => Promise<ReadResult>;
    logger: LoggerService;
    now: () => Date;
    delaysMs?: number[];
  }) {
    this.#read = options.read;
    this.#logger = options.logger;
    this.#now = options.now;
    this.#delaysMs = options.delaysMs ?? DEFAULT_DELAYS_MS;
  }

  async follow(events: EventsService): Promise<void> {
    await events.subscribe({
      id: 'envoy-go-plugins-marketplace',
      topics: [ENVOY_GO_PLUGIN_ENTITY_TOPIC],
      onEvent: async event => this.#onEvent(event),
    });
  }

  /** Forgets what still waits to be read. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
    clearTimeout(this.#timer);
  }

  #onEvent({ eventPayload }: EventParams): void {
    if (!isEntityEvent(eventPayload)) {
      this.#logger.warn(
        `Ignored an event of topic ${ENVOY_GO_PLUGIN_ENTITY_TOPIC} without an entityRef`,
      );
      return;
    }
    this.#wait(eventPayload.entityRef, 0);
    this.#schedule();
  }

  #wait(entityRef: string, attempt: number): void {
    if (this.#stopped) {
      return;
    }
    const due = this.#now().getTime() + this.#delaysMs[attempt];
    this.#waiting.set(entityRef, { attempt, due });
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#reading || this.#waiting.size === 0) {
      return;
    }
    let earliest = Infinity;
    for (const { due } of this.#waiting.values()) {
      earliest = Math.min(earliest, due);
    }
    this.#timer = setTimeout(
      () => this.#readDue(),
      Math.max(0, earliest - this.#now().getTime()),
    );
    // Waiting alone must not keep a process alive
    this.#timer.unref();
  }

  async #readDue(): Promise<void> {
    this.#reading = true;
    try {
      const batch = this.#takeDue();
      const { different, same } = await this.#readAll(
        batch.map(([entityRef]) => entityRef),
      );
      const settled = new Set(different);
      const unchanged = new Set(same);
      for (const [entityRef, attempt] of batch) {
        const reads = unchanged.has(entityRef)
          ? READS_WHEN_SAME
          : this.#delaysMs.length;
        // An event that came meanwhile has already begun anew
        if (
          !settled.has(entityRef) &&
          !this.#waiting.has(entityRef) &&
          attempt + 1 < Math.min(reads, this.#delaysMs.length)
        ) {
          this.#wait(entityRef, attempt + 1);
        }
      }
    } finally {
      this.#reading = false;
      this.#schedule();
    }
  }

  #takeDue(): [string, number][] {
    const now = this.#now().getTime();
    const batch: [string, number][] = [];
    for (const [entityRef, { attempt, due }] of this.#waiting) {
      if (due <= now && batch.length < BATCH_SIZE) {
        batch.push([entityRef, attempt]);
        this.#waiting.delete(entityRef);
      }
    }
    return batch;
  }

  async #readAll(entityRefs: string[]): Promise<ReadResult> {
    if (entityRefs.length === 0) {
      // A timer may fire a moment before its time
      return { different: [], same: [] };
    }
    try {
      return await this.#read(entityRefs);
    } catch (error) {
      this.#logger.warn(
        `The catalog could not be read for ${
          entityRefs.length
        } plugins, which is tried again: ${toError(error).message}`,
      );
      return { different: [], same: [] };
    }
  }
}

function isEntityEvent(payload: unknown): payload is { entityRef: string } {
  return (
    typeof payload === 'object' &&
    payload !== null &&
    'entityRef' in payload &&
    typeof payload.entityRef === 'string'
  );
}
