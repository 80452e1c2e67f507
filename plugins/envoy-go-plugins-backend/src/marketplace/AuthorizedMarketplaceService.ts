import type { PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  type AsOf,
  type PluginActivity,
  type PluginDetails,
  type PluginDiscussion,
  type PluginList,
  type PluginLocator,
  type PluginQuery,
  type PluginReadme,
  type PluginRelease,
  type PluginSource,
  envoyGoPluginsReadPermission,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  MarketplaceOptions,
  MarketplaceService,
} from './MarketplaceService';

/** Lets only those in who may see the marketplace. */
export class AuthorizedMarketplaceService implements MarketplaceService {
  readonly #service: MarketplaceService;
  readonly #permissions: PermissionsService;

  constructor(service: MarketplaceService, permissions: PermissionsService) {
    this.#service = service;
    this.#permissions = permissions;
  }

  async listPlugins(
    query: PluginQuery,
    options: MarketplaceOptions,
  ): Promise<PluginList> {
    await this.#authorize(options);
    return this.#service.listPlugins(query, options);
  }

  async getPlugin(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<PluginDetails> {
    await this.#authorize(options);
    return this.#service.getPlugin(plugin, options);
  }

  async getReadme(
    plugin: PluginLocator,
    options: MarketplaceOptions & { release?: string },
  ): Promise<AsOf<PluginReadme | undefined>> {
    await this.#authorize(options);
    return this.#service.getReadme(plugin, options);
  }

  async getReleases(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginRelease[]>> {
    await this.#authorize(options);
    return this.#service.getReleases(plugin, options);
  }

  async getDiscussions(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginDiscussion[]>> {
    await this.#authorize(options);
    return this.#service.getDiscussions(plugin, options);
  }

  async getSource(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginSource>> {
    await this.#authorize(options);
    return this.#service.getSource(plugin, options);
  }

  async getActivity(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<PluginActivity[]> {
    await this.#authorize(options);
    return this.#service.getActivity(plugin, options);
  }

  async isStarred(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<boolean | undefined> {
    await this.#authorize(options);
    return this.#service.isStarred(plugin, options);
  }

  async #authorize({ credentials }: MarketplaceOptions): Promise<void> {
    const [decision] = await this.#permissions.authorize(
      [{ permission: envoyGoPluginsReadPermission }],
      { credentials },
    );
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        `You may not see the marketplace: it needs the permission "${envoyGoPluginsReadPermission.name}", which the portal's administrators give`,
      );
    }
  }
}
