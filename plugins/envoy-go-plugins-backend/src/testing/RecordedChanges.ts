import type { ChangeEffect, RepositoryChanges } from '../marketplace';

/** A call of {@link RepositoryChanges}, without its signal. */
export interface RecordedChange {
  method: keyof RepositoryChanges;
  [property: string]: unknown;
}

/** Writes down what it is told, and says so. */
export class RecordedChanges implements RepositoryChanges {
  readonly calls: RecordedChange[] = [];

  readonly repositoryChanged = this.#recorder('repositoryChanged');
  readonly repositoryMoved = this.#recorder('repositoryMoved');
  readonly repositoryGone = this.#recorder('repositoryGone');
  readonly repositoryVisibilityChanged = this.#recorder(
    'repositoryVisibilityChanged',
  );
  readonly repositoryArchived = this.#recorder('repositoryArchived');
  readonly releaseChanged = this.#recorder('releaseChanged');
  readonly tagMoved = this.#recorder('tagMoved');
  readonly accessChanged = this.#recorder('accessChanged');

  #recorder(method: keyof RepositoryChanges) {
    return async ({
      signal,
      ...change
    }: {
      signal?: AbortSignal;
    }): Promise<ChangeEffect[]> => {
      signal?.throwIfAborted();
      this.calls.push({ method, ...change });
      return [{ text: `${method}.`, entityRef: 'envoygoplugin:default/a' }];
    };
  }
}
