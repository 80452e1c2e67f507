import { promises as fs } from 'node:fs';
import path from 'node:path';
import { GitRepository } from './GitRepository';

/** The bare repositories of the state folder, each named after the id of its repository. */
export class GitRepositories {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async prepare(): Promise<void> {
    await fs.mkdir(this.folder, { recursive: true });
  }

  of(repository: { id: number }): GitRepository {
    return new GitRepository(path.join(this.folder, `${repository.id}.git`));
  }
}
