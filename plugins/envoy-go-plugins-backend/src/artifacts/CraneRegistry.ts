import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isError } from '@backstage/errors';
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
import { toRegistryError } from './toRegistryError';

const REFERRERS_TIMEOUT_MS = 30_000;

interface CallOptions {
  signal?: AbortSignal;
}

/** A registry, spoken to by crane. */
export class CraneRegistry implements OciRegistry {
  readonly #access: RegistryAccess;

  constructor(access: RegistryAccess) {
    this.#access = access;
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
    const path = `/v2/${this.#nameOf(repository)}/blobs/${digest}`;
    const basic = this.#access.basicCredentials();
    const response = await this.#fetch(
      'DELETE',
      path,
      basic && `Basic ${basic}`,
      action,
      options,
    );
    await response.body?.cancel();
    if (response.ok || response.status === 404) {
      return true;
    }
    // crane gets no tokens that allow to delete blobs
    if ([400, 401, 403, 405].includes(response.status)) {
      return false;
    }
    throw toRegistryError(
      action,
      `unexpected status code ${response.status} ${response.statusText}`,
    );
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
    const path = `/v2/${this.#nameOf(repository)}/referrers/${digest}`;
    const action = `list what refers to ${repository}@${digest}`;
    let response = await this.#fetch('GET', path, undefined, action, options);
    if (response.status === 401) {
      const challenge = response.headers.get('www-authenticate') ?? '';
      response = await this.#fetch(
        'GET',
        path,
        await this.#authorization(repository, challenge, options),
        action,
        options,
      );
    }
    if (response.status === 404 || response.status === 400) {
      return undefined;
    }
    const text = await response.text();
    if (!response.ok) {
      throw toRegistryError(
        action,
        `unexpected status code ${response.status} ${response.statusText}`,
      );
    }
    // Registries that do not know the path may answer it with a page
    return response.headers.get('content-type')?.startsWith(OCI_INDEX)
      ? parseManifest(text, `${repository}@${digest}`).manifests ?? []
      : undefined;
  }

  /** Without the host. */
  #nameOf(repository: string): string {
    return repository.slice(this.#access.host.length + 1);
  }

  async #fetch(
    method: 'GET' | 'DELETE',
    path: string,
    authorization: string | undefined,
    action: string,
    options: CallOptions,
  ): Promise<Response> {
    const timeout = AbortSignal.timeout(REFERRERS_TIMEOUT_MS);
    try {
      return await fetch(`${this.#scheme()}://${this.#access.host}${path}`, {
        method,
        headers: {
          accept: OCI_INDEX,
          ...(authorization !== undefined && { authorization }),
        },
        signal: options.signal
          ? AbortSignal.any([options.signal, timeout])
          : timeout,
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      const cause =
        isError(error) && isError(error.cause) ? error.cause.message : '';
      throw toRegistryError(
        action,
        `${cause || String(error)} (network is unreachable)`,
      );
    }
  }

  async #authorization(
    repository: string,
    challenge: string,
    options: CallOptions,
  ): Promise<string | undefined> {
    if (/^bearer/i.test(challenge)) {
      const answer = await this.#crane(
        `give a token for ${repository}`,
        ['auth', 'token', '--header', repository],
        options,
      );
      return answer.replace(/^Authorization: /, '').trim();
    }
    const basic = this.#access.basicCredentials();
    return basic && `Basic ${basic}`;
  }

  /** As crane decides it: plain HTTP for this machine, and where insecure was asked for. */
  #scheme(): 'http' | 'https' {
    return this.#access.config.insecure ||
      /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(this.#access.host)
      ? 'http'
      : 'https';
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
