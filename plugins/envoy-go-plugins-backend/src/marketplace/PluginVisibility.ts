import { ENVOY_GO_PLUGIN_KIND } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { PluginDetailsRow, PluginRow } from './pluginRow';
import type { Viewer } from './Viewer';

/** Who may see a plugin, for those who know no more of it than its name. */
export interface PluginVisibility {
  /**
   * Whether a viewer may see the plugin of a name, in whichever namespace: all of them, where
   * there are several. No when there is none, and when GitHub was not asked yet whether its
   * repository is private.
   *
   * @param name - in lower case
   */
  isVisible(name: string, viewer?: Viewer): Promise<boolean>;
}

/** Answers from the read model. */
export class DatabasePluginVisibility implements PluginVisibility {
  readonly #db: Knex;

  /** @param db - with the plugin's migrations run */
  constructor(db: Knex) {
    this.#db = db;
  }

  async isVisible(name: string, viewer?: Viewer): Promise<boolean> {
    const kind = ENVOY_GO_PLUGIN_KIND.toLocaleLowerCase('en-US');
    const plugins: (Pick<PluginRow, 'entity_ref' | 'restricted_to'> &
      Pick<PluginDetailsRow, 'facts_as_of'>)[] = await this.#db('plugins')
      .join('plugin_details', 'plugin_details.entity_ref', 'plugins.entity_ref')
      .whereRaw("plugins.entity_ref like ? escape '!'", [
        `${kind}:%/${name.replaceAll(/[!%_]/g, '!$&')}`,
      ])
      .select('plugins.entity_ref', 'restricted_to', 'facts_as_of');
    const seen = await Promise.all(
      plugins.map(
        async plugin =>
          plugin.facts_as_of !== null &&
          (plugin.restricted_to === '' ||
            (await this.#isReader(plugin.restricted_to, viewer))),
      ),
    );
    return seen.length > 0 && seen.every(Boolean);
  }

  async #isReader(
    repository: string,
    viewer: Viewer | undefined,
  ): Promise<boolean> {
    const reader =
      viewer &&
      (await this.#db('repository_readers')
        .where({ repository, host: viewer.host, login: viewer.login })
        .first('login'));
    return reader !== undefined;
  }
}
