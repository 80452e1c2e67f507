import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { SignalPayload } from '@backstage/plugin-signals-node';
import type { EnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { GitHubEmulator } from '@envoy-go/github-emulator';
import { Octokit } from '@octokit/rest';
import type { Knex } from 'knex';
import { DefaultGitHubDoor } from '../github';
import { createMarketplace, readMarketplaceConfig } from '../marketplace';
import { PORTAL_TOKEN } from './gitHubSeed';
import { testPlugin } from './testPlugin';

/** The user entity of somebody who has an account on GitHub. */
export function testUser(login: string) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: {
      namespace: 'default',
      name: login,
      annotations: { 'github.com/user-login': login },
    },
    spec: {},
  };
}

/** All that the marketplace's facts are made of, in front of an emulator. */
export async function startFactsPortal(options: {
  emulator: GitHubEmulator;
  knex: Knex;
  auth: AuthService;
  logger: LoggerService;
  clock: { now: Date };
}) {
  const { emulator, knex, auth, logger, clock } = options;
  const now = () => clock.now;
  const config = new ConfigReader({
    integrations: {
      github: [
        {
          host: emulator.host,
          apiBaseUrl: emulator.apiBaseUrl,
          token: PORTAL_TOKEN,
        },
      ],
    },
    envoyGoPlugins: {
      marketplace: { envoyVersions: ['1.38'] },
      github: { maxFactsAge: { hours: 1 } },
    },
  });
  const door = DefaultGitHubDoor.create({
    db: knex,
    integrations: ScmIntegrations.fromConfig(config),
    logger,
    timeoutMs: 20_000,
    now,
  });
  const signals: SignalPayload[] = [];
  const { plugins, repositories, sweep, changes, hidden, service, stop } =
    await createMarketplace({
      config: readMarketplaceConfig(config, { webhooks: false }),
      database: { getClient: async () => knex },
      door,
      host: emulator.host,
      catalog: catalogServiceMock({
        entities: ['admin', 'author', 'contributor'].map(testUser),
      }),
      auth,
      signals: {
        publish: async signal => {
          signals.push(signal);
        },
      },
      logger,
      now,
      random: () => 0.5,
    });
  return {
    plugins,
    store: repositories,
    sweep,
    changes,
    marketplace: service,
    hidden,
    signals,
    /** Somebody, or the portal's bot, on GitHub. */
    onGitHub: (token = PORTAL_TOKEN): Octokit =>
      new Octokit({
        baseUrl: emulator.apiBaseUrl,
        auth: token,
        log: { debug() {}, info() {}, warn() {}, error() {} },
      }),
    later: (seconds: number) => {
      clock.now = new Date(clock.now.getTime() + seconds * 1000);
    },
    stop: async () => {
      await stop();
      await door.stop();
    },
  };
}

/** A plugin in a repository of the same name, of the emulator's organisation unless said otherwise. */
export function pluginOnGitHub(
  emulator: GitHubEmulator,
  name: string,
  options: { owner?: string } = {},
): EnvoyGoPluginEntity {
  const { owner = 'envoy-plugins' } = options;
  return testPlugin(name, {
    metadata: {
      annotations: {
        'github.com/project-slug': `${owner}/${name}`,
        'backstage.io/managed-by-location': `url:${emulator.url}/${owner}/${name}/tree/main/catalog-info.yaml`,
      },
    },
  });
}
