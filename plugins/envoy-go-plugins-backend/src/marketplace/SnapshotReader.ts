import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  GitHubDoor,
  RepositoryPointer,
  RepositoryReading,
} from '../github';

/** Repositories in one GraphQL query. */
export const SNAPSHOTS_PER_QUERY = 100;

interface Waiting {
  pointer: RepositoryPointer;
  resolve: (reading: RepositoryReading) => void;
  reject: (error: unknown) => void;
}

/**
 * Asks for single repositories, together with those that are asked for while GitHub is
 * answering: many events at once cost few queries.
 */
export class SnapshotReader {
  readonly #door: GitHubDoor;
  readonly #queues = new Map<string, { waiting: Waiting[]; busy: boolean }>();

  constructor(door: GitHubDoor) {
    this.#door = door;
  }

  /** GitHub is asked after this was called, never before. */
  async read(
    host: string,
    pointer: RepositoryPointer,
    lane: GitHubLane,
  ): Promise<RepositoryReading> {
    const key = `${lane} ${host}`;
    const queue = this.#queues.get(key) ?? { waiting: [], busy: false };
    this.#queues.set(key, queue);
    return new Promise((resolve, reject) => {
      queue.waiting.push({ pointer, resolve, reject });
      if (!queue.busy) {
        queue.busy = true;
        // What is asked for in the same moment goes along
        setImmediate(() => this.#readAll(host, lane, key, queue));
      }
    });
  }

  async #readAll(
    host: string,
    lane: GitHubLane,
    key: string,
    queue: { waiting: Waiting[] },
  ): Promise<void> {
    while (queue.waiting.length > 0) {
      const batch = queue.waiting.splice(0, SNAPSHOTS_PER_QUERY);
      try {
        const readings = await this.#door.readRepositories({
          host,
          lane,
          repositories: batch.map(({ pointer }) => pointer),
        });
        batch.forEach(({ resolve }, index) => resolve(readings[index]));
      } catch (error) {
        batch.forEach(({ reject }) => reject(error));
      }
    }
    this.#queues.delete(key);
  }
}
