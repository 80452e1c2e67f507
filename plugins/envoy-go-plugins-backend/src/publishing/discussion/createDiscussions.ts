import { randomUUID } from 'node:crypto';
import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { Knex } from 'knex';
import type { RecordIn } from '../../audit';
import type { DeliveryHandlers } from '../../events';
import type { GitHubDoor } from '../../github';
import type { KnownPeople } from '../../people';
import type { OpenPages } from '../../signals';
import type { PublishNotifier } from '../PublishNotifier';
import type { PublishRequestStore } from '../PublishRequestStore';
import { DatabaseDiscussionStore } from './DatabaseDiscussionStore';
import { DiscussionIssues } from './DiscussionIssues';
import { DiscussionMirror } from './DiscussionMirror';
import { DiscussionReader } from './DiscussionReader';
import { DiscussionReconciler } from './DiscussionReconciler';
import { followDiscussions } from './followDiscussions';
import { GitHubPeople } from './GitHubPeople';

/** How requests are discussed in issues, too. */
export interface Discussions {
  mirror: DiscussionMirror;
  reconciler: DiscussionReconciler;
}

/** Puts together how requests are discussed in issues of a repository, too. */
export function createDiscussions(options: {
  db: Knex;
  door: GitHubDoor;
  host: string;
  organization: string;
  /** In the organisation. */
  repository: string;
  /** Of the portal's pages. */
  portalUrl: string;
  requests: Pick<PublishRequestStore, 'get'>;
  catalog: CatalogService;
  auth: AuthService;
  known: KnownPeople;
  notifier: PublishNotifier;
  pages: OpenPages;
  /** By which it hears of what people write. */
  handlers: DeliveryHandlers;
  recordIn: RecordIn;
  logger: LoggerService;
  now: () => Date;
  leaseMs?: number;
  pollMs?: number;
}): Discussions {
  const { db, requests, known, pages, handlers, logger, now } = options;
  const store = new DatabaseDiscussionStore({
    db,
    recordIn: options.recordIn,
  });
  const issues = new DiscussionIssues({ ...options, lane: 'urgent' });
  const people = new GitHubPeople(options);
  const mirror = new DiscussionMirror({
    id: randomUUID(),
    store,
    requests,
    issues,
    people: known,
    portalUrl: options.portalUrl,
    pages,
    logger,
    now,
    leaseMs: options.leaseMs,
    pollMs: options.pollMs,
  });
  const readerOf = (source: DiscussionIssues) =>
    new DiscussionReader({
      store,
      requests,
      issues: source,
      people,
      notifier: options.notifier,
      pages,
      logger,
      onNotice: () => mirror.wake(),
      now,
    });
  followDiscussions(handlers, readerOf(issues));
  const sweep = new DiscussionIssues({ ...options, lane: 'sweep' });
  return {
    mirror,
    reconciler: new DiscussionReconciler({
      store,
      issues: sweep,
      reader: readerOf(sweep),
      logger,
      now,
    }),
  };
}
