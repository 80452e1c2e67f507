import {
  RegistryError,
  type OciContent,
  type OciDescriptor,
  type OciManifest,
  type OciRegistry,
  type Signer,
} from '../artifacts';
import type { RegistryKeeper } from './RegistryKeeper';

interface CallOptions {
  signal?: AbortSignal;
}

/**
 * A registry that has a memory: what is pushed and tagged is kept, what is removed is
 * forgotten, and what the registry should have and has not is put back when it is asked for.
 */
export class KeptRegistry implements OciRegistry {
  readonly #registry: OciRegistry;
  readonly #keeper: RegistryKeeper;

  constructor(options: { registry: OciRegistry; keeper: RegistryKeeper }) {
    this.#registry = options.registry;
    this.#keeper = options.keeper;
  }

  repositoryOf(plugin: string): string {
    return this.#registry.repositoryOf(plugin);
  }

  async push(
    repository: string,
    content: OciContent,
    options?: CallOptions,
  ): Promise<void> {
    await this.#registry.push(repository, content, options);
    await this.#keeper.keepContent(repository, content);
  }

  async attach(
    repository: string,
    subject: string,
    referrer: OciContent,
    options?: CallOptions,
  ): Promise<void> {
    // Where the registry does not list what refers to an image, a tag does. It is added to,
    // so that it must be there.
    const list = subject.replace(':', '-');
    if ((await this.#keeper.tags(repository)).has(list)) {
      await this.digestOf(repository, list, options);
    }
    await this.#again(repository, options, () =>
      this.#registry.attach(repository, subject, referrer, options),
    );
    await this.#keeper.keepContent(repository, referrer);
    await this.#keeper.keepTagged(repository, list, options);
  }

  async digestOf(
    repository: string,
    tag: string,
    options?: CallOptions,
  ): Promise<string | undefined> {
    const digest = await this.#registry.digestOf(repository, tag, options);
    if (
      digest !== undefined ||
      !(await this.#keeper.tags(repository)).has(tag)
    ) {
      return digest;
    }
    await this.#keeper.restore(repository, options);
    return this.#registry.digestOf(repository, tag, options);
  }

  async tags(repository: string, options?: CallOptions): Promise<string[]> {
    const tags = await this.#registry.tags(repository, options);
    const kept = await this.#keeper.tags(repository);
    if ([...kept.keys()].every(tag => tags.includes(tag))) {
      return tags;
    }
    await this.#keeper.restore(repository, options);
    return this.#registry.tags(repository, options);
  }

  async tag(
    repository: string,
    digest: string,
    tag: string,
    options?: CallOptions,
  ): Promise<void> {
    // First, as nobody tags again what is tagged already
    await this.#keeper.keepTag(repository, tag, digest);
    await this.#again(repository, options, () =>
      this.#registry.tag(repository, digest, tag, options),
    );
  }

  async untag(
    repository: string,
    tag: string,
    options?: CallOptions,
  ): Promise<boolean> {
    await this.#keeper.forgetTag(repository, tag);
    return this.#registry.untag(repository, tag, options);
  }

  async removeManifest(
    repository: string,
    digest: string,
    options?: CallOptions,
  ): Promise<boolean> {
    await this.#keeper.forgetManifest(repository, digest);
    return this.#registry.removeManifest(repository, digest, options);
  }

  async removeBlob(
    repository: string,
    digest: string,
    options?: CallOptions,
  ): Promise<boolean> {
    return this.#registry.removeBlob(repository, digest, options);
  }

  async referrers(
    repository: string,
    digest: string,
    options?: CallOptions,
  ): Promise<OciDescriptor[]> {
    const referrers = await this.#registry.referrers(
      repository,
      digest,
      options,
    );
    // A registry that forgot them answers as one that never had any
    if (
      referrers.length > 0 ||
      !(await this.#keeper.hasReferrers(repository, digest)) ||
      (await this.#keeper.restore(repository, options)).manifests === 0
    ) {
      return referrers;
    }
    return this.#registry.referrers(repository, digest, options);
  }

  async describe(
    repository: string,
    digest: string,
    options?: CallOptions,
  ): Promise<OciDescriptor> {
    return this.#again(repository, options, () =>
      this.#registry.describe(repository, digest, options),
    );
  }

  async manifest(
    repository: string,
    digest: string,
    options?: CallOptions,
  ): Promise<OciManifest> {
    return this.#again(repository, options, () =>
      this.#registry.manifest(repository, digest, options),
    );
  }

  async document(
    repository: string,
    digest: string,
    options?: CallOptions,
  ): Promise<Buffer> {
    return this.#again(repository, options, () =>
      this.#registry.document(repository, digest, options),
    );
  }

  /** Once more where something was not there, and is put back. */
  async #again<T>(
    repository: string,
    options: CallOptions | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RegistryError && error.problem === 'not-found') {
        const restored = await this.#keeper.restore(repository, options);
        if (restored.manifests + restored.tags > 0) {
          return work();
        }
      }
      throw error;
    }
  }
}

/** Keeps signatures, too, which cosign puts beside what it signs. */
export class KeptSigner implements Signer {
  readonly #signer: Signer;
  readonly #keeper: RegistryKeeper;

  constructor(options: { signer: Signer; keeper: RegistryKeeper }) {
    this.#signer = options.signer;
    this.#keeper = options.keeper;
  }

  async sign(references: string[], options?: CallOptions): Promise<void> {
    await this.#signer.sign(references, options);
    for (const reference of references) {
      const [repository, digest] = reference.split('@');
      await this.#keeper.keepTagged(
        repository,
        `${digest.replace(':', '-')}.sig`,
        options,
      );
    }
  }

  async publicKey(options?: CallOptions): Promise<string> {
    return this.#signer.publicKey(options);
  }
}
