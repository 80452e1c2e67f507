import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { PluginStore } from './PluginStore';
import type { PluginViewers } from './PluginViewers';

/** Which plugins somebody may not see, for those who show them elsewhere. */
export interface HiddenPlugins {
  /**
   * @param asking - credentials, or the entity ref of a user. Of services only public
   *   plugins are not hidden.
   * @returns the entity refs, in order, of plugins in private repositories that GitHub does
   *   not show to them
   */
  listHidden(asking: BackstageCredentials | string): Promise<string[]>;
}

/** Answers from the read model, from memory while nothing changed. */
export class DefaultHiddenPlugins implements HiddenPlugins {
  readonly #store: PluginStore;
  readonly #viewers: PluginViewers;

  constructor(options: { store: PluginStore; viewers: PluginViewers }) {
    this.#store = options.store;
    this.#viewers = options.viewers;
  }

  async listHidden(asking: BackstageCredentials | string): Promise<string[]> {
    return this.#store.listHidden(await this.#viewers.viewerOf(asking));
  }
}
