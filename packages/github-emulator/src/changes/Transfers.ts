import { Emulator } from '../Emulator';
import { Account } from '../state/accountRecords';
import { Repository, TransferUnderway } from '../state/repositoryRecords';
import { announceTransfer } from '../webhooks/announceRepository';
import { announceInstallationRepositories } from '../webhooks/announceInstallation';

/** What a transfer is asked to be. */
export type NewTransfer = Omit<TransferUnderway, 'id'>;

/**
 * Gives repositories to other owners. GitHub answers before it does that; so does this, and what was accepted is done
 * even if the process dies in between.
 */
export class Transfers {
  readonly #emulator: Emulator;
  readonly #delay: number;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #waiting: Array<() => void> = [];

  /** @param options - `delay`: how long after the answer a transfer is made, in milliseconds */
  constructor(emulator: Emulator, options: { delay: number }) {
    this.#emulator = emulator;
    this.#delay = options.delay;
  }

  /** Takes up what the process before left. */
  open(): void {
    this.#collection()
      .list()
      .filter(({ offered }) => !offered)
      .forEach(({ id }) => this.#schedule(id));
  }

  /** Accepts a transfer; it is made a little later. */
  accept(transfer: NewTransfer): void {
    const { id } = this.#collection().put({
      ...transfer,
      id: this.#emulator.store.nextId(),
    });
    this.#schedule(id);
  }

  /** Offers a repository to somebody who has to accept it; an offer before is withdrawn. */
  offer(transfer: NewTransfer): void {
    for (const { id, repositoryId } of this.offers()) {
      if (repositoryId === transfer.repositoryId) {
        this.#collection().delete(id);
      }
    }
    this.#collection().put({
      ...transfer,
      id: this.#emulator.store.nextId(),
      offered: true,
    });
  }

  /** Repositories that somebody has still to accept. */
  offers(): TransferUnderway[] {
    return this.#collection()
      .list()
      .filter(({ offered }) => offered);
  }

  /** Does what the link in GitHub's mail does; false when there is no such offer any more. */
  take(id: number): boolean {
    const offer = this.offers().find(one => one.id === id);
    if (offer) {
      this.#collection().put({ ...offer, offered: false });
      this.#schedule(id);
    }
    return offer !== undefined;
  }

  /** Resolves when all that was accepted is made. */
  async settled(): Promise<void> {
    if (this.#timers.size > 0) {
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve);
      });
    }
    await this.#emulator.store.saved();
  }

  /** Leaves what is not made yet to the next process. */
  close(): void {
    this.#timers.forEach(timer => clearTimeout(timer));
    this.#timers.clear();
    this.#tell();
  }

  #schedule(id: number): void {
    this.#timers.set(
      id,
      setTimeout(() => {
        this.#make(id);
        this.#timers.delete(id);
        this.#tell();
      }, this.#delay),
    );
  }

  #tell(): void {
    if (this.#timers.size === 0) {
      this.#waiting.forEach(resolve => resolve());
      this.#waiting = [];
    }
  }

  #make(id: number): void {
    const { accounts, apps, repositories, store } = this.#emulator;
    const transfer = this.#collection().get(id);
    const before = store.collections.repositories.get(transfer?.repositoryId);
    this.#collection().delete(id);
    if (!transfer || !before) {
      return;
    }
    const sender = accounts.get(transfer.actorId);
    const formerOwner = repositories.owner(before);
    const newOwner = accounts.get(transfer.newOwnerId);
    const installations = apps
      .reaching(formerOwner.id, before)
      .filter(({ selection }) => selection === 'selected');
    const after = this.#move(before, newOwner, transfer);
    announceTransfer(this.#emulator, after, sender, formerOwner);
    for (const installation of installations) {
      announceInstallationRepositories(
        this.#emulator,
        apps.change(installation, {
          repositoryIds: installation.repositoryIds.filter(
            one => one !== after.id,
          ),
        }),
        sender,
        { removed: [after] },
      );
    }
    // Nobody waits for it; what goes wrong is told to whoever asks next.
    store.saved().catch(() => {});
  }

  #move(
    before: Repository,
    newOwner: Account,
    transfer: NewTransfer,
  ): Repository {
    const { repositories, store } = this.#emulator;
    const formerOwner = repositories.owner(before);
    const after = repositories.transfer(before, newOwner, transfer.newName);
    store.collections.teamRepositories.deleteBy('repository', after.id);
    if (formerOwner.type === 'User') {
      repositories.setCollaborator(after, formerOwner.id, 'admin');
    }
    const own = repositories.collaborator(after, newOwner.id);
    if (own) {
      store.collections.collaborators.delete(own.id);
    }
    for (const teamId of transfer.teamIds) {
      repositories.setTeamPermission(after, teamId, 'read');
    }
    return after;
  }

  #collection() {
    return this.#emulator.store.collections.transfersUnderway;
  }
}
