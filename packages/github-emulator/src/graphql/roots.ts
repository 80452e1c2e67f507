import { changeStar } from '../webhooks/announceRepository';
import { timestamp } from '../server/clock';
import { notFoundInGraph } from './notFoundInGraph';
import { Repository } from '../state/repositoryRecords';
import { parseNodeId } from '../state/nodeId';
import { permits } from '../state/repositoryRecords';
import {
  accountObject,
  organizationObject,
  teamObject,
  userObject,
} from './accounts';
import { graphError, GraphObject } from './connection';
import { mayPush } from '../git/httpBackend';
import { QueryCost } from './cost';
import { GraphContext } from './GraphContext';
import { issueObject, releaseObject, repositoryObject } from './repositories';

/** How many nodes can be asked for by their ids at once. */
const MOST_NODES = 100;

/** The fields of `Query`. */
export function queryRoot(
  context: GraphContext,
  { cost, nodeCount }: QueryCost,
): GraphObject {
  const { emulator, viewer } = context;
  const { accounts, repositories } = emulator;
  const node = ({ id }: { id: string }) => findNode(context, id);
  // One node that is not there is null with an error of its own; the others are there.
  const nodeOrError = (id: string) => {
    try {
      return findNode(context, id);
    } catch (error) {
      return error;
    }
  };
  return {
    viewer: () => {
      if (!viewer.account) {
        throw graphError('FORBIDDEN', 'There is no viewer without a token.');
      }
      return userObject(context, viewer.account);
    },
    user: ({ login }: { login: string }) => {
      const account = accounts.find(login);
      if (!account || account.type === 'Organization') {
        throw notFoundInGraph('a User', 'login of', login);
      }
      return userObject(context, account);
    },
    organization: ({ login }: { login: string }) => {
      const organization = accounts.findOrganization(login);
      if (!organization) {
        throw notFoundInGraph('an Organization', 'login of', login);
      }
      return organizationObject(context, organization);
    },
    repositoryOwner: ({ login }: { login: string }) => {
      const account = accounts.find(login);
      return account ? accountObject(context, account) : null;
    },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const repository =
        repositories.find(owner, name) ?? repositories.findFormer(owner, name);
      if (!repository || !repositories.isVisible(repository, viewer)) {
        throw notFoundInGraph('a Repository', 'name', `${owner}/${name}`);
      }
      return repositoryObject(context, repository);
    },
    node,
    nodes: ({ ids }: { ids: string[] }) => {
      if (ids.length > MOST_NODES) {
        throw graphError(
          'ARGUMENT_LIMIT',
          `You may not provide more than ${MOST_NODES} node ids; you provided ${ids.length}.`,
        );
      }
      return ids.map(nodeOrError);
    },
    rateLimit: () => {
      const state = emulator.rateLimiter.state(viewer.rateLimitKey, 'graphql');
      return {
        cost,
        limit: state.limit,
        used: Math.min(state.limit, state.used + cost),
        remaining: Math.max(0, state.remaining - cost),
        resetAt: timestamp(new Date(state.reset * 1000)),
        nodeCount,
      };
    },
  };
}

function findNode(context: GraphContext, id: string): GraphObject {
  const { emulator, viewer } = context;
  const all = emulator.store.collections;
  const parsed = parseNodeId(id);
  const number = Number(parsed?.id);
  const visible = (repository: Repository | undefined) =>
    repository && emulator.repositories.isVisible(repository, viewer)
      ? repository
      : undefined;
  switch (parsed?.type) {
    case 'User':
    case 'Organization': {
      const account = all.accounts.get(number);
      if (account) {
        return accountObject(context, account);
      }
      break;
    }
    case 'Team': {
      const team = all.teams.get(number);
      if (
        team &&
        (viewer.isInstalledIn(team.organizationId) ||
          emulator.accounts.membership(team.organizationId, viewer.id))
      ) {
        return teamObject(context, team);
      }
      break;
    }
    case 'Repository': {
      const repository = visible(all.repositories.get(number));
      if (repository) {
        return repositoryObject(context, repository);
      }
      break;
    }
    case 'Issue':
    case 'PullRequest': {
      const issue = all.issues.get(number);
      const repository = visible(all.repositories.get(issue?.repositoryId));
      if (issue && repository) {
        return issueObject(context, repository, issue);
      }
      break;
    }
    case 'Release': {
      const release = all.releases.get(number);
      const repository = visible(all.repositories.get(release?.repositoryId));
      if (release && repository) {
        return releaseObject(context, repository, release);
      }
      break;
    }
    default:
  }
  throw graphError(
    'NOT_FOUND',
    `Could not resolve to a node with the global id of '${id}'.`,
  );
}

/** The fields of `Mutation`. */
export function mutationRoot(context: GraphContext): GraphObject {
  return {
    addStar: ({ input }: { input: StarInput }) => star(context, input, true),
    removeStar: ({ input }: { input: StarInput }) =>
      star(context, input, false),
    createCommitOnBranch: async ({ input }: { input: CommitInput }) =>
      await createCommit(context, input),
  };
}

interface StarInput {
  starrableId: string;
  clientMutationId?: string;
}

function star(context: GraphContext, input: StarInput, on: boolean) {
  const { emulator, viewer } = context;
  const parsed = parseNodeId(input.starrableId);
  const repository =
    parsed?.type === 'Repository'
      ? emulator.store.collections.repositories.get(Number(parsed.id))
      : undefined;
  if (
    !repository ||
    viewer.id === undefined ||
    !emulator.repositories.isVisible(repository, viewer)
  ) {
    throw graphError(
      'NOT_FOUND',
      `Could not resolve to a node with the global id of '${input.starrableId}'`,
    );
  }
  if (!viewer.hasScope('public_repo')) {
    throw graphError(
      'INSUFFICIENT_SCOPES',
      "Your token has not been granted the required scopes to execute this query. The 'addStar' field requires one of the following scopes: ['public_repo'].",
    );
  }
  changeStar(emulator, repository, emulator.accounts.get(viewer.id), on);
  return {
    clientMutationId: input.clientMutationId ?? null,
    starrable: repositoryObject(context, repository),
  };
}

interface CommitInput {
  branch: {
    id?: string;
    repositoryNameWithOwner?: string;
    branchName?: string;
  };
  message: { headline: string; body?: string };
  fileChanges?: {
    additions?: Array<{ path: string; contents: string }>;
    deletions?: Array<{ path: string }>;
  };
  expectedHeadOid: string;
  clientMutationId?: string;
}

async function createCommit(context: GraphContext, input: CommitInput) {
  const { emulator, viewer } = context;
  const [owner = '', name = ''] = (
    input.branch.repositoryNameWithOwner ?? ''
  ).split('/');
  const branch = (input.branch.branchName ?? '').replace(/^refs\/heads\//, '');
  const repository = emulator.repositories.find(owner, name);
  const { account } = viewer;
  if (
    !repository ||
    !account ||
    !permits(emulator.repositories.permissionOf(repository, viewer), 'write') ||
    !mayPush(viewer)
  ) {
    throw notFoundInGraph('a Repository', 'name', `${owner}/${name}`);
  }
  if (repository.archived) {
    throw graphError('FORBIDDEN', 'Repository was archived so is read-only.');
  }
  const git = emulator.repositories.git(repository);
  const head = await git.resolveCommit(`heads/${branch}`);
  if (!head) {
    throw graphError('NOT_FOUND', `A branch named "${branch}" was not found.`);
  }
  if (head !== input.expectedHeadOid) {
    throw graphError(
      'STALE_DATA',
      `Expected branch to point to "${head}" but expectedHeadOid was "${input.expectedHeadOid}". Pull and try again.`,
    );
  }
  const { additions = [], deletions = [] } = input.fileChanges ?? {};
  const workflow = [...additions, ...deletions].find(({ path }) =>
    path.startsWith('.github/workflows/'),
  );
  if (workflow && !viewer.hasScope('workflow')) {
    throw graphError(
      'FORBIDDEN',
      `refusing to allow an OAuth App to create or update workflow \`${workflow.path}\` without \`workflow\` scope`,
    );
  }
  const refusal = emulator.rules.refusal(
    repository,
    viewer,
    `refs/heads/${branch}`,
    'update',
  );
  if (refusal) {
    throw graphError(
      'UNPROCESSABLE',
      `Repository rule violations found\n\n${refusal}`,
    );
  }
  const signature = {
    name: account.name ?? account.login,
    email: account.email ?? `${account.login}@users.noreply.github.com`,
    date: timestamp(emulator.clock()),
  };
  const sha = await emulator.pushes.during(repository, account, () =>
    git.commit({
      branch,
      parent: head,
      edits: [
        ...deletions.map(({ path }) => ({ path })),
        ...additions.map(({ path, contents }) => ({
          path,
          content: Buffer.from(contents, 'base64'),
        })),
      ],
      message: [input.message.headline, input.message.body]
        .filter(Boolean)
        .join('\n\n'),
      author: signature,
      committer: signature,
    }),
  );
  const after = emulator.repositories.get(repository.id);
  const graph = repositoryObject(context, after);
  const object = graph.object;
  const ref = graph.ref;
  return {
    clientMutationId: input.clientMutationId ?? null,
    commit: () =>
      typeof object === 'function' ? object({ oid: sha }) : undefined,
    ref: () =>
      typeof ref === 'function'
        ? ref({ qualifiedName: `refs/heads/${branch}` })
        : undefined,
  };
}
