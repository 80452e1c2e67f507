import type { ReadmePlace } from './placeReadme';

/** Hosts from which GitHub itself serves what people upload; whoever wrote a README learns nothing of who reads it. */
const GITHUB_CONTENT_HOSTS = new Set(
  [
    ...['raw', 'media', 'gist', 'camo', 'avatars', 'user-images'],
    ...['private-user-images', 'repository-images'],
  ].map(name => `${name}.githubusercontent.com`),
);

/**
 * Where an image comes from: `repository` and `github` load by themselves, `foreign` ones only when the reader asks for
 * them, since each tells its host who reads the README, and when.
 */
export type ReadmeImageSource = 'repository' | 'github' | 'foreign';

/** Tells where the image at an absolute address comes from. */
export function readmeImageSource(
  src: string,
  place: ReadmePlace,
): ReadmeImageSource {
  const image = new URL(src);
  const page = new URL(place.url);
  const raw = new URL(place.rawUrl);
  const [, owner, repository] = page.pathname
    .toLocaleLowerCase('en-US')
    .split('/');
  const path = image.pathname.toLocaleLowerCase('en-US');
  const ofRepository = [
    `/${owner}/${repository}/`,
    `/raw/${owner}/${repository}/`,
  ].some(prefix => path.startsWith(prefix));

  if (ofRepository && [page.origin, raw.origin].includes(image.origin)) {
    return 'repository';
  }
  if (
    GITHUB_CONTENT_HOSTS.has(image.host) ||
    // Enterprise Server with subdomain isolation: media.HOST, avatars.HOST …
    (image.host.endsWith(`.${page.host}`) && page.host !== 'github.com') ||
    (image.origin === page.origin &&
      path.startsWith('/user-attachments/assets/'))
  ) {
    return 'github';
  }
  return 'foreign';
}
