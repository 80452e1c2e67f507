import { promises as fs } from 'node:fs';
import path from 'node:path';
import { GitRepository } from './GitRepository';
import { writeHooks } from './receiveHook';

/** The bare repositories of the state folder, each named after the id of its repository. */
export class GitRepositories {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
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
    return new GitRepository(path.join(this.folder, `${repository.id}.git`));
  }
}
