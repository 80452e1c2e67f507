import {
  GitHubError,
  notFound,
  unprocessable,
  validationFailed,
} from '../server/GitHubError';
import { isPullRequest, PullRequestIssue } from '../state/Discussions';
import { permits, Repository } from '../state/repositoryRecords';
import {
  announceDiscussionChange,
  announceOpened,
} from '../webhooks/announceDiscussion';
import {
  fullPullRequest,
  presentReview,
  simplePullRequest,
} from './present/discussion';
import { presentCommit, presentFileChange } from './present/git';
import { noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function requirePull(
  request: RestRequest,
  repository: Repository,
): PullRequestIssue {
  const issue = request.emulator.discussions.find(
    repository,
    request.number('pull_number'),
  );
  if (!issue || !isPullRequest(issue)) {
    throw notFound();
  }
  return issue;
}

function listPulls(request: RestRequest) {
  const { emulator, query } = request;
  const repository = request.repository();
  const state = query.get('state') ?? 'open';
  const head = query.get('head');
  const base = query.get('base');
  const sort = query.get('sort') ?? 'created';
  const sign =
    (query.get('direction') ?? (sort === 'created' ? 'desc' : 'asc')) === 'asc'
      ? 1
      : -1;
  const label = ({ pull }: PullRequestIssue) => {
    const from = emulator.store.collections.repositories.get(
      pull.headRepositoryId,
    );
    return from
      ? `${emulator.repositories.owner(from).login}:${pull.headBranch}`
      : pull.headBranch;
  };
  const pulls = emulator.discussions
    .pullRequests(repository)
    .filter(
      issue =>
        (state === 'all' || issue.state === state) &&
        (!head || label(issue) === head || issue.pull.headBranch === head) &&
        (!base || issue.pull.baseBranch === base),
    )
    .sort((a, b) =>
      sort === 'updated'
        ? sign * a.updatedAt.localeCompare(b.updatedAt)
        : sign * (a.createdAt.localeCompare(b.createdAt) || a.id - b.id),
    );
  return request.paged(pulls, issue =>
    simplePullRequest(emulator, repository, issue, request.viewer),
  );
}

async function createPull(request: RestRequest) {
  const { emulator, body } = request;
  const repository = request.discussedRepository();
  const { account } = request.signedIn();
  request.requireScope('public_repo');
  const head = body.requiredString('head');
  const [owner, branch] = head.includes(':')
    ? head.split(':', 2)
    : [undefined, head];
  const headName = body.string('head_repo') ?? repository.name;
  const headRepository = owner
    ? emulator.repositories.find(owner, headName)
    : repository;
  if (
    !headRepository ||
    !emulator.repositories.isVisible(headRepository, request.viewer)
  ) {
    throw validationFailed({
      resource: 'PullRequest',
      field: 'head',
      code: 'invalid',
    });
  }
  // Whoever may only read here may still offer what they may write elsewhere.
  const mayOffer = permits(
    emulator.repositories.permissionOf(headRepository, request.viewer),
    'write',
  );
  if (!mayOffer) {
    throw validationFailed({
      resource: 'PullRequest',
      code: 'custom',
      message: 'must be a collaborator',
    });
  }
  const issue = await emulator.discussions.openPullRequest(repository, {
    title: body.requiredString('title'),
    body: body.string('body'),
    authorId: account.id,
    headRepository,
    headBranch: branch,
    baseBranch: body.requiredString('base'),
    draft: body.boolean('draft'),
    maintainerCanModify: body.boolean('maintainer_can_modify'),
  });
  await announceOpened(emulator, repository, issue, account);
  return {
    status: 201,
    body: await fullPullRequest(emulator, repository, issue, request.viewer),
  };
}

async function changePull(request: RestRequest) {
  const { emulator, body } = request;
  const repository = request.discussedRepository();
  const { account } = request.signedIn();
  const issue = requirePull(request, repository);
  if (
    issue.authorId !== account.id &&
    !permits(
      emulator.repositories.permissionOf(repository, request.viewer),
      'write',
    )
  ) {
    throw notFound();
  }
  const changed = emulator.discussions.change(
    repository,
    issue,
    {
      title: body.string('title'),
      body: body.string('body'),
      state: body.oneOf('state', ['open', 'closed']),
      baseBranch: body.string('base'),
    },
    account.id,
  );
  await announceDiscussionChange(emulator, repository, issue, changed, account);
  if (!isPullRequest(changed)) {
    throw notFound();
  }
  return ok(
    await fullPullRequest(emulator, repository, changed, request.viewer),
  );
}

/** @throws GitHubError 405 when the rules for the base do not let the viewer merge, or not yet */
function refuseUnlessMergeable(
  request: RestRequest,
  repository: Repository,
  issue: PullRequestIssue,
  method: string,
): void {
  const { emulator, viewer } = request;
  const { baseBranch, headSha } = issue.pull;
  const refusal = emulator.rules.refusal(
    repository,
    viewer,
    `refs/heads/${baseBranch}`,
    'update',
    'pull-request',
  );
  if (refusal) {
    throw new GitHubError(405, refusal);
  }
  const needs = emulator.rules.mergeNeeds(repository, viewer, baseBranch);
  if (emulator.discussions.approvals(repository, issue) < needs.approvals) {
    throw new GitHubError(
      405,
      `At least ${needs.approvals} approving review is required by reviewers with write access.`,
    );
  }
  const statuses = emulator.store.collections.commitStatuses.by(
    'commit',
    `${repository.id}/${headSha}`,
  );
  for (const context of needs.contexts) {
    const last = statuses.filter(one => one.context === context).at(-1);
    if (last?.state !== 'success') {
      throw new GitHubError(
        405,
        last
          ? `Required status check "${context}" is ${last.state}.`
          : `Required status check "${context}" is expected.`,
      );
    }
  }
  if (needs.methods && !needs.methods.includes(method)) {
    throw new GitHubError(
      405,
      `${method} merges are not allowed on this repository.`,
    );
  }
}

async function mergePull(request: RestRequest) {
  const { emulator, body } = request;
  const repository = request.repository('write');
  const { account } = request.signedIn();
  const issue = requirePull(request, repository);
  const method =
    body.oneOf('merge_method', ['merge', 'squash', 'rebase']) ?? 'merge';
  const allowed = {
    merge: repository.settings.allowMergeCommit,
    squash: repository.settings.allowSquashMerge,
    rebase: repository.settings.allowRebaseMerge,
  };
  if (!allowed[method]) {
    throw new GitHubError(
      405,
      `${method} merges are not allowed on this repository.`,
    );
  }
  refuseUnlessMergeable(request, repository, issue, method);
  const sha = await emulator.pushes.during(repository, account, () =>
    emulator.discussions.merge(repository, issue, {
      method,
      title: body.string('commit_title'),
      message: body.string('commit_message'),
      expectedHead: body.string('sha'),
      actor: account,
    }),
  );
  await announceDiscussionChange(
    emulator,
    emulator.repositories.get(repository.id),
    issue,
    emulator.discussions.find(repository, issue.number) ?? issue,
    account,
  );
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

async function listFiles(request: RestRequest) {
  const { emulator } = request;
  const repository = request.repository();
  const { pull } = requirePull(request, repository);
  const git = emulator.repositories.git(repository);
  const base = await git.mergeBase(pull.baseSha, pull.headSha);
  const changes = await git.diff(base ?? pull.baseSha, pull.headSha);
  return request.paged(changes, change =>
    presentFileChange(emulator, repository, pull.headSha, change),
  );
}

async function listCommits(request: RestRequest) {
  const { emulator } = request;
  const repository = request.repository();
  const { pull } = requirePull(request, repository);
  const git = emulator.repositories.git(repository);
  const commits = await git.log(pull.headSha, { excluding: pull.baseSha });
  return request.paged(commits.reverse(), commit =>
    presentCommit(emulator, repository, commit),
  );
}

async function requestReviewers(request: RestRequest) {
  const { emulator } = request;
  const { account: sender } = request.signedIn();
  const repository = request.repository('triage');
  const issue = requirePull(request, repository);
  const ids = (request.body.strings('reviewers') ?? []).map(login => {
    const account = emulator.accounts.find(login);
    if (!account || account.id === issue.authorId) {
      throw new GitHubError(
        422,
        account
          ? 'Review cannot be requested from pull request author.'
          : `Reviews may only be requested from collaborators. ${login} is not a collaborator of this repository.`,
      );
    }
    return account.id;
  });
  const changed = {
    ...issue,
    pull: {
      ...issue.pull,
      requestedReviewerIds: [
        ...new Set([...issue.pull.requestedReviewerIds, ...ids]),
      ],
    },
  };
  emulator.store.collections.issues.put(changed);
  await announceDiscussionChange(emulator, repository, issue, changed, sender);
  return {
    status: 201,
    body: simplePullRequest(emulator, repository, changed, request.viewer),
  };
}

function createReview(request: RestRequest) {
  const { emulator, body } = request;
  const repository = request.discussedRepository();
  const { account } = request.signedIn();
  request.requireScope('public_repo');
  const issue = requirePull(request, repository);
  const event = body.oneOf('event', ['APPROVE', 'REQUEST_CHANGES', 'COMMENT']);
  if (!event) {
    throw new GitHubError(
      501,
      'GitHub emulator: reviews that wait to be submitted are not implemented; give an event',
    );
  }
  if (issue.authorId === account.id && event !== 'COMMENT') {
    throw unprocessable(
      event === 'APPROVE'
        ? 'Can not approve your own pull request'
        : 'Can not request changes on your own pull request',
    );
  }
  const states = {
    APPROVE: 'APPROVED',
    REQUEST_CHANGES: 'CHANGES_REQUESTED',
    COMMENT: 'COMMENTED',
  } as const;
  const review = emulator.discussions.review(issue, {
    authorId: account.id,
    state: states[event],
    body: body.string('body') ?? '',
  });
  return ok(presentReview(emulator, repository, issue, review));
}

/** Pull requests. */
export const pullRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/pulls', listPulls),
  route('POST', '/repos/{owner}/{repo}/pulls', createPull),
  route('GET', '/repos/{owner}/{repo}/pulls/{pull_number}', async request => {
    const repository = request.repository();
    return ok(
      await fullPullRequest(
        request.emulator,
        repository,
        requirePull(request, repository),
        request.viewer,
      ),
    );
  }),
  route('PATCH', '/repos/{owner}/{repo}/pulls/{pull_number}', changePull),
  route('GET', '/repos/{owner}/{repo}/pulls/{pull_number}/files', listFiles),
  route(
    'GET',
    '/repos/{owner}/{repo}/pulls/{pull_number}/commits',
    listCommits,
  ),
  route('GET', '/repos/{owner}/{repo}/pulls/{pull_number}/merge', request => {
    const issue = requirePull(request, request.repository());
    if (!issue.pull.mergedAt) {
      throw notFound();
    }
    return noContent();
  }),
  route('PUT', '/repos/{owner}/{repo}/pulls/{pull_number}/merge', mergePull),
  route('GET', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews', request => {
    const repository = request.repository();
    const issue = requirePull(request, repository);
    return request.paged(request.emulator.discussions.reviews(issue), review =>
      presentReview(request.emulator, repository, issue, review),
    );
  }),
  route(
    'POST',
    '/repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    createReview,
  ),
  route(
    'POST',
    '/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
    requestReviewers,
  ),
];
