import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError, toError } from '@backstage/errors';
import type {
  GitHubLane,
  PluginPart,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubDoor,
  GitHubUnavailableError,
  type RepositoryPointer,
  type RepositoryReading,
  type RepositorySnapshot,
} from '../github';
import { latestRelease } from './latestRelease';
import { outdatedParts } from './partVersions';
import { PartsReading } from './PartsReading';
import type { PluginAnnouncer } from './PluginAnnouncer';
import type { PluginStore } from './PluginStore';
import { nameOf, whatHappened } from './repositoryActivities';
import type { ReleaseFollower } from './ReleaseFollower';
import { locationKey } from './repositoryOf';
import {
  type PluginLink,
  type RepositoryKey,
  type RepositoryPart,
  type RepositoryStore,
  type StoredRepository,
  readersKey,
} from './RepositoryStore';
import { SnapshotReader } from './SnapshotReader';

/** How somebody asks. */
export interface Asking {
  lane: GitHubLane;
  signal?: AbortSignal;
  /** Who did what is different now, as far as an event says so. */
  actor?: string;
}

/** What asking for a repository came to. */
export type RefreshOutcome =
  | { outcome: 'stored'; repository: StoredRepository }
  | { outcome: 'gone' }
  | { outcome: 'unanswered'; reason: string; retryAt?: Date };

/** Reads repositories of GitHub, stores what is different, and tells open pages. */
export class RepositoryRefresher {
  readonly #door: GitHubDoor;
  readonly #snapshots: SnapshotReader;
  readonly #store: RepositoryStore;
  readonly #plugins: PluginStore;
  readonly #announcer: PluginAnnouncer;
  readonly #follower: ReleaseFollower | undefined;
  readonly #logger: LoggerService;
  readonly #now: () => Date;

  constructor(options: {
    door: GitHubDoor;
    store: RepositoryStore;
    plugins: PluginStore;
    announcer: PluginAnnouncer;
    /** Who knows what became of releases. */
    follower?: ReleaseFollower;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#door = options.door;
    this.#snapshots = new SnapshotReader(options.door);
    this.#store = options.store;
    this.#plugins = options.plugins;
    this.#announcer = options.announcer;
    this.#follower = options.follower;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  /** Asks for a repository's snapshot. */
  async read(
    host: string,
    pointer: RepositoryPointer,
    { lane, signal }: Asking,
  ): Promise<RepositoryReading> {
    const reading = await this.#snapshots.read(host, pointer, lane);
    signal?.throwIfAborted();
    return reading;
  }

  /** Asks for the snapshot of a repository that is known, and stores it. */
  async refresh(
    repository: StoredRepository,
    asking: Asking,
  ): Promise<RefreshOutcome> {
    const reading = await this.read(
      repository.host,
      { nodeId: repository.snapshot.nodeId, owner: repository.snapshot.owner },
      asking,
    );
    return this.settle(repository, reading, asking);
  }

  /** Stores what came of asking for a repository that is known. */
  async settle(
    repository: StoredRepository,
    reading: RepositoryReading,
    asking: Asking,
  ): Promise<RefreshOutcome> {
    if (reading.outcome === 'found') {
      return {
        outcome: 'stored',
        repository: await this.store(reading.repository),
      };
    }
    const confirmed =
      reading.outcome === 'missing'
        ? await this.#confirmGone(repository, asking)
        : reading;
    if (confirmed.outcome === 'gone') {
      await this.#markGone(repository);
    } else {
      await this.fail(repository, confirmed.reason);
    }
    return confirmed;
  }

  /** Takes note that GitHub did not say. */
  async fail(repository: RepositoryKey, reason: string): Promise<void> {
    await this.#store.setFailure(repository, {
      reason,
      at: this.#now().toISOString(),
    });
  }

  /** Stores a snapshot with what follows from it. Nothing happens where a newer is known. */
  async store(snapshot: RepositorySnapshot): Promise<StoredRepository> {
    const { before, stored } = await this.#store.saveSnapshot(snapshot);
    const entityRefs = await this.#store.listPluginsOf(snapshot);
    if (stored) {
      const outdated = outdatedParts(
        snapshot,
        await this.#store.listPartVersions(snapshot),
      );
      if (before?.partsDue !== outdated.length > 0) {
        await this.#store.setPartsDue(snapshot, outdated.length > 0);
      }
      const changed = new Set<PluginPart>();
      if (!before || before.deletedAt || differ(before.snapshot, snapshot)) {
        changed.add('repository');
      }
      if (await this.#summarize(snapshot, entityRefs)) {
        changed.add('summary');
      }
      if (
        before &&
        (await this.#store.addActivity(
          snapshot,
          whatHappened(before.snapshot, snapshot),
        ))
      ) {
        changed.add('activity');
      }
      await this.#announce(snapshot, entityRefs, changed, before?.snapshot);
      if (!before || before.snapshot.visibility !== snapshot.visibility) {
        this.#announcer.marketplaceChanged();
      }
    }
    return (await this.#store.get(snapshot)) ?? notThere(snapshot);
  }

  /**
   * Links a plugin with the repository that GitHub has at its place.
   *
   * @returns whether it was linked with another one before
   */
  async link(link: PluginLink, snapshot: RepositorySnapshot): Promise<boolean> {
    const recreated =
      link.repository !== undefined && link.repository.id !== snapshot.id;
    await this.#store.link(link, snapshot);
    const repository = await this.store(snapshot);
    if (recreated) {
      await this.#store.addActivity(snapshot, [
        {
          type: 'recreated',
          subject: 'recreated',
          at: snapshot.asOf,
          observedSince: link.repository?.snapshot.asOf,
          message: `Another repository is called ${snapshot.owner}/${snapshot.name} now; what is shown is about this one, and nothing of what was known of the one before`,
          alarm: true,
        },
      ]);
    }
    // It may have been known already, from another plugin
    await this.#summarize(repository.snapshot, [link.entityRef]);
    await this.#announce(
      snapshot,
      [link.entityRef],
      new Set([
        'summary',
        'repository',
        'readme',
        'releases',
        'discussions',
        'source',
        'activity',
      ]),
    );
    this.#announcer.marketplaceChanged();
    return recreated;
  }

  /** The parts of which something else is known than there is now. */
  async listOutdated({
    snapshot,
  }: StoredRepository): Promise<RepositoryPart[]> {
    return outdatedParts(
      snapshot,
      await this.#store.listPartVersions(snapshot),
    );
  }

  /**
   * Reads parts of a repository, and READMEs of its releases that were never read.
   *
   * @returns what was read, in a sentence each
   * @throws GitHubUnavailableError when GitHub cannot be asked for a while; what was read
   *   until then is stored
   */
  async readParts(
    repository: StoredRepository,
    parts: RepositoryPart[],
    asking: Asking,
  ): Promise<string[]> {
    const { snapshot } = repository;
    const entityRefs = await this.#store.listPluginsOf(snapshot);
    const reading = new PartsReading({
      store: this.#store,
      access: {
        github: this.#door.asPortal({
          host: snapshot.host,
          owner: snapshot.owner,
          lane: asking.lane,
          signal: asking.signal,
        }),
        owner: snapshot.owner,
        repo: snapshot.name,
      },
      snapshot,
      actor: asking.actor,
      now: this.#now,
    });
    try {
      for (const part of parts) {
        await reading.read(part);
      }
      if (parts.includes('releases') || asking.lane === 'sweep') {
        await reading.readReleaseReadmes();
      }
      const [outdated, unread] = await Promise.all([
        this.listOutdated(repository),
        this.#store.listReleasesWithoutReadme(snapshot),
      ]);
      await this.#store.setPartsDue(
        snapshot,
        outdated.length + unread.length > 0,
      );
    } catch (error) {
      const { message } = toError(error);
      await this.fail(snapshot, message);
      if (error instanceof GitHubUnavailableError || asking.signal?.aborted) {
        throw error;
      }
      // Asking again at once would not help: the next pass over all repositories does
      await this.#store.setPartsDue(snapshot, false);
      this.#logger.warn(
        `Not all there is to know about ${nameOf(
          snapshot,
        )} could be read: ${message}`,
      );
      reading.effects.push(
        `Could not read all of ${nameOf(snapshot)}: ${message}`,
      );
    } finally {
      if (reading.readersChanged) {
        await this.#plugins.readersChanged();
        this.#announcer.marketplaceChanged();
      }
      if (
        reading.changed.has('releases') &&
        (await this.#summarize(snapshot, entityRefs))
      ) {
        reading.changed.add('summary');
      }
      await this.#announce(snapshot, entityRefs, reading.changed);
    }
    return reading.effects;
  }

  /** Tells open pages, of a private repository only those of its readers. */
  async announce(
    { snapshot }: StoredRepository,
    parts: PluginPart[],
  ): Promise<void> {
    await this.#announce(
      snapshot,
      await this.#store.listPluginsOf(snapshot),
      new Set(parts),
    );
  }

  /** Takes up what became of a repository's releases, and tells open pages. */
  async releasesBuilt(key: RepositoryKey): Promise<void> {
    const repository = await this.#store.get(key);
    if (!repository) {
      return;
    }
    const entityRefs = await this.#store.listPluginsOf(key);
    const changed = new Set<PluginPart>(['versions']);
    if (await this.#summarize(repository.snapshot, entityRefs)) {
      changed.add('summary');
      this.#announcer.marketplaceChanged();
    }
    await this.#announce(repository.snapshot, entityRefs, changed);
  }

  async #announce(
    snapshot: RepositorySnapshot,
    entityRefs: string[],
    parts: Set<PluginPart>,
    before?: RepositorySnapshot,
  ): Promise<void> {
    if (parts.size === 0) {
      return;
    }
    const isPublic = [snapshot, before].some(
      one => one?.visibility === 'public',
    );
    await this.#announcer.pluginsChanged(
      entityRefs,
      parts,
      isPublic
        ? 'everybody'
        : { logins: await this.#store.listReaders(snapshot) },
    );
  }

  /** Stores what lists show and sort by; returns whether that is different now. */
  async #summarize(
    snapshot: RepositorySnapshot,
    entityRefs: string[],
  ): Promise<boolean> {
    const known = await this.#store.listReleases(snapshot);
    const facts = {
      stars: snapshot.stars,
      latestRelease: latestRelease(
        known.length > 0
          ? known
          : snapshot.releases.newest.flatMap(release =>
              release.publishedAt && !release.draft
                ? [{ ...release, publishedAt: release.publishedAt }]
                : [],
            ),
      ),
      restrictedTo:
        snapshot.visibility === 'public' ? undefined : readersKey(snapshot),
      proofs: await this.#follower?.follow(snapshot, known),
      asOf: snapshot.asOf,
    };
    let changed = false;
    for (const entityRef of entityRefs) {
      changed = (await this.#plugins.setFacts(entityRef, facts)) || changed;
    }
    return changed;
  }

  /**
   * That GitHub has no repository is believed only when it says so a second time, asked in
   * another way: by the last known name, over REST.
   * https://docs.github.com/rest/repos/repos#get-a-repository
   */
  async #confirmGone(
    { host, id, snapshot }: StoredRepository,
    { lane, signal }: Asking,
  ): Promise<RefreshOutcome & { outcome: 'gone' | 'unanswered' }> {
    const { owner, name: repo } = snapshot;
    try {
      const { data } = await this.#door
        .asPortal({ host, owner, lane, signal })
        .rest.repos.get({ owner, repo });
      return data.id === id
        ? {
            outcome: 'unanswered',
            reason: `GitHub contradicts itself on whether there is a repository ${owner}/${repo}.`,
          }
        : { outcome: 'gone' };
    } catch (error) {
      if (isError(error) && error.name === 'NotFoundError') {
        return { outcome: 'gone' };
      }
      signal?.throwIfAborted();
      return {
        outcome: 'unanswered',
        reason: toError(error).message,
        retryAt:
          error instanceof GitHubUnavailableError ? error.retryAt : undefined,
      };
    }
  }

  async #markGone(repository: StoredRepository): Promise<void> {
    const { snapshot } = repository;
    if (repository.deletedAt) {
      return;
    }
    const at = this.#now().toISOString();
    await this.#store.setDeleted(repository, at);
    await this.#store.addActivity(repository, [
      {
        type: 'deleted',
        subject: 'deleted',
        at,
        observedSince: snapshot.asOf,
        message: `GitHub has no repository ${nameOf(
          snapshot,
        )} any more, or does not show it to the portal`,
        alarm: true,
      },
    ]);
    await this.announce(repository, ['repository', 'activity']);
  }
}

/** Whether a page would show anything else. */
function differ(before: RepositorySnapshot, now: RepositorySnapshot): boolean {
  const shown = (snapshot: RepositorySnapshot) =>
    JSON.stringify({ ...snapshot, asOf: '', updatedAt: '' });
  return shown(before) !== shown(now);
}

function notThere(snapshot: RepositorySnapshot): never {
  throw new Error(
    `${locationKey(snapshot)} was stored, and is not in the database`,
  );
}
