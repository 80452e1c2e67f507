import type { EnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/**
 * Brings text into the one form in which it is searched and ordered: without accents and in lower case, whatever the locale of the process or the database.
 */
export function normalizeText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{Mark}\0]/gu, '')
    .toLocaleLowerCase('en-US');
}

/**
 * The words of a search; each must occur. Repeated words are dropped. The longest, which
 * most plugins lack, comes first, so that the others are mostly not even looked for.
 */
export function searchWords(text: string | undefined): string[] {
  return [...new Set(wordsOf(text ?? ''))].sort(
    (a, b) => b.length - a.length || Number(a > b) - Number(a < b),
  );
}

/**
 * What a search looks into. A word of a search has no spaces, and so is found in a word
 * of the text or not at all: it is enough to keep each word once, and those not at all
 * that are part of another.
 */
export function searchTextOf(entity: EnvoyGoPluginEntity): string {
  const { metadata, spec } = entity;
  const longestFirst = searchWords(
    [
      metadata.name,
      metadata.title,
      metadata.description,
      ...(metadata.tags ?? []),
      spec.category,
      spec.filterName,
    ].join(' '),
  );
  return longestFirst.reduce(
    (text, word) => (text.includes(word) ? text : `${text} ${word}`),
    '',
  );
}

function wordsOf(text: string): string[] {
  return normalizeText(text).split(/\s+/).filter(Boolean);
}
