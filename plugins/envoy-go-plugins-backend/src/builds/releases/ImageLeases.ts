import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceUnavailableError, toError } from '@backstage/errors';
import type { RepositoryKey } from '../../marketplace';
import type { ImageStore } from './ImageStore';

/** So long an image is held by a process that was killed, in milliseconds. */
const LEASE_MS = 30_000;

/** So long between two looks whether it is free, in milliseconds. */
const POLL_MS = 500;

/** Has one at a time work at an image, whichever replicas they are in. */
export class ImageLeases {
  readonly #store: ImageStore;
  readonly #now: () => Date;
  readonly #leaseMs: number;
  readonly #pollMs: number;

  constructor(options: {
    store: ImageStore;
    now: () => Date;
    leaseMs?: number;
    pollMs?: number;
  }) {
    this.#store = options.store;
    this.#now = options.now;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#pollMs = options.pollMs ?? POLL_MS;
  }

  /**
   * Waits until nobody else works at the image, and works at it.
   *
   * @param work - its signal is aborted when others may work at it, too
   * @throws ConflictError when the image belongs to another repository
   * @throws what `work` throws, or the signal's reason
   */
  async with<T>(
    image: { name: string; repository: RepositoryKey },
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const holder = randomUUID();
    const { name } = image;
    while (!(await this.#store.hold(image, holder, this.#end()))) {
      await delay(this.#pollMs, undefined, { signal });
    }
    const lost = new AbortController();
    const renewal = setInterval(() => {
      this.#store.renew(name, holder, this.#end()).then(
        held => {
          if (!held) {
            lost.abort(othersMayWork(name));
          }
        },
        error => lost.abort(othersMayWork(name, toError(error))),
      );
    }, this.#leaseMs / 3);
    try {
      signal.throwIfAborted();
      return await work(AbortSignal.any([signal, lost.signal]));
    } finally {
      clearInterval(renewal);
      await this.#store.release(name, holder);
    }
  }

  #end(): Date {
    return new Date(this.#now().getTime() + this.#leaseMs);
  }
}

function othersMayWork(name: string, cause?: Error): Error {
  return new ServiceUnavailableError(
    `The image ${name} could not be kept to ourselves; it is tried again`,
    cause,
  );
}
