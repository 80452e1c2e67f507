import { Emulator } from '../Emulator';
import { Account } from '../state/accountRecords';
import { Repository } from '../state/repositoryRecords';
import { announceDiscussionChange } from '../webhooks/announceDiscussion';
import { compareRefs, prepareRefs } from '../webhooks/announceRefs';
import { GitRepository } from './GitRepository';

/**
 * Notices what became of branches and tags, whoever changed them: a push, the API, a merge, a release that made its tag.
 *
 * That a change begins is on disk before it begins. When the process dies within it, the next one compares what git has with
 * what everybody was told of last, and tells the rest: git and the records are two places, and neither may forget the other.
 */
export class Pushes {
  readonly #emulator: Emulator;
  /** What is being noted, by repository: one after the other. */
  readonly #noting = new Map<number, Promise<void>>();

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /** Does something that may change branches or tags, and tells what it changed. */
  async during<T>(
    repository: Repository,
    actor: Account,
    change: () => Promise<T>,
  ): Promise<T> {
    const { store } = this.#emulator;
    const { knownRefs, pushesUnderway } = store.collections;
    if (!knownRefs.get(repository.id)) {
      const refs = await this.#currentRefs(repository);
      if (!knownRefs.get(repository.id)) {
        knownRefs.put({ id: repository.id, refs });
      }
    }
    const underway = pushesUnderway.put({
      id: store.nextId(),
      repositoryId: repository.id,
      actorId: actor.id,
    });
    await store.saved();
    try {
      return await change();
    } finally {
      await this.#note(repository.id, actor);
      pushesUnderway.delete(underway.id);
    }
  }

  /** Tells what was under way when the process before died. */
  async catchUp(): Promise<void> {
    const { pushesUnderway } = this.#emulator.store.collections;
    for (const underway of pushesUnderway.list()) {
      await this.#note(
        underway.repositoryId,
        this.#emulator.accounts.get(underway.actorId),
      );
      pushesUnderway.delete(underway.id);
    }
  }

  async #note(repositoryId: number, actor: Account): Promise<void> {
    const before = this.#noting.get(repositoryId) ?? Promise.resolve();
    // What went wrong with the one before is told to whoever asked for it.
    const noting = before
      .catch(() => {})
      .then(() => this.#compare(repositoryId, actor));
    this.#noting.set(repositoryId, noting);
    try {
      await noting;
    } finally {
      if (this.#noting.get(repositoryId) === noting) {
        this.#noting.delete(repositoryId);
      }
    }
  }

  async #compare(repositoryId: number, actor: Account): Promise<void> {
    const emulator = this.#emulator;
    const { knownRefs, repositories } = emulator.store.collections;
    const repository = repositories.get(repositoryId);
    if (!repository) {
      return;
    }
    const known = knownRefs.get(repositoryId)?.refs ?? {};
    const refs = await this.#currentRefs(repository);
    const changes = compareRefs(known, refs);
    if (changes.length === 0) {
      return;
    }
    const pushed = await emulator.repositories.notePush(repository);
    const tell = await prepareRefs(emulator, pushed, actor, changes, known);
    tell();
    knownRefs.put({ id: repositoryId, refs });
    const pulls = await emulator.discussions.notePush(pushed, actor.id);
    for (const { before, after } of pulls) {
      await announceDiscussionChange(
        emulator,
        emulator.repositories.get(after.repositoryId),
        before,
        after,
        actor,
      );
    }
  }

  async #currentRefs(repository: Repository): Promise<Record<string, string>> {
    const git: GitRepository = this.#emulator.repositories.git(repository);
    const refs = await git.listRefs('refs/');
    return Object.fromEntries(
      refs
        .filter(({ name }) => /^refs\/(heads|tags)\//.test(name))
        .map(({ name, sha }) => [name, sha]),
    );
  }
}
