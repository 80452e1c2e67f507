import type {
  SignalApi,
  SignalSubscriber,
} from '@backstage/plugin-signals-react';
import type { JsonObject } from '@backstage/types';
import { ENVOY_GO_PLUGINS_SIGNAL_CHANNEL } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { EnvoyGoPluginsSignal } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The portal's signals in memory: what is sent reaches whoever listens, at once. */
export class InMemorySignals implements SignalApi {
  readonly #messages = new EventTarget();
  /** How many listen. */
  listeners = 0;

  subscribe<TMessage extends JsonObject = JsonObject>(
    channel: string,
    onMessage: (message: TMessage) => void,
  ): SignalSubscriber {
    const listener = (event: Event) => {
      if (event instanceof CustomEvent) {
        onMessage(event.detail);
      }
    };
    this.#messages.addEventListener(channel, listener);
    this.listeners += 1;
    return {
      unsubscribe: () => {
        this.#messages.removeEventListener(channel, listener);
        this.listeners -= 1;
      },
    };
  }

  send(signal: EnvoyGoPluginsSignal): void {
    this.#messages.dispatchEvent(
      new CustomEvent(ENVOY_GO_PLUGINS_SIGNAL_CHANNEL, { detail: signal }),
    );
  }
}
