const LINK_PROTOCOLS = new Set(['http:', 'https:', 'mailto:']);
const IMAGE_PROTOCOLS = new Set(['http:', 'https:']);

/** Folders, besides the root, in which GitHub looks for a README. */
const README_FOLDERS = /\/(docs|\.github)\/[^/]*$/;

function resolve(
  address: string,
  base: string,
  protocols: ReadonlySet<string>,
): string {
  // What sanitising took away comes empty, and must not become a link to the page itself.
  if (address === '') {
    return '';
  }
  let url: URL;
  try {
    if (/^\/(?!\/)/.test(address)) {
      const root = base.replace(README_FOLDERS, '/');
      url = new URL(`.${address}`, root);
    } else {
      url = new URL(address, base);
    }
  } catch {
    return '';
  }
  return protocols.has(url.protocol) ? url.href : '';
}

/**
 * Where a link of a README leads: relative ones to the file's neighbours on GitHub, those that begin with a slash to
 * the repository's root, as GitHub itself resolves them
 * (https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-readmes#relative-links-and-image-paths-in-markdown-files).
 * A README is untrusted: whatever is not http, https or mailto leads nowhere and comes back empty.
 */
export function resolveReadmeLink(href: string, readmeUrl: string): string {
  return resolve(href, readmeUrl, LINK_PROTOCOLS);
}

/** Where an image of a README is, relative to the raw file. Whatever is not http or https comes back empty. */
export function resolveReadmeImage(src: string, rawUrl: string): string {
  return resolve(src, rawUrl, IMAGE_PROTOCOLS);
}

/**
 * The anchor that GitHub gives a heading: lower case, punctuation gone, spaces as hyphens.
 */
export function headingAnchor(heading: string): string {
  return heading
    .trim()
    .toLocaleLowerCase('en-US')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
