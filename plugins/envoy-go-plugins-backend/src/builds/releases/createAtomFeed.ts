import { escapeXml } from './escapeXml';

/** What is told of a feed. */
export interface AtomFeed {
  /** IRI that never changes. */
  id: string;
  title: string;
  /** Where the feed itself is. */
  selfUrl: string;
  /** The page for people. */
  pageUrl: string;
  /** Newest first. */
  entries: AtomEntry[];
}

/** One version. */
export interface AtomEntry {
  /** IRI that never changes. */
  id: string;
  title: string;
  /** The page for people. */
  url: string;
  /** ISO 8601, UTC. */
  updated: string;
  summary: string;
  author: string;
}

/** When there is nothing yet: Atom wants a time, and this one never changes. */
const NEVER = '1970-01-01T00:00:00.000Z';

/** @see https://www.rfc-editor.org/rfc/rfc4287 */
export function createAtomFeed(feed: AtomFeed): string {
  const updated = feed.entries
    .map(entry => entry.updated)
    .reduce((a, b) => (a > b ? a : b), NEVER);
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    element('id', feed.id),
    element('title', feed.title),
    element('updated', updated),
    `<link rel="self" type="application/atom+xml" href="${escapeXml(
      feed.selfUrl,
    )}"/>`,
    `<link rel="alternate" type="text/html" href="${escapeXml(
      feed.pageUrl,
    )}"/>`,
    ...feed.entries.map(
      entry =>
        `<entry>${[
          element('id', entry.id),
          element('title', entry.title),
          element('updated', entry.updated),
          `<author>${element('name', entry.author)}</author>`,
          `<link rel="alternate" type="text/html" href="${escapeXml(
            entry.url,
          )}"/>`,
          element('summary', entry.summary),
        ].join('')}</entry>`,
    ),
    '</feed>',
    '',
  ].join('\n');
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}
