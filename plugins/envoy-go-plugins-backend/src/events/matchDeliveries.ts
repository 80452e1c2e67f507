import type { DeliveryQuery } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';

const SEARCHED = [
  'delivery_id',
  'event',
  'action',
  'repository',
  'error',
  'body',
] as const;

/** Leaves of the deliveries those that match a query. */
export function matchDeliveries(
  deliveries: Knex.QueryBuilder,
  query: DeliveryQuery,
  { isPostgres }: { isPostgres: boolean },
): void {
  const { text = '', event, state, repository, from, to } = query;
  // SQLite's own LIKE makes no difference of case
  const like = isPostgres ? 'ilike' : 'like';
  for (const word of text.split(/\s+/).filter(part => part !== '')) {
    const pattern = `%${word.replaceAll('\0', '').replace(/[\\%_]/g, '\\$&')}%`;
    deliveries.andWhere(anyOf => {
      for (const column of SEARCHED) {
        anyOf.orWhereRaw(`?? ${like} ? escape '\\'`, [column, pattern]);
      }
    });
  }
  if (event && event.length > 0) {
    deliveries.whereIn('event', event);
  }
  if (state && state.length > 0) {
    deliveries.whereIn('state', state);
  }
  if (repository !== undefined) {
    deliveries.whereRaw('lower(repository) = ?', [
      repository.toLocaleLowerCase('en-US'),
    ]);
  }
  if (from !== undefined) {
    deliveries.where('received_at', '>=', toStored(from));
  }
  if (to !== undefined) {
    deliveries.where('received_at', '<', toStored(to));
  }
}

/** Times are compared as they are stored: in UTC, with milliseconds. */
function toStored(time: string): string {
  return new Date(time).toISOString();
}
