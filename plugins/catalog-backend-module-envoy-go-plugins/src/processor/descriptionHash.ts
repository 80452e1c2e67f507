import type { Entity } from '@backstage/catalog-model';
import { createHash } from 'node:crypto';

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]);
  }
  return value;
}

/**
 * A short name for what a description says: the same for an entity on its way into the
 * catalog and for the one that the catalog serves afterwards, whatever the order of fields.
 */
export function descriptionHash(entity: Entity): string {
  const { uid: _uid, etag: _etag, ...metadata } = entity.metadata;
  return createHash('sha256')
    .update(JSON.stringify(sorted({ metadata, spec: entity.spec })))
    .digest('base64');
}
