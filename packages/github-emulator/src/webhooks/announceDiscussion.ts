import { JsonObject } from '@backstage/types';
import { Emulator } from '../Emulator';
import { presentLabel } from '../rest/present/discussion';
import { Account } from '../state/accountRecords';
import { Issue, IssueComment } from '../state/discussionRecords';
import { isPullRequest, PullRequestIssue } from '../state/Discussions';
import { Repository } from '../state/repositoryRecords';
import { announce, listeners } from './announce';
import {
  webhookComment,
  webhookIssue,
  webhookPullRequest,
  webhookUser,
} from './payloads';

/** What happened to an issue or a pull request. */
interface DiscussionEvent {
  action: string;
  fields?: JsonObject;
}

/** Tells that an issue or a pull request was opened. */
export async function announceOpened(
  emulator: Emulator,
  repository: Repository,
  issue: Issue,
  sender: Account,
): Promise<void> {
  await tell(emulator, repository, issue, sender, [
    { action: 'opened' },
    ...collections(emulator, repository, undefined, issue),
  ]);
}

/** Tells what is different about an issue or a pull request; one change can be several events. */
export async function announceDiscussionChange(
  emulator: Emulator,
  repository: Repository,
  before: Issue,
  after: Issue,
  sender: Account,
): Promise<void> {
  const events: DiscussionEvent[] = [];
  const isPull = isPullRequest(before) && isPullRequest(after);
  const changes: JsonObject = {
    // GitHub's schema has no change of title for issues, only for pull requests.
    ...(isPull &&
      before.title !== after.title && { title: { from: before.title } }),
    ...(before.body !== after.body && { body: { from: before.body ?? '' } }),
    ...(isPull &&
      before.pull.baseBranch !== after.pull.baseBranch && {
        base: {
          ref: { from: before.pull.baseBranch },
          sha: { from: before.pull.baseSha },
        },
      }),
  };
  if (before.title !== after.title || Object.keys(changes).length > 0) {
    events.push({ action: 'edited', fields: { changes } });
  }
  events.push(...collections(emulator, repository, before, after));
  if (isPull && before.pull.headSha !== after.pull.headSha) {
    events.push({
      action: 'synchronize',
      fields: { before: before.pull.headSha, after: after.pull.headSha },
    });
  }
  if (before.state !== after.state) {
    events.push({ action: after.state === 'closed' ? 'closed' : 'reopened' });
  }
  await tell(emulator, repository, after, sender, events);
}

/** Tells what happened to a comment. */
export function announceComment(
  emulator: Emulator,
  repository: Repository,
  issue: Issue,
  comment: IssueComment,
  sender: Account,
  event: { action: 'created' | 'edited' | 'deleted'; before?: string },
): void {
  announce(emulator, { repository }, sender, {
    name: 'issue_comment',
    action: event.action,
    fields: () => ({
      issue: webhookIssue(emulator, repository, issue),
      comment: webhookComment(emulator, repository, issue, comment),
      ...(event.before !== undefined && {
        changes: { body: { from: event.before } },
      }),
    }),
  });
}

/** What came to, or left, the labels, the assignees and those who are asked for a review. */
function collections(
  emulator: Emulator,
  repository: Repository,
  before: Issue | undefined,
  after: Issue,
): DiscussionEvent[] {
  const events: DiscussionEvent[] = [];
  const compare = (
    from: number[] | undefined,
    to: number[] | undefined,
    names: { added: string; removed?: string },
    present: (id: number) => JsonObject | undefined,
  ) => {
    const add = (action: string | undefined, id: number) => {
      const fields = present(id);
      if (action && fields) {
        events.push({ action, fields });
      }
    };
    (from ?? [])
      .filter(id => !to?.includes(id))
      .forEach(id => add(names.removed, id));
    (to ?? [])
      .filter(id => !from?.includes(id))
      .forEach(id => add(names.added, id));
  };
  compare(
    before?.labelIds,
    after.labelIds,
    { added: 'labeled', removed: 'unlabeled' },
    id => {
      const label = emulator.store.collections.labels.get(id);
      return label && { label: presentLabel(emulator, repository, label) };
    },
  );
  const user = (id: number) => webhookUser(emulator, emulator.accounts.get(id));
  compare(
    before?.assigneeIds,
    after.assigneeIds,
    { added: 'assigned', removed: 'unassigned' },
    id => ({ assignee: user(id) }),
  );
  compare(
    before?.pull?.requestedReviewerIds,
    after.pull?.requestedReviewerIds,
    { added: 'review_requested' },
    id => ({ requested_reviewer: user(id) }),
  );
  return events;
}

async function tell(
  emulator: Emulator,
  repository: Repository,
  issue: Issue,
  sender: Account,
  events: DiscussionEvent[],
): Promise<void> {
  const name = issue.pull ? 'pull_request' : 'issues';
  if (
    events.length === 0 ||
    listeners(emulator, { repository }, name).length === 0
  ) {
    return;
  }
  const presented = isPullRequest(issue)
    ? await presentPull(emulator, repository, issue)
    : { issue: webhookIssue(emulator, repository, issue) };
  for (const { action, fields } of events) {
    announce(emulator, { repository }, sender, {
      name,
      action,
      fields: () => ({ ...presented, ...fields }),
    });
  }
}

async function presentPull(
  emulator: Emulator,
  repository: Repository,
  issue: PullRequestIssue,
): Promise<JsonObject> {
  return {
    number: issue.number,
    pull_request: await webhookPullRequest(emulator, repository, issue),
  };
}
