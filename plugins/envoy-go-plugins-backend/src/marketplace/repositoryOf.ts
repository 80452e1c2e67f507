import {
  ANNOTATION_LOCATION,
  ANNOTATION_SOURCE_LOCATION,
  type Entity,
  parseLocationRef,
} from '@backstage/catalog-model';
import { isGitHubName } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Where a repository is, or was: names change. */
export interface RepositoryLocation {
  /** `github.com`, or the host of a GitHub Enterprise, with its port if it has one. */
  host: string;
  owner: string;
  name: string;
}

/** The annotation that Backstage's GitHub plugins use, too: `ORG/NAME`. */
const ANNOTATION_PROJECT_SLUG = 'github.com/project-slug';

/** Where a slug lives when nothing says otherwise. */
const DEFAULT_HOST = 'github.com';

/**
 * Where on GitHub an entity's repository is: owner and name as the annotation
 * `github.com/project-slug` says, the host from where the entity was read. Without that
 * annotation, owner and name are also taken from there.
 *
 * @param integrates - whether a host is a GitHub that the portal integrates
 * @returns `undefined` when the entity is in no repository of such a host, or what names it
 *   cannot be the name of one
 */
export function repositoryOf(
  entity: Entity,
  integrates: (host: string) => boolean,
): RepositoryLocation | undefined {
  const annotations = entity.metadata.annotations ?? {};
  const source = [
    annotations[ANNOTATION_SOURCE_LOCATION],
    annotations[ANNOTATION_LOCATION],
  ]
    .map(urlOfLocation)
    .find(url => url && integrates(url.host));
  const slug =
    annotations[ANNOTATION_PROJECT_SLUG] ?? source?.pathname.replace(/^\//, '');
  const host = source?.host ?? DEFAULT_HOST;
  const [owner = '', path = ''] = slug?.split('/') ?? [];
  const name = path.replace(/\.git$/, '');
  if (!isGitHubName(owner) || !isGitHubName(name) || !integrates(host)) {
    return undefined;
  }
  return { host, owner, name };
}

function urlOfLocation(location: string | undefined): URL | undefined {
  try {
    const { type, target } = parseLocationRef(location ?? '');
    return type === 'url' ? new URL(target) : undefined;
  } catch {
    // An annotation that somebody wrote by hand says nothing about the host then
    return undefined;
  }
}

/** What tells locations apart: GitHub does not distinguish upper and lower case. */
export function locationKey(location: RepositoryLocation): string {
  const { host, owner, name } = location;
  return `${host}/${owner}/${name}`.toLocaleLowerCase('en-US');
}

/** The location of which {@link locationKey} made a key, in lower case. */
export function locationOfKey(key: string): RepositoryLocation {
  const [host, owner, name] = key.split('/');
  return { host, owner, name };
}
