import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeBlob,
  digestOf,
  OCI_INDEX,
  OCI_MANIFEST,
  writeOciLayout,
  type OciContent,
  type OciDescriptor,
} from './ociContent';
import type { OciManifest, OciRegistry } from './OciRegistry';
import type { RegistryAccess } from './RegistryAccess';
import { RegistryError } from './RegistryError';
import { refusedAnswer, RegistryRequests } from './RegistryRequests';
import { toRegistryError } from './toRegistryError';

interface CallOptions {
  signal?: AbortSignal;
}

/** A registry, spoken to by crane. */
export class CraneRegistry implements OciRegistry {
  readonly #access: RegistryAccess;
  readonly #requests: RegistryRequests;

  constructor(access: RegistryAccess) {
    this.#access = access;
    this.#requests = new RegistryRequests(access);
  }

  repositoryOf(plugin: string): string {
    return this.#access.repositoryOf(plugin);
  }

  async push(
    repository: string,
    content: OciContent,
    options: CallOptions = {},
  ): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'envoy-go-image-'));
    try {
      await writeOciLayout(folder, content);
      const reference = `${repository}@${content.root.digest}`;
      await this.#crane(
        `take ${reference}`,
        ['push', folder, reference],
        options,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async attach(
    repository: string,
    subject: string,
    referrer: OciContent,
    options: CallOptions = {},
  ): Promise<void> {
    await this.push(repository, referrer, options);
    const { digest } = referrer.root;
    const listed = await this.#listed(repository, subject, options);
    if (listed.some(descriptor => descriptor.digest === digest)) {
      return;
    }
    // crane leaves a manifest alone that is there already, and with it the list by tag, which
    // it had no time for when it was interrupted
    const list = `${repository}:${referrersTag(subject)}`;
    await this.#crane(
      `list ${digest} among what refers to ${repository}@${subject}`,
      [
        'index',
        'append',
        ...(listed.length > 0 ? [list] : []),
        '--manifest',
        `${repository}@${digest}`,
        '--tag',
        list,
      ],
      options,
    );
  }

  async digestOf(
    repository: string,
    tag: string,
    options: CallOptions = {},
  ): Promise<string | undefined> {
    const reference = `${repository}:${tag}`;
    const digest = await orUndefined(
      this.#crane(`tell what ${reference} is`, ['digest', reference], options),
    );
    return digest?.trim();
  }

  async tags(repository: string, options: CallOptions = {}): Promise<string[]> {
    const tags = await orUndefined(
      this.#crane(`list tags of ${repository}`, ['ls', repository], options),
    );
    return tags?.split('\n').filter(Boolean) ?? [];
  }

  async tag(
    repository: string,
    digest: string,
    tag: string,
    options: CallOptions = {},
  ): Promise<void> {
    await this.#crane(
      `tag ${repository}@${digest} as ${tag}`,
      ['tag', `${repository}@${digest}`, tag],
      options,
    );
  }

  async untag(
    repository: string,
    tag: string,
    options: CallOptions = {},
  ): Promise<boolean> {
    return this.#delete(`${repository}:${tag}`, options);
  }

  async removeManifest(
    repository: string,
    digest: string,
    options: CallOptions = {},
  ): Promise<boolean> {
    return this.#delete(`${repository}@${digest}`, options);
  }

  async removeBlob(
    repository: string,
    digest: string,
    options: CallOptions = {},
  ): Promise<boolean> {
    const action = `delete the blob ${repository}@${digest}`;
    const answer = await this.#requests.send({
      method: 'DELETE',
      repository,
      path: `blobs/${digest}`,
      action,
      ...options,
    });
    if (answer.ok || answer.status === 404) {
      await answer.arrayBuffer();
      return true;
    }
    if ([400, 401, 403, 405].includes(answer.status)) {
      await answer.arrayBuffer();
      return false;
    }
    throw await refusedAnswer(action, answer);
  }

  async #delete(reference: string, options: CallOptions): Promise<boolean> {
    try {
      await this.#crane(`delete ${reference}`, ['delete', reference], options);
      return true;
    } catch (error) {
      if (error instanceof RegistryError && error.problem === 'unsupported') {
        return false;
      }
      if (error instanceof RegistryError && error.problem === 'not-found') {
        return true;
      }
      throw error;
    }
  }

  async referrers(
    repository: string,
    digest: string,
    options: CallOptions = {},
  ): Promise<OciDescriptor[]> {
    const listed = await this.#listed(repository, digest, options);
    return Promise.all(
      listed.map(async descriptor => {
        // Lists made by tag have no annotations
        const manifest =
          descriptor.artifactType && descriptor.annotations
            ? undefined
            : await this.manifest(repository, descriptor.digest, options);
        return {
          ...descriptor,
          artifactType:
            manifest?.artifactType ??
            descriptor.artifactType ??
            manifest?.config?.mediaType,
          annotations: descriptor.annotations ?? manifest?.annotations ?? {},
        };
      }),
    );
  }

  async describe(
    repository: string,
    digest: string,
    options: CallOptions = {},
  ): Promise<OciDescriptor> {
    const bytes = await this.#manifestBytes(repository, digest, options);
    const { mediaType } = parseManifest(
      bytes.toString('utf8'),
      `${repository}@${digest}`,
    );
    return describeBlob(mediaType ?? OCI_MANIFEST, bytes);
  }

  async manifest(
    repository: string,
    digest: string,
    options: CallOptions = {},
  ): Promise<OciManifest> {
    const bytes = await this.#manifestBytes(repository, digest, options);
    return parseManifest(bytes.toString('utf8'), `${repository}@${digest}`);
  }

  async document(
    repository: string,
    digest: string,
    options: CallOptions = {},
  ): Promise<Buffer> {
    const { layers } = await this.manifest(repository, digest, options);
    if (layers?.length !== 1) {
      throw new RegistryError(
        `${repository}@${digest} holds ${
          layers?.length ?? 0
        } documents, not one; it is none of ours`,
        'refused',
      );
    }
    const reference = `${repository}@${layers[0].digest}`;
    return checkDigest(
      await this.#crane(`give ${reference}`, ['blob', reference], options),
      reference,
    );
  }

  async #manifestBytes(
    repository: string,
    digest: string,
    options: CallOptions,
  ): Promise<Buffer> {
    const reference = `${repository}@${digest}`;
    return checkDigest(
      await this.#crane(
        `give the manifest ${reference}`,
        ['manifest', reference],
        options,
      ),
      reference,
    );
  }

  async #listed(
    repository: string,
    digest: string,
    options: CallOptions,
  ): Promise<OciDescriptor[]> {
    return (
      (await this.#listReferrers(repository, digest, options)) ??
      (await this.#taggedReferrers(repository, digest, options))
    );
  }

  /**
   * Asks the registry itself; `undefined` where it does not list referrers.
   *
   * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
   */
  async #listReferrers(
    repository: string,
    digest: string,
    options: CallOptions,
  ): Promise<OciDescriptor[] | undefined> {
    const action = `list what refers to ${repository}@${digest}`;
    const answer = await this.#requests.send({
      repository,
      path: `referrers/${digest}`,
      accept: [OCI_INDEX],
      action,
      ...options,
    });
    if (answer.status === 404 || answer.status === 400) {
      await answer.arrayBuffer();
      return undefined;
    }
    if (!answer.ok) {
      throw await refusedAnswer(action, answer);
    }
    const text = await answer.text();
    // Registries that do not know the path may answer it with a page
    return answer.headers.get('content-type')?.startsWith(OCI_INDEX)
      ? parseManifest(text, `${repository}@${digest}`).manifests ?? []
      : undefined;
  }

  async #taggedReferrers(
    repository: string,
    digest: string,
    options: CallOptions,
  ): Promise<OciDescriptor[]> {
    const reference = `${repository}:${referrersTag(digest)}`;
    const text = await orUndefined(
      this.#crane(
        `give the manifest ${reference}`,
        ['manifest', reference],
        options,
      ),
    );
    return text ? parseManifest(text, reference).manifests ?? [] : [];
  }

  async #crane(
    action: string,
    args: string[],
    { signal }: CallOptions,
  ): Promise<string> {
    const result = await this.#access.run(
      'crane',
      [...args, ...(this.#access.config.insecure ? ['--insecure'] : [])],
      { signal },
    );
    if (result.code !== 0) {
      throw toRegistryError(action, result.stderr, result.timedOut);
    }
    return result.stdout;
  }
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof RegistryError && error.problem === 'not-found') {
      return undefined;
    }
    throw error;
  }
}

/**
 * Where what refers to a digest is listed, if the registry does not list it itself.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 */
function referrersTag(digest: string): string {
  return digest.replace(':', '-');
}

/** What was asked for by digest, given that it is that. */
function checkDigest(text: string, reference: string): Buffer {
  const bytes = Buffer.from(text);
  if (!reference.endsWith(`@${digestOf(bytes)}`)) {
    throw new RegistryError(
      `What the registry gave as ${reference} is ${digestOf(
        bytes,
      )}; see who changed it`,
      'refused',
    );
  }
  return bytes;
}

function parseManifest(text: string, reference: string): OciManifest {
  try {
    return JSON.parse(text);
  } catch {
    throw new RegistryError(
      `The registry's manifest of ${reference} is not JSON; see what is between us and the registry`,
      'refused',
    );
  }
}
