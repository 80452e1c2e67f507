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

/** The words of a search; each must occur. Repeated words are dropped. */
export function searchWords(text: string | undefined): string[] {
  const words = normalizeText(text ?? '')
    .split(/\s+/)
    .filter(Boolean);
  return [...new Set(words)].sort();
}

/**
 * What a search looks into. The parts are on lines of their own, so that no word, which
 * never has a line break, is found across two of them.
 */
export function searchTextOf(entity: EnvoyGoPluginEntity): string {
  const { metadata, spec } = entity;
  return [
    metadata.name,
    metadata.title,
    metadata.description,
    ...(metadata.tags ?? []),
    spec.category,
    spec.filterName,
  ]
    .filter(part => part !== undefined)
    .map(normalizeText)
    .join('\n');
}
