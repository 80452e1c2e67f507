import { randomUUID } from 'node:crypto';
import type {
  AuditorService,
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
  assertError,
} from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  type AuditFacts,
  ENVOY_GO_PLUGIN_KIND,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  type EnvoyGoPluginEntity,
  type ManagedPluginList,
  type ManagedPluginQuery,
  type ManagementAction,
  type ManagementOperation,
  type PluginDetails,
  type PluginLocator,
  type PluginManagement,
  type PluginRelease,
  isGitHubName,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Request } from 'express';
import type { Builds } from '../builds';
import type { GitHubDoor } from '../github';
import type { MarketplaceService } from '../marketplace';
import type { AccessGuard } from '../people';
import { sameText } from '../publishing';
import type { OpenPages } from '../signals';
import type {
  ManagementStore,
  NewOperation,
  OperationParameters,
  OperationWithSteps,
} from './ManagementStore';

/** Operations that the page of a plugin shows. */
const MOST_OPERATIONS = 50;

/** Operations that the list of all plugins shows of one. */
const MOST_UNFINISHED = 5;

const OWNERS_ACTIONS: ManagementAction[] = ['deprecate', 'yank', 'rebuild'];
const ALL_ACTIONS: ManagementAction[] = [
  'change-owner',
  'deprecate',
  'yank',
  'rebuild',
  'unpublish',
];

/** What actions are called in a refusal. */
const ACTION_WORDS: Record<ManagementAction, string> = {
  'change-owner': 'give plugins another owner',
  deprecate: 'deprecate this plugin',
  yank: 'yank versions of this plugin',
  rebuild: 'have versions of this plugin rebuilt',
  unpublish: 'unpublish plugins',
};

/** Whoever asks, or does something. */
export interface ManagingPerson {
  credentials: BackstageCredentials<BackstageUserPrincipal>;
  /** The request by which it is done, for the portal's audit log. */
  request?: Request;
}

type Role = Awaited<ReturnType<AccessGuard['roleIn']>>;

/** A plugin that is managed, and who somebody is to it. */
interface Subject {
  plugin: PluginLocator;
  entityRef: string;
  details: PluginDetails;
  role: Role;
}

/** Where a plugin's repository is. */
interface Place {
  host: string;
  repositoryId: number;
  repository: string;
}

/**
 * What owners and administrators do with plugins that are published. What is asked for is
 * written down and then done by a worker; all there is to be refused is refused at once.
 *
 * All methods throw `NotFoundError` where there is no such plugin, or it is not for whoever
 * asks; those that change one throw `NotAllowedError` where they may not, and `ConflictError`
 * while something else is done to it.
 */
export class Management {
  readonly #store: ManagementStore;
  readonly #marketplace: MarketplaceService;
  readonly #catalog: CatalogService;
  readonly #auth: AuthService;
  readonly #door: GitHubDoor;
  readonly #access: Pick<AccessGuard, 'roleIn' | 'isAmong' | 'administer'>;
  readonly #builds: Pick<Builds, 'order' | 'list'> | undefined;
  readonly #publisherOf: (
    repository: Pick<Place, 'host' | 'repositoryId'>,
  ) => Promise<{ author: string; authorLogin: string } | undefined>;
  readonly #pages: OpenPages;
  readonly #auditor: AuditorService;
  readonly #organization: string | undefined;
  readonly #onWork: () => void;
  readonly #now: () => Date;

  constructor(options: {
    store: ManagementStore;
    marketplace: MarketplaceService;
    catalog: CatalogService;
    auth: AuthService;
    door: GitHubDoor;
    access: Pick<AccessGuard, 'roleIn' | 'isAmong' | 'administer'>;
    /** `undefined` where the portal builds nothing. */
    builds: Pick<Builds, 'order' | 'list'> | undefined;
    /** Who had a repository published. */
    publisherOf: (
      repository: Pick<Place, 'host' | 'repositoryId'>,
    ) => Promise<{ author: string; authorLogin: string } | undefined>;
    pages: OpenPages;
    auditor: AuditorService;
    /** That plugins are published into. */
    organization: string | undefined;
    /** Called when there is something to do for a worker. */
    onWork: () => void;
    now: () => Date;
  }) {
    this.#store = options.store;
    this.#marketplace = options.marketplace;
    this.#catalog = options.catalog;
    this.#auth = options.auth;
    this.#door = options.door;
    this.#access = options.access;
    this.#builds = options.builds;
    this.#publisherOf = options.publisherOf;
    this.#pages = options.pages;
    this.#auditor = options.auditor;
    this.#organization = options.organization;
    this.#onWork = options.onWork;
    this.#now = options.now;
  }

  /** What somebody may do with a plugin, and what is being done to it. */
  async get(
    plugin: PluginLocator,
    person: ManagingPerson,
  ): Promise<PluginManagement> {
    const { details, entityRef, role } = await this.#see(plugin, person);
    const { owner, lifecycle, entity } = details;
    const [operations, publisher] = await Promise.all([
      role === undefined
        ? []
        : this.#store.list([entityRef], { limit: MOST_OPERATIONS }),
      role === 'administrator' && this.#isPublished(details)
        ? this.#publisherOf(this.#placeOf(details))
        : undefined,
    ]);
    return {
      plugin,
      allowedActions: this.#isPublished(details) ? allowedTo(role) : [],
      owner,
      lifecycle,
      deprecated:
        lifecycle === 'deprecated' ? deprecationOf(entity) : undefined,
      author: publisher?.authorLogin,
      operations: operations.map((each, index) =>
        present(each, role, index === 0),
      ),
    };
  }

  /** All plugins; for administrators. */
  async list(
    query: ManagedPluginQuery,
    person: ManagingPerson,
  ): Promise<ManagedPluginList> {
    await this.#access.administer(person.credentials);
    const { lifecycle = [...ENVOY_GO_PLUGIN_LIFECYCLES] } = query;
    const [plugins, unfinished] = await Promise.all([
      this.#marketplace.listPlugins({ ...query, lifecycle }, person),
      this.#store.listUnfinished({ limit: MOST_OPERATIONS }),
    ]);
    const refs = plugins.items.map(({ entityRef }) => entityRef);
    const [operations, builds, leaving] = await Promise.all([
      this.#store.list(refs, { limit: MOST_UNFINISHED, unfinished: true }),
      Promise.all(plugins.items.map(each => this.#lastBuildOf(each))),
      this.#leaving(unfinished),
    ]);
    const { facets } = plugins;
    return {
      items: plugins.items.map((plugin, index) => ({
        ...plugin,
        lastBuild: builds[index],
        operations: operations
          .filter(({ operation }) => operation.entityRef === plugin.entityRef)
          .map(each => present(each, 'administrator', true)),
      })),
      totalItems: plugins.totalItems,
      lifecycles: ENVOY_GO_PLUGIN_LIFECYCLES.map(each => ({
        lifecycle: each,
        count: facets.lifecycle.find(({ value }) => value === each)?.count ?? 0,
      })),
      leaving: leaving.map(each => present(each, 'administrator', true)),
    };
  }

  /**
   * Gives a plugin another owner.
   *
   * @throws InputError when the catalog has no such group or user, or it owns it already
   */
  async changeOwner(
    plugin: PluginLocator,
    change: { owner: string; reason: string },
    person: ManagingPerson,
  ): Promise<PluginManagement> {
    const subject = await this.#mayDo('change-owner', plugin, person);
    const { details } = subject;
    const owner = await this.#requireEntity(
      'owner',
      change.owner,
      ['group', 'user'],
      { defaultKind: 'Group', defaultNamespace: plugin.namespace },
    );
    if (sameText(owner, details.owner)) {
      throw new InputError(
        `Field "owner" of the body: ${owner} owns ${plugin.name} already`,
      );
    }
    return this.#begin(subject, person, {
      action: 'change-owner',
      title: `Make ${owner} the owner`,
      reason: change.reason,
      parameters: {
        descriptionPath: descriptionPathOf(details),
        owner,
        tell: await this.#others(person, [details.owner, owner]),
      },
      before: { owner: details.owner },
      after: { owner },
    });
  }

  /**
   * Says that nobody should begin to use a plugin.
   *
   * @throws InputError when the successor is no plugin, or the plugin itself
   */
  async deprecate(
    plugin: PluginLocator,
    change: { reason: string; successor?: string },
    person: ManagingPerson,
  ): Promise<PluginManagement> {
    const subject = await this.#mayDo('deprecate', plugin, person);
    const { details, entityRef } = subject;
    let successor: string | undefined;
    if (change.successor !== undefined) {
      successor = await this.#requireEntity(
        'successor',
        change.successor,
        [ENVOY_GO_PLUGIN_KIND.toLocaleLowerCase('en-US')],
        {
          defaultKind: ENVOY_GO_PLUGIN_KIND,
          defaultNamespace: plugin.namespace,
        },
      );
      if (sameText(successor, entityRef)) {
        throw new InputError(
          `Field "successor" of the body: ${plugin.name} cannot succeed itself`,
        );
      }
    }
    const { lifecycle } = details;
    const before = deprecationOf(details.entity);
    return this.#begin(subject, person, {
      action: 'deprecate',
      title:
        successor === undefined
          ? 'Deprecate it'
          : `Deprecate it in favour of ${parseEntityRef(successor).name}`,
      reason: change.reason,
      parameters: {
        descriptionPath: descriptionPathOf(details),
        successor,
        tell: await this.#others(person, [details.owner]),
      },
      before: { lifecycle, ...before },
      after: {
        lifecycle: 'deprecated',
        reason: change.reason,
        ...(successor !== undefined && { successor }),
      },
    });
  }

  /**
   * Withdraws a version: nobody gets it by choice any more.
   *
   * @throws NotFoundError when there is no such version
   */
  async yank(
    plugin: PluginLocator,
    change: { version: string; reason: string },
    person: ManagingPerson,
  ): Promise<PluginManagement> {
    const subject = await this.#mayDo('yank', plugin, person);
    const release = await this.#releaseOf(plugin, change.version, person);
    if (release.yanked) {
      throw new ConflictError(`Version ${change.version} is yanked already`);
    }
    return this.#begin(subject, person, {
      action: 'yank',
      title: `Yank version ${change.version}`,
      reason: change.reason,
      version: change.version,
      parameters: {
        releaseId: release.id,
        tag: release.tag,
        tell: await this.#others(person, [subject.details.owner]),
      },
      before: { yanked: false },
      after: { yanked: true, version: change.version },
    });
  }

  /**
   * Has a version built once more.
   *
   * @throws NotFoundError when there is no such version
   */
  async rebuild(
    plugin: PluginLocator,
    change: { version: string; reason: string },
    person: ManagingPerson,
  ): Promise<PluginManagement> {
    const subject = await this.#mayDo('rebuild', plugin, person);
    const builds = this.#builds;
    if (!builds) {
      throw new ConflictError('This portal builds nothing');
    }
    const { version, reason } = change;
    const release = await this.#releaseOf(plugin, version, person);
    const { id: releaseId, commit } = release;
    if (releaseId === undefined || commit === undefined) {
      throw new ServiceUnavailableError(
        `GitHub was not asked yet which commit version ${version} was made of: try again in a minute`,
      );
    }
    const place = this.#placeOf(subject.details);
    const operation = this.#newOperation(subject, person, {
      action: 'rebuild',
      title: `Rebuild version ${version}`,
      reason,
      version,
      parameters: {
        tell: await this.#others(person, [subject.details.owner]),
      },
      after: { version, commit },
    });
    await this.#audited(person, operation, () =>
      this.#store.createDone(operation, async transaction => {
        const { build } = await builds.order(
          {
            ...place,
            kind: 'rebuild',
            plugin,
            commit,
            release: {
              id: releaseId,
              tag: release.tag,
              version,
              prerelease: release.prerelease,
              publishedAt: release.publishedAt,
            },
            requestedBy: operation.by,
            reason,
          },
          { transaction },
        );
        return build.id;
      }),
    );
    return this.#changed(operation, person);
  }

  /**
   * Gives a plugin back to its author.
   *
   * @throws InputError when there is nobody on GitHub to give it to
   */
  async unpublish(
    plugin: PluginLocator,
    change: { reason: string; to?: string },
    person: ManagingPerson,
  ): Promise<PluginManagement> {
    const left = await this.#left(plugin, person);
    const subject = left ?? (await this.#mayDo('unpublish', plugin, person));
    const place =
      'place' in subject ? subject.place : this.#placeOf(subject.details);
    const publisher = await this.#publisherOf(place);
    const to = change.to ?? publisher?.authorLogin;
    if (to === undefined) {
      throw new InputError(
        `Field "to" of the body: ${plugin.name} was not published by the portal, so that nobody is known to give it back to. Say who gets it`,
      );
    }
    await this.#requireReceiver(place.host, to);
    const owner = 'details' in subject ? subject.details.owner : undefined;
    return this.#begin(
      { plugin, entityRef: subject.entityRef, place },
      person,
      {
        action: 'unpublish',
        title: `Give it back to ${to}`,
        reason: change.reason,
        parameters: {
          to,
          tell: await this.#others(
            person,
            [owner, publisher?.author].flatMap(each => each ?? []),
          ),
        },
        before: { repository: place.repository, published: true },
        after: {
          repository: `${to}/${place.repository.split('/')[1]}`,
          published: false,
        },
      },
    );
  }

  /** Lets a worker try the step that failed again. */
  async retry(
    plugin: PluginLocator,
    id: string,
    person: ManagingPerson,
  ): Promise<PluginManagement> {
    const { operation } = await this.#store.get(id);
    const entityRef = refOf(plugin);
    if (operation.entityRef !== entityRef) {
      throw new NotFoundError(`Nothing ${id} was done to ${plugin.name}`);
    }
    if (!(await this.#left(plugin, person))) {
      await this.#mayDo(operation.action, plugin, person);
    }
    const actor = actorOf(person);
    await this.#audited(person, operation, () =>
      this.#store.retry(id, { actor, at: this.#now().toISOString() }),
    );
    return this.#changed(operation, person);
  }

  /** @throws NotFoundError */
  async #see(plugin: PluginLocator, person: ManagingPerson): Promise<Subject> {
    const details = await this.#marketplace.getPlugin(plugin, person);
    return {
      plugin,
      details,
      entityRef: details.entityRef,
      role: await this.#access.roleIn(person.credentials, details.owner),
    };
  }

  /** @throws NotAllowedError */
  async #mayDo(
    action: ManagementAction,
    plugin: PluginLocator,
    person: ManagingPerson,
  ): Promise<Subject> {
    const subject = await this.#see(plugin, person);
    if (!allowedTo(subject.role).includes(action)) {
      throw new NotAllowedError(
        `You may not ${ACTION_WORDS[action]}: that is for ${
          OWNERS_ACTIONS.includes(action)
            ? `its owner, ${subject.details.owner}, and for `
            : ''
        }administrators`,
      );
    }
    if (!this.#isPublished(subject.details)) {
      throw new ConflictError(
        `${plugin.name} is in the catalog, but not in the organisation that plugins are published into: there is nothing to manage. Its description is in its own repository`,
      );
    }
    return subject;
  }

  /** What an unpublication left half-way of a plugin that the catalog does not have any more. */
  async #left(
    plugin: PluginLocator,
    person: ManagingPerson,
  ): Promise<{ entityRef: string; place: Place } | undefined> {
    const entityRef = refOf(plugin);
    const [last] = await this.#store.list([entityRef], { limit: 1 });
    if (
      last?.operation.action !== 'unpublish' ||
      last.operation.state === 'done'
    ) {
      return undefined;
    }
    await this.#access.administer(person.credentials);
    const { host, repositoryId, repository } = last.operation;
    return { entityRef, place: { host, repositoryId, repository } };
  }

  async #begin(
    subject: { plugin: PluginLocator; entityRef: string } & (
      | { details: PluginDetails }
      | { place: Place }
    ),
    person: ManagingPerson,
    what: WhatToDo,
  ): Promise<PluginManagement> {
    const operation = this.#newOperation(subject, person, what);
    await this.#audited(person, operation, () => this.#store.create(operation));
    this.#onWork();
    return this.#changed(operation, person);
  }

  #newOperation(
    subject: { plugin: PluginLocator; entityRef: string } & (
      | { details: PluginDetails }
      | { place: Place }
    ),
    person: ManagingPerson,
    what: WhatToDo,
  ): NewOperation {
    return {
      ...what,
      ...('place' in subject ? subject.place : this.#placeOf(subject.details)),
      id: randomUUID(),
      plugin: subject.plugin,
      entityRef: subject.entityRef,
      by: actorOf(person),
      startedAt: this.#now().toISOString(),
    };
  }

  async #changed(
    operation: Pick<NewOperation, 'id' | 'plugin' | 'entityRef'>,
    person: ManagingPerson,
  ): Promise<PluginManagement> {
    this.#pages.tell({
      type: 'management-changed',
      operationId: operation.id,
    });
    try {
      return await this.get(operation.plugin, person);
    } catch (error) {
      if (!(error instanceof NotFoundError)) {
        throw error;
      }
      // The catalog has let go of it already
      const operations = await this.#store.list([operation.entityRef], {
        limit: MOST_OPERATIONS,
      });
      return {
        plugin: operation.plugin,
        allowedActions: [],
        owner: '',
        lifecycle: 'production',
        operations: operations.map((each, index) =>
          present(each, 'administrator', index === 0),
        ),
      };
    }
  }

  #isPublished({ repository }: PluginDetails): boolean {
    return (
      repository !== undefined &&
      this.#organization !== undefined &&
      sameText(repository.value.slug.split('/')[0], this.#organization)
    );
  }

  /** @throws ServiceUnavailableError while GitHub was never asked */
  #placeOf({ name, repository }: PluginDetails): Place {
    const { id, slug, url } = repository?.value ?? {};
    if (id === undefined || slug === undefined || url === undefined) {
      throw new ServiceUnavailableError(
        `GitHub was not asked yet where the repository of ${name} is: try again in a minute`,
      );
    }
    return { host: new URL(url).host, repositoryId: id, repository: slug };
  }

  /** @throws NotFoundError */
  async #releaseOf(
    plugin: PluginLocator,
    version: string,
    person: ManagingPerson,
  ): Promise<PluginRelease> {
    const { value: releases } = await this.#marketplace.getReleases(
      plugin,
      person,
    );
    const release = releases.find(
      ({ tag }) => tag === version || tag === `v${version}`,
    );
    if (!release) {
      throw new NotFoundError(
        `${plugin.name} has no version ${version}; it has ${
          releases.map(({ tag }) => tag.replace(/^v/, '')).join(', ') || 'none'
        }`,
      );
    }
    return release;
  }

  /** @throws InputError when the catalog has none of such a kind */
  async #requireEntity(
    field: string,
    text: string,
    kinds: string[],
    context: { defaultKind: string; defaultNamespace: string },
  ): Promise<string> {
    let ref;
    try {
      ref = parseEntityRef(text, context);
    } catch {
      throw new InputError(
        `Field "${field}" of the body must be an entity ref, such as "${kinds[0]}:default/name"; found "${text}"`,
      );
    }
    const entityRef = stringifyEntityRef(ref);
    const known =
      kinds.includes(ref.kind.toLocaleLowerCase('en-US')) &&
      (await this.#catalog.getEntityByRef(entityRef, {
        credentials: await this.#auth.getOwnServiceCredentials(),
      }));
    if (!known) {
      throw new InputError(
        `Field "${field}" of the body: the catalog has no ${kinds.join(
          ' or ',
        )} ${entityRef}`,
      );
    }
    return entityRef;
  }

  /** @throws InputError when there is nobody of that name on GitHub, or it is the organisation */
  async #requireReceiver(host: string, to: string): Promise<void> {
    if (this.#organization && sameText(to, this.#organization)) {
      throw new InputError(
        `Field "to" of the body: ${to} is where plugins are published; name another account`,
      );
    }
    const github = this.#door.asPortal({
      host,
      owner: this.#organization,
      lane: 'page',
    });
    try {
      if (!isGitHubName(to)) {
        throw new NotFoundError();
      }
      await github.rest.users.getByUsername({ username: to });
    } catch (error) {
      if (error instanceof NotFoundError) {
        throw new InputError(
          `Field "to" of the body: there is nobody "${to}" on ${host}`,
        );
      }
      throw error;
    }
  }

  /** Those who are not told by doing it themselves. */
  async #others(
    { credentials }: ManagingPerson,
    entityRefs: string[],
  ): Promise<string[]> {
    const others: string[] = [];
    for (const ref of new Set(entityRefs)) {
      if (!(await this.#access.isAmong(credentials, ref))) {
        others.push(ref);
      }
    }
    return others;
  }

  async #lastBuildOf({ namespace, name }: PluginLocator) {
    const list = await this.#builds?.list({
      plugin: `${namespace}/${name}`,
      limit: 1,
    });
    return list?.items[0];
  }

  /** Of plugins that the catalog does not have any more. */
  async #leaving(
    unfinished: OperationWithSteps[],
  ): Promise<OperationWithSteps[]> {
    const some = unfinished.filter(
      ({ operation }) => operation.action === 'unpublish',
    );
    const { items } = await this.#catalog.getEntitiesByRefs(
      { entityRefs: some.map(({ operation }) => operation.entityRef) },
      { credentials: await this.#auth.getOwnServiceCredentials() },
    );
    return some.filter((_, index) => !items[index]);
  }

  /** For the portal's audit log; the record is written with the change. */
  async #audited<T>(
    { credentials, request }: ManagingPerson,
    operation: Pick<
      NewOperation,
      'id' | 'action' | 'entityRef' | 'reason' | 'before' | 'after'
    >,
    run: () => Promise<T>,
  ): Promise<T> {
    const { id, action, entityRef, reason, before, after } = operation;
    const event = await this.#auditor.createEvent({
      eventId: `plugin-${action}`,
      severityLevel: action === 'unpublish' ? 'high' : 'medium',
      request,
      meta: {
        actor: credentials.principal.userEntityRef,
        subject: entityRef,
        operation: id,
        reason,
        ...(before && { before }),
        ...(after && { after }),
      },
    });
    try {
      const result = await run();
      await event.success();
      return result;
    } catch (error) {
      assertError(error);
      await event.fail({ error: new Error(error.message) });
      throw error;
    }
  }
}

/** What is to be done, and what for. */
interface WhatToDo {
  action: ManagementAction;
  title: string;
  reason: string;
  version?: string;
  parameters: OperationParameters;
  before?: AuditFacts;
  after?: AuditFacts;
}

function allowedTo(role: Role): ManagementAction[] {
  switch (role) {
    case 'administrator':
      return ALL_ACTIONS;
    case 'owner':
      return OWNERS_ACTIONS;
    default:
      return [];
  }
}

function present(
  { operation, steps }: OperationWithSteps,
  role: Role,
  isLast: boolean,
): ManagementOperation {
  const { id, plugin, action, title, state, version, buildId } = operation;
  const { by, reason, startedAt, endedAt } = operation;
  return {
    id,
    plugin,
    action,
    title,
    state,
    version,
    buildId,
    by,
    reason,
    startedAt,
    endedAt,
    mayRetry: state === 'failed' && isLast && allowedTo(role).includes(action),
    steps: steps.map(step => ({
      title: step.title,
      state: step.state,
      error: step.error,
      log: step.log,
    })),
  };
}

function deprecationOf(entity: EnvoyGoPluginEntity): {
  reason?: string;
  successor?: string;
} {
  const { reason, successor } = entity.spec.deprecation ?? {};
  return {
    ...(reason !== undefined && { reason }),
    ...(successor !== undefined && {
      successor: stringifyEntityRef(
        parseEntityRef(successor, {
          defaultKind: ENVOY_GO_PLUGIN_KIND,
          defaultNamespace: entity.metadata.namespace,
        }),
      ),
    }),
  };
}

/** Where in the repository the description is, as the catalog read it. */
function descriptionPathOf({ entity, repository }: PluginDetails): string {
  const from =
    entity.metadata.annotations?.['backstage.io/managed-by-location'] ?? '';
  const branch = repository?.value.defaultBranch ?? '';
  const [, path] =
    /^url:https?:\/\/[^/]+\/[^/]+\/[^/]+\/(?:blob|tree)\/(.+)$/.exec(from) ??
    [];
  return path?.startsWith(`${branch}/`)
    ? decodeURIComponent(path.slice(branch.length + 1))
    : 'catalog-info.yaml';
}

function refOf(plugin: PluginLocator): string {
  return stringifyEntityRef({ kind: ENVOY_GO_PLUGIN_KIND, ...plugin });
}

function actorOf({ credentials }: ManagingPerson): string {
  return credentials.principal.userEntityRef.toLocaleLowerCase('en-US');
}
