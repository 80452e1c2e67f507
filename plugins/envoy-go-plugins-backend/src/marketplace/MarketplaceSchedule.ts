import { setTimeout as wait } from 'node:timers/promises';
import type {
  LifecycleService,
  LoggerService,
  SchedulerService,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { CatalogSynchronizer } from './CatalogSynchronizer';
import type { RepositorySweep } from './RepositorySweep';

const RECONCILE_TASK = 'envoy-go-plugins-reconcile';
const SWEEP_TASK = 'envoy-go-plugins-sweep';

/**
 * How long to wait before a failed pass over the catalog is tried again, in milliseconds;
 * after the last it is left to the next run. When everything starts at once the catalog
 * may not be up yet.
 */
const DEFAULT_RETRY_DELAYS_MS = [1_000, 2_000, 5_000, 10_000];

/** Says when the marketplace's background work is done; one backend at a time does it. */
export class MarketplaceSchedule {
  readonly #scheduler: SchedulerService;
  readonly #synchronizer: CatalogSynchronizer;
  readonly #repositories: RepositorySweep;
  readonly #logger: LoggerService;
  readonly #reconcile: SchedulerServiceTaskScheduleDefinition;
  readonly #sweep: SchedulerServiceTaskScheduleDefinition;
  readonly #retryDelaysMs: number[];

  constructor(options: {
    scheduler: SchedulerService;
    synchronizer: CatalogSynchronizer;
    repositories: RepositorySweep;
    logger: LoggerService;
    reconcile: SchedulerServiceTaskScheduleDefinition;
    sweep: SchedulerServiceTaskScheduleDefinition;
    retryDelaysMs?: number[];
  }) {
    this.#scheduler = options.scheduler;
    this.#synchronizer = options.synchronizer;
    this.#repositories = options.repositories;
    this.#logger = options.logger;
    this.#reconcile = options.reconcile;
    this.#sweep = options.sweep;
    this.#retryDelaysMs = options.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS;
  }

  /** Schedules the work, and has the catalog read as soon as the backend has started. */
  async start(lifecycle: LifecycleService): Promise<void> {
    await this.#scheduler.scheduleTask({
      ...this.#reconcile,
      id: RECONCILE_TASK,
      scope: 'global',
      fn: signal => this.#reconcileWithRetries(signal),
    });
    await this.#scheduler.scheduleTask({
      ...this.#sweep,
      id: SWEEP_TASK,
      scope: 'global',
      fn: async signal => {
        await this.#repositories.sweep(signal);
      },
    });
    lifecycle.addStartupHook(() => this.#reconcileNow());
  }

  async #reconcileNow(): Promise<void> {
    try {
      await this.#scheduler.triggerTask(RECONCILE_TASK);
    } catch (error) {
      // It is running already, here or in another backend
      this.#logger.debug(
        `Not started once more: ${RECONCILE_TASK}: ${toError(error).message}`,
      );
    }
  }

  async #reconcileWithRetries(signal: AbortSignal): Promise<void> {
    for (const delay of [...this.#retryDelaysMs, undefined]) {
      try {
        await this.#synchronizer.reconcile(signal);
        return;
      } catch (error) {
        const next =
          delay === undefined
            ? 'until the next run'
            : `for another ${delay / 1000} s`;
        this.#logger.warn(
          `The catalog could not be read to its end, so the marketplace stays as it is ${next}: ${
            toError(error).message
          }`,
        );
        if (delay === undefined || signal.aborted) {
          return;
        }
        await wait(delay, undefined, { signal });
      }
    }
  }
}
