import { JsonValue } from '@backstage/types';
import {
  forbidden,
  GitHubError,
  notFound,
  validationFailed,
} from '../server/GitHubError';
import { timestamp } from '../server/clock';
import { Issue, IssueComment } from '../state/discussionRecords';
import { permits, Repository } from '../state/repositoryRecords';
import {
  announceComment,
  announceDiscussionChange,
  announceOpened,
} from '../webhooks/announceDiscussion';
import {
  presentComment,
  presentIssue,
  presentLabel,
} from './present/discussion';
import { created, noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

/** The issue of the path. */
export function requireIssue(
  request: RestRequest,
  repository: Repository,
): Issue {
  const issue = request.emulator.discussions.find(
    repository,
    request.number('issue_number'),
  );
  if (!issue) {
    throw notFound();
  }
  return issue;
}

function mayTriage(request: RestRequest, repository: Repository): boolean {
  return permits(
    request.emulator.repositories.permissionOf(repository, request.viewer),
    'triage',
  );
}

/** Ids of accounts by their logins; those that are not known are left out, as GitHub does. */
function accountIds(
  request: RestRequest,
  logins: string[] | undefined,
): number[] | undefined {
  return logins?.flatMap(login => {
    const account = request.emulator.accounts.find(login);
    return account ? [account.id] : [];
  });
}

/** Names of labels, given as texts or as objects with a name. */
function labelNames(
  request: RestRequest,
  field = 'labels',
): string[] | undefined {
  const value = request.body.fields[field];
  if (value === undefined || value === null) {
    return undefined;
  }
  const name = (one: JsonValue | undefined): string => {
    if (typeof one === 'string') {
      return one;
    }
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) {
      return name(one.name);
    }
    throw validationFailed({
      resource: 'Label',
      code: 'invalid',
      field: 'name',
    });
  };
  return Array.isArray(value) ? value.map(name) : [name(value)];
}

/** Issues that the query of a list asks for, in its order. */
function selectIssues(request: RestRequest, issues: Issue[]): Issue[] {
  const { query, emulator } = request;
  const state = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean);
  const creator = query.get('creator');
  const assignee = query.get('assignee');
  const since = query.get('since');
  const sort = query.get('sort') ?? 'created';
  const sign = query.get('direction') === 'asc' ? 1 : -1;
  const login = (id: number) => emulator.accounts.get(id).login;
  return issues
    .filter(
      issue =>
        (state === 'all' || issue.state === state) &&
        labels.every(label =>
          emulator.discussions
            .labelsOf(issue)
            .some(one => one.name.toLowerCase() === label.toLowerCase()),
        ) &&
        (creator === null || login(issue.authorId) === creator) &&
        (assignee === null ||
          (assignee === 'none'
            ? issue.assigneeIds.length === 0
            : issue.assigneeIds.some(
                id => assignee === '*' || login(id) === assignee,
              ))) &&
        (since === null || Date.parse(issue.updatedAt) >= Date.parse(since)),
    )
    .sort((a, b) => {
      switch (sort) {
        case 'updated':
          return sign * a.updatedAt.localeCompare(b.updatedAt);
        case 'comments':
          return (
            sign *
            (emulator.discussions.comments(a).length -
              emulator.discussions.comments(b).length)
          );
        default:
          return sign * (a.createdAt.localeCompare(b.createdAt) || a.id - b.id);
      }
    });
}

function listIssues(request: RestRequest) {
  const repository = request.repository();
  if (!repository.settings.hasIssues) {
    throw new GitHubError(410, 'Issues has been disabled in this repository.');
  }
  return request.paged(
    selectIssues(request, request.emulator.discussions.issues(repository)),
    issue => presentIssue(request.emulator, repository, issue),
  );
}

async function createIssue(request: RestRequest) {
  const repository = request.discussedRepository();
  const { account } = request.signedIn();
  request.requireScope('public_repo');
  if (!repository.settings.hasIssues) {
    throw new GitHubError(410, 'Issues has been disabled in this repository.');
  }
  const title = request.body.fields.title;
  // Labels and assignees of those who may not set them are dropped silently.
  const triages = mayTriage(request, repository);
  const issue = request.emulator.discussions.open(repository, {
    title:
      typeof title === 'number'
        ? String(title)
        : request.body.requiredString('title'),
    body: request.body.string('body'),
    authorId: account.id,
    labels: triages ? labelNames(request) : undefined,
    assigneeIds: triages
      ? accountIds(request, request.body.strings('assignees'))
      : undefined,
  });
  await announceOpened(request.emulator, repository, issue, account);
  return created(presentIssue(request.emulator, repository, issue));
}

async function changeIssue(request: RestRequest) {
  const repository = request.discussedRepository();
  const { account } = request.signedIn();
  const issue = requireIssue(request, repository);
  const triages = mayTriage(request, repository);
  if (!triages && issue.authorId !== account.id) {
    throw forbidden('Must have admin rights to Repository.');
  }
  const { body } = request;
  const changed = request.emulator.discussions.change(
    repository,
    issue,
    {
      title: body.string('title'),
      body: body.string('body'),
      state: body.oneOf('state', ['open', 'closed']),
      stateReason: body.oneOf('state_reason', [
        'completed',
        'not_planned',
        'duplicate',
        'reopened',
      ]),
      labels: triages ? labelNames(request) : undefined,
      assigneeIds: triages
        ? accountIds(request, body.strings('assignees'))
        : undefined,
    },
    account.id,
  );
  await announceDiscussionChange(
    request.emulator,
    repository,
    issue,
    changed,
    account,
  );
  return ok(presentIssue(request.emulator, repository, changed));
}

function createComment(request: RestRequest) {
  const repository = request.discussedRepository();
  const { account } = request.signedIn();
  request.requireScope('public_repo');
  const issue = requireIssue(request, repository);
  const comment = request.emulator.discussions.comment(issue, {
    authorId: account.id,
    body: request.body.requiredString('body'),
  });
  announceComment(
    request.emulator,
    repository,
    requireIssue(request, repository),
    comment,
    account,
    { action: 'created' },
  );
  return created(presentComment(request.emulator, repository, issue, comment));
}

/** Comments that were changed since the time that a query names, oldest first. */
function changedSince(
  request: RestRequest,
  comments: IssueComment[],
): IssueComment[] {
  const since = Date.parse(request.query.get('since') ?? '');
  return Number.isNaN(since)
    ? comments
    : comments.filter(({ updatedAt }) => Date.parse(updatedAt) >= since);
}

/** All comments of a repository, by their ids unless asked for otherwise. */
function listComments(request: RestRequest) {
  const repository = request.repository();
  const { discussions } = request.emulator;
  const sort = request.query.get('sort');
  const sign =
    sort !== null && request.query.get('direction') !== 'asc' ? -1 : 1;
  const keyOf = ({ createdAt, updatedAt }: IssueComment) =>
    sort === 'updated' ? updatedAt : createdAt;
  const found = discussions
    .issues(repository)
    .flatMap(issue =>
      changedSince(request, discussions.comments(issue)).map(comment => ({
        issue,
        comment,
      })),
    )
    .sort((a, b) => a.comment.id - b.comment.id);
  if (sort !== null) {
    found.sort(
      (a, b) => sign * keyOf(a.comment).localeCompare(keyOf(b.comment)),
    );
  }
  return request.paged(found, ({ issue, comment }) =>
    presentComment(request.emulator, repository, issue, comment),
  );
}

function findComment(
  request: RestRequest,
  repository: Repository,
): { issue: Issue; comment: IssueComment } {
  const { comments, issues } = request.emulator.store.collections;
  const comment = comments.get(request.number('comment_id'));
  const issue = comment && issues.get(comment.issueId);
  if (!comment || !issue || comment.repositoryId !== repository.id) {
    throw notFound();
  }
  return { issue, comment };
}

/** Refuses those who neither wrote a comment nor may write to its repository. */
function ownComment(request: RestRequest) {
  const repository = request.discussedRepository();
  const { account } = request.signedIn();
  const found = findComment(request, repository);
  const { repositories } = request.emulator;
  if (
    found.comment.authorId !== account.id &&
    !permits(repositories.permissionOf(repository, request.viewer), 'write')
  ) {
    throw forbidden('Must have admin rights to Repository.');
  }
  return { repository, account, ...found };
}

async function setLabels(
  request: RestRequest,
  combine: (before: string[], given: string[]) => string[],
) {
  const repository = request.repository('triage');
  const { account } = request.signedIn();
  const issue = requireIssue(request, repository);
  const { discussions } = request.emulator;
  const before = discussions.labelsOf(issue).map(label => label.name);
  const given = labelNames(request) ?? labelNames(request, '') ?? [];
  const changed = discussions.change(
    repository,
    issue,
    { labels: [...new Set(combine(before, given))] },
    account.id,
  );
  await announceDiscussionChange(
    request.emulator,
    repository,
    issue,
    changed,
    account,
  );
  return ok(
    discussions
      .labelsOf(changed)
      .map(label => presentLabel(request.emulator, repository, label)),
  );
}

async function setAssignees(
  request: RestRequest,
  combine: (before: number[], given: number[]) => number[],
) {
  const repository = request.repository('triage');
  const { account } = request.signedIn();
  const issue = requireIssue(request, repository);
  const given = accountIds(request, request.body.strings('assignees')) ?? [];
  const changed = request.emulator.discussions.change(
    repository,
    issue,
    { assigneeIds: [...new Set(combine(issue.assigneeIds, given))] },
    account.id,
  );
  await announceDiscussionChange(
    request.emulator,
    repository,
    issue,
    changed,
    account,
  );
  return presentIssue(request.emulator, repository, changed);
}

/** Issues, their comments, and labels. */
export const issueRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/issues', listIssues),
  route('POST', '/repos/{owner}/{repo}/issues', createIssue),
  route('GET', '/repos/{owner}/{repo}/issues/{issue_number}', request => {
    const repository = request.repository();
    return ok(
      presentIssue(
        request.emulator,
        repository,
        requireIssue(request, repository),
      ),
    );
  }),
  route('PATCH', '/repos/{owner}/{repo}/issues/{issue_number}', changeIssue),
  route(
    'GET',
    '/repos/{owner}/{repo}/issues/{issue_number}/comments',
    request => {
      const repository = request.repository();
      const issue = requireIssue(request, repository);
      return request.paged(
        changedSince(request, request.emulator.discussions.comments(issue)),
        comment => presentComment(request.emulator, repository, issue, comment),
      );
    },
  ),
  route(
    'POST',
    '/repos/{owner}/{repo}/issues/{issue_number}/comments',
    createComment,
  ),
  route('GET', '/repos/{owner}/{repo}/issues/comments', listComments),
  route(
    'GET',
    '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    request => {
      const repository = request.repository();
      const { issue, comment } = findComment(request, repository);
      return ok(presentComment(request.emulator, repository, issue, comment));
    },
  ),
  route(
    'PATCH',
    '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    request => {
      const { repository, account, issue, comment } = ownComment(request);
      const { store, clock } = request.emulator;
      const changed = store.collections.comments.update(comment.id, {
        body: request.body.requiredString('body'),
        updatedAt: timestamp(clock()),
      });
      if (changed.body !== comment.body) {
        announceComment(request.emulator, repository, issue, changed, account, {
          action: 'edited',
          before: comment.body,
        });
      }
      return ok(presentComment(request.emulator, repository, issue, changed));
    },
  ),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    request => {
      const { repository, account, issue, comment } = ownComment(request);
      request.emulator.store.collections.comments.delete(comment.id);
      announceComment(request.emulator, repository, issue, comment, account, {
        action: 'deleted',
      });
      return noContent();
    },
  ),
  route(
    'GET',
    '/repos/{owner}/{repo}/issues/{issue_number}/labels',
    request => {
      const repository = request.repository();
      return request.paged(
        request.emulator.discussions.labelsOf(
          requireIssue(request, repository),
        ),
        label => presentLabel(request.emulator, repository, label),
      );
    },
  ),
  route('POST', '/repos/{owner}/{repo}/issues/{issue_number}/labels', request =>
    setLabels(request, (before, given) => [...before, ...given]),
  ),
  route('PUT', '/repos/{owner}/{repo}/issues/{issue_number}/labels', request =>
    setLabels(request, (_, given) => given),
  ),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}',
    request =>
      setLabels(request, before => {
        const name = request.params.name.toLowerCase();
        const left = before.filter(one => one.toLowerCase() !== name);
        if (left.length === before.length) {
          throw new GitHubError(404, 'Label does not exist');
        }
        return left;
      }),
  ),
  route(
    'POST',
    '/repos/{owner}/{repo}/issues/{issue_number}/assignees',
    async request =>
      created(
        await setAssignees(request, (before, given) => [...before, ...given]),
      ),
  ),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/issues/{issue_number}/assignees',
    async request =>
      ok(
        await setAssignees(request, (before, given) =>
          before.filter(id => !given.includes(id)),
        ),
      ),
  ),
  route('GET', '/repos/{owner}/{repo}/labels', request => {
    const repository = request.repository();
    return request.paged(
      request.emulator.discussions.labels(repository),
      label => presentLabel(request.emulator, repository, label),
    );
  }),
  route('POST', '/repos/{owner}/{repo}/labels', request => {
    const repository = request.repository('triage');
    const { body } = request;
    const color = body.string('color')?.replace(/^#/, '');
    if (color !== undefined && !/^[0-9a-f]{6}$/i.test(color)) {
      throw validationFailed({
        resource: 'Label',
        code: 'invalid',
        field: 'color',
      });
    }
    const label = request.emulator.discussions.createLabel(repository, {
      name: body.requiredString('name'),
      color,
      description: body.string('description'),
    });
    return created(presentLabel(request.emulator, repository, label));
  }),
  route('GET', '/repos/{owner}/{repo}/labels/{name}', request => {
    const repository = request.repository();
    const label = request.emulator.discussions.findLabel(
      repository,
      request.params.name,
    );
    if (!label) {
      throw notFound();
    }
    return ok(presentLabel(request.emulator, repository, label));
  }),
];
