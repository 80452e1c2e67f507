import type {
  AuthService,
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { type Entity, parseEntityRef } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  type PluginDetails,
  type PluginLocator,
  isEnvoyGoPluginEntity,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Seed } from '@envoy-go/github-emulator';
import type { Knex } from 'knex';
import { parse } from 'yaml';
import { DatabaseAuditRecordStore } from '../audit';
import { type GitHubDoor, DefaultGitHubDoor } from '../github';
import { createManagement } from '../management';
import { type MarketplaceService, yankOf } from '../marketplace';
import { findRepositoryByName } from '../publishing/findRepository';
import { PORTAL_TOKEN } from './gitHubSeed';
import { pluginFiles, publishingSeed } from './publishingPortal';
import { OpenPages } from '../signals';
import { startNotices } from './startNotices';

const ORGANIZATION = 'envoy-plugins';

/** A GitHub whose organisation has plugins, with the rules that publishing makes, and releases. */
export function managementSeed(names: string[]): Seed {
  const seed = publishingSeed([]);
  return {
    ...seed,
    organizations: [
      ...(seed.organizations ?? []),
      { login: 'home', owners: ['author', 'portal-bot'] },
    ],
    repositories: names.map(name => ({
      owner: ORGANIZATION,
      name,
      author: 'author',
      files: pluginFiles(name),
      releases: [
        { tag: 'v1.0.0', daysAgo: 7, notes: 'For good.' },
        { tag: 'v1.1.0', daysAgo: 1, notes: 'Better.' },
      ],
    })),
  };
}

/**
 * A catalog that has read the plugins of an organisation, and reads them anew when it is asked
 * to. It keeps what it read in the database, so that several processes have the same one.
 */
export class RepositoryCatalog {
  readonly #db: Knex;
  readonly #door: GitHubDoor;
  readonly #host: string;

  constructor(options: { db: Knex; door: GitHubDoor; host: string }) {
    this.#db = options.db;
    this.#door = options.door;
    this.#host = options.host;
  }

  static async createTables(db: Knex): Promise<void> {
    await db.schema.createTable('test_catalog', table => {
      table.text('ref').primary();
      table.text('location');
      table.text('entity').notNullable();
    });
  }

  async register(name: string): Promise<void> {
    await this.#read(
      name,
      `http://${
        this.#host
      }/${ORGANIZATION}/${name}/blob/main/catalog-info.yaml`,
    );
  }

  async add(ref: string): Promise<void> {
    const { kind, namespace, name } = parseEntityRef(ref);
    await this.#put(ref, {
      apiVersion: 'backstage.io/v1alpha1',
      kind,
      metadata: { namespace, name },
      spec: {},
    });
  }

  async get(ref: string): Promise<Entity | undefined> {
    const row = await this.#row(ref);
    return row && JSON.parse(row.entity);
  }

  async refresh(ref: string): Promise<void> {
    const row = await this.#row(ref);
    if (row?.location) {
      await this.#read(parseEntityRef(ref).name, row.location);
    }
  }

  async locationOf(ref: string) {
    const row = await this.#row(ref);
    return row?.location
      ? {
          id: ref,
          type: 'url',
          target: row.location,
          entityRef: `location:default/${parseEntityRef(ref).name}`,
        }
      : undefined;
  }

  async remove(ref: string): Promise<void> {
    await this.#db('test_catalog').where({ ref }).delete();
  }

  async #read(name: string, location: string): Promise<void> {
    const github = this.#door.asPortal({ host: this.#host, lane: 'page' });
    const { data } = await github.rest.repos.getContent({
      owner: ORGANIZATION,
      repo: name,
      path: 'catalog-info.yaml',
    });
    if (!('content' in data)) {
      throw new NotFoundError(`No description of ${name}`);
    }
    const entity = parse(Buffer.from(data.content, 'base64').toString());
    await this.#put(
      `envoygoplugin:default/${name}`,
      {
        ...entity,
        metadata: {
          ...entity.metadata,
          annotations: {
            'backstage.io/managed-by-location': `url:${location}`,
          },
        },
      },
      location,
    );
  }

  async #put(ref: string, entity: Entity, location?: string): Promise<void> {
    await this.#db('test_catalog')
      .insert({ ref, entity: JSON.stringify(entity), location })
      .onConflict('ref')
      .merge();
  }

  async #row(
    ref: string,
  ): Promise<{ entity: string; location: string | null } | undefined> {
    return this.#db('test_catalog').where({ ref }).first();
  }
}

/** All that managing plugins is made of, in front of an emulator. */
export function startManagement(options: {
  gitHub: { host: string; url: string; apiBaseUrl: string };
  db: Knex;
  auth: AuthService;
  logger: LoggerService;
  builds?: Parameters<typeof createManagement>[0]['builds'];
  leaseMs?: number;
  patienceMs?: number;
  /** Whether it works at operations; default: true. */
  works?: boolean;
  /**
   * Whether it sends notifications; default: true. Where several processes write to one file of
   * SQLite it sends nothing: they would find it locked by each other.
   */
  sends?: boolean;
}) {
  const { gitHub, db, auth, logger } = options;
  const { host } = gitHub;
  const now = () => new Date();
  const door = DefaultGitHubDoor.create({
    db,
    integrations: ScmIntegrations.fromConfig(
      new ConfigReader({
        integrations: {
          github: [
            { host, apiBaseUrl: gitHub.apiBaseUrl, token: PORTAL_TOKEN },
          ],
        },
      }),
    ),
    logger,
    timeoutMs: 20_000,
    now,
  });
  const catalog = new RepositoryCatalog({ db, door, host });
  const telling = startNotices({ db, logger, now, sends: options.sends });
  const { management, worker, store } = createManagement({
    recordIn: transaction => new DatabaseAuditRecordStore(transaction),
    db,
    door,
    marketplace: marketplaceOf({ catalog, door, host }),
    changes: { releaseChanged: async () => [{ text: 'Read it' }] },
    catalog: Object.assign(catalogServiceMock(), {
      getEntityByRef: async (ref: string | object) => catalog.get(String(ref)),
      getEntitiesByRefs: async ({ entityRefs }: { entityRefs: string[] }) => ({
        items: await Promise.all(entityRefs.map(ref => catalog.get(ref))),
      }),
      refreshEntity: async (ref: string) => catalog.refresh(ref),
      getLocationByEntity: async (ref: string | object) =>
        catalog.locationOf(String(ref)),
      removeLocationById: async (id: string) => catalog.remove(id),
    }),
    auth,
    auditor: {
      createEvent: async () => ({
        success: async () => {},
        fail: async () => {},
      }),
    },
    pages: new OpenPages({ signals: { publish: async () => {} }, logger }),
    notices: telling.notices,
    access: {
      administer: async credentials => {
        if (userOf(credentials) !== 'user:default/admin') {
          throw new NotAllowedError('No administrator');
        }
      },
      roleIn: async (credentials, owner) => {
        const user = userOf(credentials);
        if (user === 'user:default/admin') {
          return 'administrator';
        }
        return owns(user, owner) ? 'owner' : undefined;
      },
      isAmong: async (credentials, ref) => owns(userOf(credentials), ref),
    },
    builds: options.builds,
    publisherOf: async () => ({
      author: 'user:default/author',
      authorLogin: 'home',
    }),
    organization: ORGANIZATION,
    logger,
    now,
    pace: {
      pollMs: 20,
      peopleMs: 20,
      askAgainMs: 300,
      acceptanceMs: 20,
      patienceMs: options.patienceMs ?? 1_500,
      leaseMs: options.leaseMs ?? 5_000,
      workerPollMs: 20,
    },
  });
  if (options.works ?? true) {
    worker.start();
  }
  return {
    management,
    store,
    catalog,
    door,
    told: telling.told,
    allTold: telling.allTold,
    stop: async () => {
      await worker.stop();
      await telling.stop();
      await door.stop();
    },
  };
}

/** What the marketplace says, of which GitHub is asked here and now. */
function marketplaceOf(options: {
  catalog: RepositoryCatalog;
  door: GitHubDoor;
  host: string;
}): MarketplaceService {
  const { catalog, door, host } = options;
  const unused = async () => {
    throw new Error('Nobody asks for that here');
  };
  const github = () => door.asPortal({ host, lane: 'page' });
  const getPlugin = async ({
    namespace,
    name,
  }: PluginLocator): Promise<PluginDetails> => {
    const entityRef = `envoygoplugin:${namespace}/${name}`;
    const entity = await catalog.get(entityRef);
    if (!entity || !isEnvoyGoPluginEntity(entity)) {
      throw new NotFoundError(`There is no plugin ${name}`);
    }
    const { spec } = entity;
    const found = await findRepositoryByName(github(), {
      owner: ORGANIZATION,
      repo: name,
    });
    return {
      ...spec,
      entity,
      entityRef,
      namespace,
      name,
      title: name,
      tags: [],
      envoyVersions: [],
      repository: {
        asOf: '2026-11-01T00:00:00Z',
        value: {
          id: found.id,
          slug: `${found.owner}/${found.repo}`,
          url: found.url,
          defaultBranch: found.defaultBranch,
          stars: 0,
          forks: 0,
          openIssues: 0,
          archived: false,
        },
      },
    };
  };
  return {
    getPlugin,
    listPlugins: async () => {
      const names = ['header-tag'];
      const items = await Promise.all(
        names.map(name => getPlugin({ namespace: 'default', name })),
      );
      return {
        items,
        totalItems: items.length,
        marketplaceItems: items.length,
        verifiedItems: 0,
        facets: {
          category: [],
          runtime: [],
          lifecycle: [{ value: 'production', count: 1 }],
          owner: [],
          envoy: [],
        },
      };
    },
    getReleases: async ({ name }) => {
      const { data } = await github().rest.repos.listReleases({
        owner: ORGANIZATION,
        repo: name,
      });
      return {
        asOf: '2026-11-01T00:00:00Z',
        value: data.map(release => {
          const yanked = yankOf({
            name: release.name ?? undefined,
            notes: release.body ?? undefined,
          });
          return {
            id: release.id,
            tag: release.tag_name,
            url: release.html_url,
            publishedAt: release.published_at ?? '',
            prerelease: release.prerelease,
            commit: 'c'.repeat(40),
            ...(yanked && { yanked: { at: '', ...yanked } }),
          };
        }),
      };
    },
    getReadme: unused,
    getDiscussions: unused,
    getSource: unused,
    getActivity: unused,
    isStarred: unused,
  };
}

function owns(user: string, ref: string): boolean {
  return user === 'user:default/author' && ref === 'group:default/gateway';
}

function userOf({ principal }: BackstageCredentials): string {
  return typeof principal === 'object' &&
    principal !== null &&
    'userEntityRef' in principal
    ? String(principal.userEntityRef)
    : '';
}
