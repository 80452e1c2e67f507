import {
  digestOf,
  OCI_INDEX,
  OCI_MANIFEST,
  refusedAnswer,
  RegistryError,
  type RegistryRequests,
} from '../artifacts';
import type { Manifest } from './KeptManifests';

interface CallOptions {
  signal?: AbortSignal;
}

const MANIFEST_TYPES = [
  OCI_INDEX,
  OCI_MANIFEST,
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** A registry has no more pages of tags than that of one image. */
const MOST_PAGES = 1000;

/** Manifests of a registry, byte by byte. All methods throw `RegistryError`. */
export class RegistryManifests {
  readonly #requests: RegistryRequests;

  constructor(requests: RegistryRequests) {
    this.#requests = requests;
  }

  /** @param reference - a tag or a digest */
  async get(
    repository: string,
    reference: string,
    options: CallOptions = {},
  ): Promise<Manifest | undefined> {
    const action = `give the manifest ${repository} ${reference}`;
    const answer = await this.#requests.send({
      repository,
      path: `manifests/${reference}`,
      accept: MANIFEST_TYPES,
      action,
      ...options,
    });
    if (answer.status === 404) {
      await answer.arrayBuffer();
      return undefined;
    }
    if (!answer.ok) {
      throw await refusedAnswer(action, answer);
    }
    const bytes = Buffer.from(await answer.arrayBuffer());
    const digest = digestOf(bytes);
    if (reference.includes(':') && reference !== digest) {
      throw new RegistryError(
        `What the registry gave as ${repository}@${reference} is ${digest}; see who changed it`,
        'refused',
      );
    }
    return {
      digest,
      mediaType:
        answer.headers.get('content-type')?.split(';')[0] ?? OCI_MANIFEST,
      content: bytes.toString('utf8'),
    };
  }

  /** @param reference - a tag, or the manifest's digest */
  async put(
    repository: string,
    reference: string,
    manifest: Manifest,
    options: CallOptions = {},
  ): Promise<void> {
    const action = `take the manifest ${repository} ${reference}`;
    const answer = await this.#requests.send({
      method: 'PUT',
      repository,
      path: `manifests/${reference}`,
      contentType: manifest.mediaType,
      body: manifest.content,
      action,
      ...options,
    });
    if (!answer.ok) {
      throw await refusedAnswer(action, answer);
    }
    await answer.arrayBuffer();
  }

  /** Whether a blob or manifest is there. */
  async has(
    repository: string,
    kind: 'blobs' | 'manifests',
    digest: string,
    options: CallOptions = {},
  ): Promise<boolean> {
    const action = `tell whether it has ${repository}@${digest}`;
    const answer = await this.#requests.send({
      method: 'HEAD',
      repository,
      path: `${kind}/${digest}`,
      ...(kind === 'manifests' && { accept: MANIFEST_TYPES }),
      action,
      ...options,
    });
    if (answer.status === 404) {
      return false;
    }
    if (!answer.ok) {
      throw await refusedAnswer(action, answer);
    }
    return true;
  }

  /** All tags of an image; none where it is not there. */
  async tags(
    repository: string,
    options: CallOptions = {},
  ): Promise<Set<string>> {
    const action = `list tags of ${repository}`;
    const tags = new Set<string>();
    let path: string | undefined = 'tags/list';
    for (let page = 0; path !== undefined && page < MOST_PAGES; page += 1) {
      const answer: Response = await this.#requests.send({
        repository,
        path,
        action,
        ...options,
      });
      if (answer.status === 404) {
        await answer.arrayBuffer();
        return tags;
      }
      if (!answer.ok) {
        throw await refusedAnswer(action, answer);
      }
      const listed: { tags?: string[] | null } = await answer.json();
      listed.tags?.forEach(tag => tags.add(tag));
      const next = /<[^>]*\/(tags\/list\?[^>]*)>; *rel="?next/.exec(
        answer.headers.get('link') ?? '',
      );
      path = next?.[1];
    }
    return tags;
  }
}
