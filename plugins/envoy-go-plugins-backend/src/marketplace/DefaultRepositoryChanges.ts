import type { PluginPart } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { tagMovedActivity } from './compareReleases';
import { counted } from './counted';
import type { PluginStore } from './PluginStore';
import type {
  ChangeEffect,
  ChangedRelease,
  RepositoryChange,
  RepositoryChanges,
} from './RepositoryChanges';
import {
  archivedActivity,
  movedActivity,
  nameOf,
  visibilityActivity,
} from './repositoryActivities';
import type {
  RefreshOutcome,
  RepositoryRefresher,
} from './RepositoryRefresher';
import type {
  NewActivity,
  RepositoryPart,
  RepositoryStore,
  StarChange,
  StoredRepository,
} from './RepositoryStore';
import { UnansweredError } from './UnansweredError';

/**
 * Of these not every change shows in a snapshot, so that they are read whenever somebody
 * says that they changed.
 */
const UNSEEN_PARTS: RepositoryPart[] = ['discussions', 'releases', 'readers'];

const READ_PARTS: Partial<Record<PluginPart, RepositoryPart>> = {
  readme: 'readme',
  releases: 'releases',
  discussions: 'discussions',
  source: 'source',
};

type Subject = Pick<
  RepositoryChange,
  'host' | 'id' | 'fullName' | 'at' | 'actor' | 'signal'
>;

/** Reads what may be different, and stores it. */
export class DefaultRepositoryChanges implements RepositoryChanges {
  readonly #store: RepositoryStore;
  readonly #plugins: PluginStore;
  readonly #refresher: RepositoryRefresher;

  constructor(options: {
    store: RepositoryStore;
    plugins: PluginStore;
    refresher: RepositoryRefresher;
  }) {
    this.#store = options.store;
    this.#plugins = options.plugins;
    this.#refresher = options.refresher;
  }

  async repositoryChanged(
    change: Parameters<RepositoryChanges['repositoryChanged']>[0],
  ): Promise<ChangeEffect[]> {
    const repository = await this.#find(change);
    if (!repository) {
      return [];
    }
    const effects = change.star
      ? await this.#recordStar(repository, { ...change.star, at: change.at })
      : [];
    const wanted = change.parts.flatMap(part => READ_PARTS[part] ?? []);
    const refreshed = await this.#refresh(repository, change, wanted);
    if (effects.length > 0) {
      const current = await this.#store.get(repository);
      // Another number of stars was announced already
      if (current?.snapshot.stars === repository.snapshot.stars) {
        await this.#refresher.announce(repository, ['repository']);
      }
    }
    return [...effects, ...refreshed];
  }

  async repositoryMoved(
    change: Omit<RepositoryChange, 'fullName'> & {
      from: string;
      to: string;
      kind: 'renamed' | 'transferred';
    },
  ): Promise<ChangeEffect[]> {
    const subject = { ...change, fullName: change.to };
    const repository =
      (await this.#find(subject)) ??
      (await this.#find({ ...change, fullName: change.from }));
    if (!repository) {
      return [];
    }
    const effects = await this.#record(repository, movedActivity(change));
    // Addresses have the name in them
    const wanted: RepositoryPart[] = ['readme', 'releases', 'discussions'];
    return [...effects, ...(await this.#refresh(repository, subject, wanted))];
  }

  async repositoryGone(change: RepositoryChange): Promise<ChangeEffect[]> {
    const repository = await this.#find(change);
    if (!repository) {
      return [];
    }
    const [entityRef] = await this.#store.listPluginsOf(repository);
    const outcome = await this.#refresher.refresh(repository, {
      lane: 'urgent',
      ...change,
    });
    if (outcome.outcome === 'stored') {
      return [
        {
          text: `GitHub still has the repository ${change.fullName}: it is taken for there`,
          entityRef,
        },
      ];
    }
    throwUnanswered(outcome);
    const effects = await this.#record(repository, {
      type: 'deleted',
      subject: 'deleted',
      at: change.at,
      message: `The repository ${change.fullName} was deleted`,
      alarm: true,
      actor: change.actor,
    });
    return [
      ...effects,
      {
        text: `Marked ${change.fullName} as deleted; what was known of it is kept`,
        entityRef,
      },
    ];
  }

  async repositoryVisibilityChanged(
    change: RepositoryChange & {
      visibility: 'public' | 'private' | 'internal';
    },
  ): Promise<ChangeEffect[]> {
    const repository = await this.#find(change);
    if (!repository) {
      return [];
    }
    const effects = await this.#record(repository, visibilityActivity(change));
    const { snapshot } = repository;
    if (change.visibility !== 'public' && snapshot.asOf < change.at) {
      // At once, also where GitHub does not answer now, and whatever was asked before
      await this.#refresher.store({
        ...snapshot,
        visibility: change.visibility,
        asOf: change.at,
      });
    }
    const current = (await this.#store.get(repository)) ?? repository;
    return [
      ...effects,
      ...(await this.#refresh(current, change, ['readers'], { anew: true })),
    ];
  }

  async repositoryArchived(
    change: RepositoryChange & { archived: boolean },
  ): Promise<ChangeEffect[]> {
    const repository = await this.#find(change);
    if (!repository) {
      return [];
    }
    const effects = await this.#record(repository, archivedActivity(change));
    return [...effects, ...(await this.#refresh(repository, change, []))];
  }

  async releaseChanged(
    change: RepositoryChange & { action: string; release: ChangedRelease },
  ): Promise<ChangeEffect[]> {
    const repository = await this.#find(change);
    return repository ? this.#refresh(repository, change, ['releases']) : [];
  }

  async tagMoved(
    change: RepositoryChange & { tag: string; before: string; after: string },
  ): Promise<ChangeEffect[]> {
    const repository = await this.#find(change);
    if (!repository) {
      return [];
    }
    const { tag, before, after, at, actor } = change;
    const [entityRef] = await this.#store.listPluginsOf(repository);
    const effects: ChangeEffect[] = [];
    const changed = await this.#store.changeReleases(repository, known => {
      const activities: NewActivity[] = [];
      const releases = known.map(release => {
        if (release.tag !== tag || release.publishedAt > at) {
          return release;
        }
        // Of an annotated tag `before` is the tag itself, and what is remembered the commit
        const released =
          release.commit === undefined || release.commit === after
            ? before
            : release.commit;
        activities.push(
          tagMovedActivity(
            { ...release, commit: released },
            { before: released, after, at, actor },
          ),
        );
        effects.push({
          text: `Raised an alarm: the tag ${tag} was moved after its release`,
          entityRef,
        });
        // The commit was looked up only when the tag had been moved already
        return release.commit === after &&
          release.commitAsOf &&
          release.commitAsOf >= at
          ? { ...release, commit: before, movedTo: after }
          : release;
      });
      return { releases, activities };
    });
    if (changed || effects.length > 0) {
      await this.#refresher.announce(repository, ['releases', 'activity']);
    }
    return [
      ...effects,
      ...(await this.#refresh(repository, change, ['releases', 'source'])),
    ];
  }

  async accessChanged(change: {
    host: string;
    organization?: string;
    repositoryId?: number;
    at: string;
    signal?: AbortSignal;
  }): Promise<ChangeEffect[]> {
    const { host, organization, repositoryId, at, signal } = change;
    const restricted = (
      await this.#store.listRestricted(host, organization)
    ).filter(({ id }) => repositoryId === undefined || id === repositoryId);
    const effects: ChangeEffect[] = [];
    for (const repository of restricted) {
      const versions = await this.#store.listPartVersions(repository);
      const known = versions.get('readers');
      if (!known || known.asOf < at) {
        effects.push(
          ...(await this.#readParts(repository, ['readers'], { signal })),
        );
      }
    }
    if (restricted.length > 0) {
      await this.#plugins.readersChanged();
    }
    return effects;
  }

  /** The repository that a change is about, where a plugin is in it. */
  async #find(change: Subject): Promise<StoredRepository | undefined> {
    const { host, id, fullName, at } = change;
    const linked = await this.#store.listPluginsOf({ host, id });
    if (linked.length > 0) {
      return this.#store.get({ host, id });
    }
    // One that GitHub was not asked about yet, or another one of the same name
    const [owner, name] = fullName.split('/');
    const links = (await this.#store.listLinksAt({ host, owner, name })).filter(
      ({ repository }) => !repository || repository.snapshot.asOf < at,
    );
    if (links.length === 0) {
      return undefined;
    }
    const reading = await this.#refresher.read(
      host,
      { owner, name },
      { lane: 'urgent', signal: change.signal },
    );
    if (reading.outcome === 'unanswered') {
      throwUnanswered(reading);
    }
    if (reading.outcome !== 'found') {
      return undefined;
    }
    for (const link of links) {
      if (link.repository?.id !== reading.repository.id) {
        await this.#refresher.link(link, reading.repository);
      }
    }
    return reading.repository.id === id
      ? this.#store.get(reading.repository)
      : undefined;
  }

  async #recordStar(
    repository: StoredRepository,
    star: StarChange,
  ): Promise<ChangeEffect[]> {
    if (!(await this.#store.setStar(repository, star))) {
      return [];
    }
    const [entityRef] = await this.#store.listPluginsOf(repository);
    const name = nameOf(repository.snapshot);
    return [
      {
        text: star.starred
          ? `Recorded: ${star.login} starred ${name}`
          : `Recorded: ${star.login} took their star back from ${name}`,
        entityRef,
      },
    ];
  }

  async #record(
    repository: StoredRepository,
    activity: NewActivity,
  ): Promise<ChangeEffect[]> {
    if (!(await this.#store.addActivity(repository, [activity]))) {
      return [];
    }
    await this.#refresher.announce(repository, ['activity']);
    const [entityRef] = await this.#store.listPluginsOf(repository);
    return [{ text: `Recorded: ${activity.message}`, entityRef }];
  }

  /**
   * Asks for the snapshot, and reads those of the wanted parts that may be different; not
   * what was asked for after the change already.
   */
  async #refresh(
    repository: StoredRepository,
    change: Subject,
    wanted: RepositoryPart[],
    options: { anew?: boolean } = {},
  ): Promise<ChangeEffect[]> {
    const { at, signal, actor } = change;
    const effects: ChangeEffect[] = [];
    let current = repository;
    if (options.anew || current.snapshot.asOf < at || current.deletedAt) {
      const outcome = await this.#refresher.refresh(repository, {
        lane: 'urgent',
        signal,
      });
      const [entityRef] = await this.#store.listPluginsOf(repository);
      if (outcome.outcome !== 'stored') {
        throwUnanswered(outcome);
        return [
          {
            text: `GitHub has no repository ${change.fullName} any more`,
            entityRef,
          },
        ];
      }
      current = outcome.repository;
      const { owner, name, stars } = current.snapshot;
      effects.push({
        text: `Asked GitHub about ${owner}/${name}: ${counted(stars, 'star')}`,
        entityRef,
      });
    }
    const versions = await this.#store.listPartVersions(current);
    const outdated = new Set(await this.#refresher.listOutdated(current));
    const parts = [...new Set(wanted)].filter(part => {
      const known = versions.get(part);
      return (
        outdated.has(part) ||
        (UNSEEN_PARTS.includes(part) && (!known || known.asOf < at))
      );
    });
    if (current.snapshot.visibility !== 'public' && outdated.has('readers')) {
      parts.unshift('readers');
    }
    effects.push(...(await this.#readParts(current, parts, { signal, actor })));
    return effects;
  }

  async #readParts(
    repository: StoredRepository,
    parts: RepositoryPart[],
    asking: { signal?: AbortSignal; actor?: string },
  ): Promise<ChangeEffect[]> {
    if (parts.length === 0) {
      return [];
    }
    const done = await this.#refresher.readParts(
      repository,
      [...new Set(parts)],
      { lane: 'urgent', ...asking },
    );
    const [entityRef] = await this.#store.listPluginsOf(repository);
    return done.map(text => ({ text, entityRef }));
  }
}

function throwUnanswered(
  outcome:
    | RefreshOutcome
    | { outcome: 'unanswered'; reason: string; retryAt?: Date },
): void {
  if (outcome.outcome === 'unanswered') {
    throw new UnansweredError(outcome);
  }
}
