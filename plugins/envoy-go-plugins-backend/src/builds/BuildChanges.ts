import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
  type EnvoyGoPluginsSignal,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { gather } from '../events/gather';

/** Of one build pages hear after that and this often at most, in milliseconds. */
const SIGNAL_INTERVAL_MS = 500;

/** Tells open pages, and whoever waits in this process, that a build moved on. */
export class BuildChanges {
  readonly #signals: SignalsService;
  readonly #logger: LoggerService;
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #gathered = new Map<string, () => void>();

  constructor(options: { signals: SignalsService; logger: LoggerService }) {
    this.#signals = options.signals;
    this.#logger = options.logger;
  }

  /** Its state, steps or log are other ones. */
  changed(buildId: string): void {
    for (const listener of this.#listeners.get(buildId) ?? []) {
      listener();
    }
    const known = this.#gathered.get(buildId);
    const signal =
      known ??
      gather(SIGNAL_INTERVAL_MS, () => {
        this.#gathered.delete(buildId);
        this.#signal(buildId);
      });
    this.#gathered.set(buildId, signal);
    signal();
  }

  /** @returns what ends it */
  listen(buildId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(buildId) ?? new Set();
    this.#listeners.set(buildId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) {
        this.#listeners.delete(buildId);
      }
    };
  }

  /** It says nothing but that there is something to look at. */
  #signal(buildId: string): void {
    const message: EnvoyGoPluginsSignal = { type: 'build-changed', buildId };
    void this.#signals
      .publish({
        channel: ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
        recipients: { type: 'broadcast' },
        message,
      })
      .catch(error =>
        this.#logger.warn(
          `Nobody was told that build ${buildId} changed`,
          toError(error),
        ),
      );
  }
}
