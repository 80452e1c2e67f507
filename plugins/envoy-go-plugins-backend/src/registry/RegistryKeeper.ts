import type { LoggerService } from '@backstage/backend-plugin-api';
import { digestOf, type OciContent, type OciManifest } from '../artifacts';
import type { KeptManifests, LostManifest, Manifest } from './KeptManifests';
import type { RegistryManifests } from './RegistryManifests';

interface CallOptions {
  signal?: AbortSignal;
}

/** What was put back. */
export interface Restored {
  manifests: number;
  tags: number;
  lost: LostManifest[];
}

/** What is in an image, as far as a manifest names it. */
interface Parts {
  blobs: string[];
  manifests: string[];
}

/**
 * Keeps the manifests of what was pushed beside the registry, and puts them back where the
 * registry does not have them any more: that of the desk forgets them when it ends, and keeps
 * only blobs. Where blobs are missing, too, it says so: then the release must be built again.
 */
export class RegistryKeeper {
  readonly #kept: KeptManifests;
  readonly #manifests: RegistryManifests;
  readonly #logger: LoggerService;
  readonly #restoring = new Map<string, Promise<Restored>>();

  constructor(options: {
    kept: KeptManifests;
    manifests: RegistryManifests;
    logger: LoggerService;
  }) {
    this.#kept = options.kept;
    this.#manifests = options.manifests;
    this.#logger = options.logger;
  }

  /** Keeps the manifests of content that was pushed. */
  async keepContent(repository: string, content: OciContent): Promise<void> {
    const manifests: Manifest[] = [];
    const queue = [content.root];
    for (const descriptor of queue) {
      const bytes = content.blobs.get(descriptor.digest);
      if (bytes) {
        const text = bytes.toString('utf8');
        manifests.push({
          digest: descriptor.digest,
          mediaType: descriptor.mediaType,
          content: text,
        });
        const manifest: OciManifest = JSON.parse(text);
        queue.push(...(manifest.manifests ?? []));
      }
    }
    await this.#kept.keepManifests(repository, manifests);
  }

  /**
   * Keeps what a tag points to in the registry, where there is such a tag; what it pointed to
   * before is nobody's any more.
   */
  async keepTagged(
    repository: string,
    tag: string,
    options: CallOptions = {},
  ): Promise<void> {
    const manifest = await this.#manifests.get(repository, tag, options);
    if (!manifest) {
      return;
    }
    const before = (await this.#kept.tags(repository)).get(tag);
    await this.#kept.keepManifests(repository, [manifest]);
    await this.#kept.keepTag(repository, tag, manifest.digest);
    if (before !== undefined && before !== manifest.digest) {
      await this.#kept.forgetManifest(repository, before);
    }
  }

  /** Keeps what a tag is about to point to. */
  async keepTag(
    repository: string,
    tag: string,
    digest: string,
  ): Promise<void> {
    await this.#kept.keepTag(repository, tag, digest);
  }

  async forgetTag(repository: string, tag: string): Promise<void> {
    await this.#kept.forgetTag(repository, tag);
  }

  async forgetManifest(repository: string, digest: string): Promise<void> {
    await this.#kept.forgetManifest(repository, digest);
  }

  /** Digests by tag, as they should be. */
  async tags(repository: string): Promise<Map<string, string>> {
    return this.#kept.tags(repository);
  }

  /** Whether something should refer to a digest. */
  async hasReferrers(repository: string, digest: string): Promise<boolean> {
    const manifests = await this.#kept.manifests(repository);
    return manifests.some(({ content }) => {
      const { subject }: { subject?: { digest: string } } = JSON.parse(content);
      return subject?.digest === digest;
    });
  }

  /** What the registry lost for good. */
  async lost(): Promise<LostManifest[]> {
    return this.#kept.lost();
  }

  /**
   * Looks whether the registry has all tags that it should have, and puts back what is
   * missing: first of what was pushed last, and only if that is missing, or it is to be
   * thorough, of the others.
   *
   * @throws RegistryError when the registry does not answer
   */
  async check(
    options: CallOptions & { thorough?: boolean } = {},
  ): Promise<void> {
    const { thorough = false, ...call } = options;
    const latest = await this.#kept.latestRepository();
    if (
      latest === undefined ||
      ((await this.#isComplete(latest, call)) && !thorough)
    ) {
      return;
    }
    for (const repository of await this.#kept.repositories()) {
      if (!(await this.#isComplete(repository, call))) {
        await this.restore(repository, call);
      }
    }
  }

  /**
   * Puts back what is kept of a repository and the registry does not have. What it has is
   * left as it is. Calls while it is at it wait for the same.
   *
   * @throws RegistryError when the registry does not answer, or refuses it
   */
  async restore(
    repository: string,
    options: CallOptions = {},
  ): Promise<Restored> {
    const under = this.#restoring.get(repository);
    if (under) {
      return under;
    }
    const restoring = this.#restore(repository, options).finally(() =>
      this.#restoring.delete(repository),
    );
    this.#restoring.set(repository, restoring);
    return restoring;
  }

  async #isComplete(
    repository: string,
    options: CallOptions,
  ): Promise<boolean> {
    const kept = await this.#kept.tags(repository);
    const there = await this.#manifests.tags(repository, options);
    const lost = new Set(
      (await this.#kept.lost())
        .filter(manifest => manifest.repository === repository)
        .map(({ digest }) => digest),
    );
    return [...kept].every(
      ([tag, digest]) => there.has(tag) || lost.has(digest),
    );
  }

  async #restore(repository: string, options: CallOptions): Promise<Restored> {
    const kept = new Map(
      (await this.#kept.manifests(repository)).map(manifest => [
        manifest.digest,
        manifest,
      ]),
    );
    const restored: Restored = { manifests: 0, tags: 0, lost: [] };
    const there = new Map<string, boolean>();
    /** Puts a manifest back after those that it names; tells whether it is there then. */
    const put = async (digest: string): Promise<boolean> => {
      const known = there.get(digest);
      if (known !== undefined) {
        return known;
      }
      // What refers to itself is never right, and never ends
      there.set(digest, false);
      const ok = await this.#put(repository, digest, kept.get(digest), {
        ...options,
        put,
        restored,
      });
      there.set(digest, ok);
      return ok;
    };
    for (const digest of kept.keys()) {
      await put(digest);
    }
    const tags = await this.#manifests.tags(repository, options);
    for (const [tag, digest] of await this.#kept.tags(repository)) {
      const manifest = kept.get(digest);
      if (!tags.has(tag) && manifest && there.get(digest)) {
        await this.#manifests.put(repository, tag, manifest, options);
        restored.tags += 1;
      }
    }
    await this.#kept.setLost(repository, restored.lost);
    this.#tell(repository, restored);
    return restored;
  }

  async #put(
    repository: string,
    digest: string,
    manifest: Manifest | undefined,
    options: CallOptions & {
      put: (digest: string) => Promise<boolean>;
      restored: Restored;
    },
  ): Promise<boolean> {
    const { put, restored, ...call } = options;
    if (await this.#manifests.has(repository, 'manifests', digest, call)) {
      return true;
    }
    if (!manifest || digestOf(Buffer.from(manifest.content)) !== digest) {
      return false;
    }
    const parts = partsOf(manifest);
    const missing: string[] = [];
    for (const blob of parts.blobs) {
      if (!(await this.#manifests.has(repository, 'blobs', blob, call))) {
        missing.push(blob);
      }
    }
    for (const part of parts.manifests) {
      if (!(await put(part))) {
        missing.push(part);
      }
    }
    if (missing.length > 0) {
      restored.lost.push({ repository, digest, missing });
      return false;
    }
    await this.#manifests.put(repository, digest, manifest, call);
    restored.manifests += 1;
    return true;
  }

  #tell(repository: string, { manifests, tags, lost }: Restored): void {
    if (manifests + tags > 0) {
      this.#logger.info(
        `The registry had forgotten ${manifests} manifests and ${tags} tags of ${repository}; they are back`,
      );
    }
    for (const { digest, missing } of lost) {
      this.#logger.error(
        `The registry lost ${repository}@${digest}, and ${missing.length} parts of it (${missing[0]}); build the release again`,
      );
    }
  }
}

function partsOf(manifest: Manifest): Parts {
  const { config, layers, manifests }: OciManifest = JSON.parse(
    manifest.content,
  );
  const blobs = [...(config ? [config] : []), ...(layers ?? [])];
  return {
    blobs: [...new Set(blobs.map(({ digest }) => digest))],
    manifests: (manifests ?? []).map(({ digest }) => digest),
  };
}
