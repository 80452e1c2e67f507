import { promises as fs } from 'node:fs';
import path from 'node:path';
import type { Collection } from '../state/Collection';
import type { PlantedRefs } from '../state/repositoryRecords';
import { GitRepository } from './GitRepository';
import { PlantedGit } from './PlantedGit';
import { SharedObjects } from './SharedObjects';
import { writeHooks } from './receiveHook';

/** The bare repositories of the state folder, each named after the id of its repository. */
export class GitRepositories {
  readonly folder: string;
  /** The objects of those that have no folder of their own. */
  readonly shared: SharedObjects;
  readonly #planted: Collection<PlantedRefs>;

  constructor(folder: string, planted: Collection<PlantedRefs>) {
    this.folder = folder;
    this.shared = new SharedObjects(path.join(folder, 'shared.git'));
    this.#planted = planted;
  }

  /** Where the hooks of all of them are. */
  get hooks(): string {
    return path.join(this.folder, 'hooks');
  }

  async prepare(): Promise<void> {
    await fs.mkdir(this.folder, { recursive: true });
    await writeHooks(this.hooks);
  }

  of(repository: { id: number }): GitRepository {
    const { id } = repository;
    const directory = path.join(this.folder, `${id}.git`);
    return new GitRepository(
      directory,
      this.#planted.get(id) &&
        new PlantedGit({
          shared: this.shared,
          record: {
            get: () => this.#planted.get(id),
            put: record => this.#planted.put(record),
            delete: () => this.#planted.delete(id),
          },
        }),
    );
  }
}
