/**
 * Whether a release says of itself that nobody should choose it any more, the way Keep a
 * Changelog (https://keepachangelog.com/en/1.1.0/) writes it: `[YANKED]` in the title or in
 * the first line of the notes. What follows it there is the reason.
 */
export function yankOf(release: {
  name?: string;
  notes?: string;
}): { reason?: string } | undefined {
  const [firstLine] = (release.notes ?? '').trimStart().split(/\r?\n/);
  for (const line of [release.name ?? '', firstLine]) {
    const found = /\[YANKED\](.*)$/i.exec(line);
    if (found) {
      return { reason: found[1].replace(/^[\s:–—-]+/, '').trim() || undefined };
    }
  }
  return undefined;
}
