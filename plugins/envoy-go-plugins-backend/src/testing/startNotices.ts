import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { createNotices } from '../notices';
import { waitFor } from './waitFor';

/** A notification that was sent. */
export interface Told {
  /** Entity refs, with commas. */
  to: string;
  title: string;
  text: string;
  link?: string;
}

/** Tells people from a test's database, and remembers what they were told. */
export function startNotices(options: {
  db: Knex;
  ownerOf?: (entityRef: string) => Promise<string | undefined>;
  logger: LoggerService;
  now: () => Date;
  /** Whether it sends what it takes; default: true. */
  sends?: boolean;
}) {
  const { db } = options;
  const told: Told[] = [];
  const notices = createNotices({
    ...options,
    notifications: {
      send: async ({ recipients, payload }) => {
        told.push({
          to:
            recipients.type === 'entity'
              ? [recipients.entityRef].flat().join(', ')
              : 'all',
          title: payload.title,
          text: payload.description ?? '',
          link: payload.link,
        });
      },
    },
    ownerOf: options.ownerOf ?? (async () => undefined),
    pace: { pollMs: 50 },
  });
  if (options.sends ?? true) {
    notices.sender.start();
  }
  return {
    notices,
    told,
    /** Waits until nobody is to be told anything. */
    allTold: () =>
      waitFor(async () => {
        const waiting = await db('notices').select('notice');
        if (waiting.length > 0) {
          throw new Error(`Not told: ${JSON.stringify(waiting)}`);
        }
      }),
    stop: () => notices.sender.stop(),
  };
}
