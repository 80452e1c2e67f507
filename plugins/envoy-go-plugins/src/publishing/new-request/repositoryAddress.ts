/**
 * The address of a repository out of what somebody pasted: a page of it, what `git clone` takes, or `OWNER/NAME`.
 *
 * @returns such as `https://github.com/jo/token-auth`; `undefined` for what names no repository
 */
export function repositoryAddress(
  pasted: string,
  defaultHost: string,
): string | undefined {
  const text = pasted
    .trim()
    .replace(/^git@([^:/]+):/, 'https://$1/')
    .replace(/^(ssh:\/\/git@|git:\/\/)/, 'https://');
  const address = /^[\w.-]+\/[\w.-]+$/.test(text)
    ? `https://${defaultHost}/${text}`
    : text;
  let url: URL;
  try {
    url = new URL(
      /^https?:\/\//i.test(address) ? address : `https://${address}`,
    );
  } catch {
    return undefined;
  }
  const [owner, name] = url.pathname.split('/').filter(Boolean);
  const repository = name?.replace(/\.git$/, '');
  if (!owner || !repository || url.username || url.password) {
    return undefined;
  }
  return `${url.protocol}//${url.host}/${owner}/${repository}`;
}
