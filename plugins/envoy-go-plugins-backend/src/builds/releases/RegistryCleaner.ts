import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { OciRegistry } from '../../artifacts';
import type { AuditRecordStore } from '../../audit';
import type { AbandonedContent, ImageStore } from './ImageStore';

/** A publication takes minutes; so old is none any more, in milliseconds. */
const KEEP_MS = 24 * 60 * 60_000;

/**
 * Removes what publications left in the registry that never came to their end. What a
 * version or a tag names stays, and what it shares with others.
 */
export class RegistryCleaner {
  readonly #registry: OciRegistry;
  readonly #images: ImageStore;
  readonly #record: AuditRecordStore;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  #saidThatItCannot = false;

  constructor(options: {
    registry: OciRegistry;
    images: ImageStore;
    record: AuditRecordStore;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#registry = options.registry;
    this.#images = options.images;
    this.#record = options.record;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  async clean(signal: AbortSignal): Promise<void> {
    const before = new Date(this.#now().getTime() - KEEP_MS);
    for (const abandoned of await this.#images.listAbandoned(before)) {
      signal.throwIfAborted();
      try {
        if (!(await this.#remove(abandoned, signal))) {
          this.#sayThatItCannot();
          return;
        }
      } catch (error) {
        signal.throwIfAborted();
        this.#logger.warn(
          `What a publication left of ${
            abandoned.name
          } was not removed; it is tried again: ${toError(error).message}`,
        );
      }
    }
  }

  /** @returns false where the registry does not remove anything */
  async #remove(
    { name, root, content }: AbandonedContent,
    signal: AbortSignal,
  ): Promise<boolean> {
    const repository = this.#registry.repositoryOf(name);
    const tags = await this.#registry.tags(repository, { signal });
    if (await this.#isTagged(repository, root, tags, signal)) {
      // Whoever tagged it has not taken down yet that it is published, or never will
      return true;
    }
    const shared = await this.#images.listShared(
      content.map(({ digest }) => digest),
      root,
    );
    const removable = content.filter(({ digest }) => !shared.has(digest));
    // Lists of what refers to them, and signatures
    const prefixes = removable.map(({ digest }) => digest.replace(':', '-'));
    const beside = tags.filter(tag =>
      prefixes.some(prefix => tag === prefix || tag.startsWith(`${prefix}.`)),
    );
    for (const tag of beside) {
      const digest = await this.#registry.digestOf(repository, tag, { signal });
      if (
        digest !== undefined &&
        !(await this.#registry.removeManifest(repository, digest, { signal }))
      ) {
        return false;
      }
      await this.#registry.untag(repository, tag, { signal });
    }
    for (const { digest, kind } of removable) {
      if (kind === 'blob') {
        // Registries that do not remove blobs collect those that nothing names by themselves
        await this.#registry.removeBlob(repository, digest, { signal });
      } else if (
        !(await this.#registry.removeManifest(repository, digest, { signal }))
      ) {
        return false;
      }
    }
    await this.#record.add({
      at: this.#now().toISOString(),
      actor: 'system',
      action: 'registry.clean',
      subject: name,
      outcome: 'succeeded',
      message: `What a publication of ${name} left in the registry was removed: ${repository}@${root}, which no version and no tag names`,
      details: { manifestsAndBlobs: removable.length, kept: shared.size },
    });
    await this.#images.removed(name, root);
    return true;
  }

  async #isTagged(
    repository: string,
    root: string,
    tags: string[],
    signal: AbortSignal,
  ): Promise<boolean> {
    for (const tag of tags.filter(one => !one.startsWith('sha256-'))) {
      if (
        (await this.#registry.digestOf(repository, tag, { signal })) === root
      ) {
        return true;
      }
    }
    return false;
  }

  #sayThatItCannot(): void {
    if (!this.#saidThatItCannot) {
      this.#saidThatItCannot = true;
      this.#logger.warn(
        'The registry does not let the portal delete, so that what publications left that never came to their end stays; allow it, or see to it in the registry',
      );
    }
  }
}
