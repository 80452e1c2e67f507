import type { RepositoryPointer } from './RepositorySnapshot';

/** How many releases of a repository are read. */
export const NEWEST_RELEASES = 5;

/** Connections of the fragment, which GitHub counts: one request each for a repository. */
const CONNECTIONS = 5;

/**
 * What is asked of a repository.
 * https://docs.github.com/graphql/reference/objects#repository
 */
const REPOSITORY_FRAGMENT = `
fragment repository on Repository {
  databaseId
  id
  name
  owner { login }
  url
  visibility
  isArchived
  stargazerCount
  forkCount
  licenseInfo { spdxId }
  defaultBranchRef { name target { oid } }
  pushedAt
  updatedAt
  description
  issues(states: OPEN) { totalCount }
  pullRequests(states: OPEN) { totalCount }
  branches: refs(refPrefix: "refs/heads/") { totalCount }
  tags: refs(refPrefix: "refs/tags/") { totalCount }
  releases(first: ${NEWEST_RELEASES}, orderBy: { field: CREATED_AT, direction: DESC }) {
    totalCount
    nodes {
      databaseId
      id
      tagName
      name
      description
      url
      isDraft
      isPrerelease
      publishedAt
      updatedAt
      tagCommit { oid }
      author { login }
    }
  }
}`;

const RATE_LIMIT = 'rateLimit { cost }';

/** A query, and where in its answer the repositories are, in the order asked. */
export interface RepositoryQuery {
  query: string;
  variables: Record<string, string | string[]>;
  /** Paths, as errors have them. */
  paths: [string, number?][];
  /** What it costs by GitHub's formula, in points. */
  points: number;
}

/** One query for many repositories. */
export function repositoryQuery(
  repositories: RepositoryPointer[],
): RepositoryQuery {
  const ids: string[] = [];
  const declarations: string[] = [];
  const selections: string[] = [];
  const variables: Record<string, string | string[]> = {};
  const paths = repositories.map<[string, number?]>((repository, index) => {
    if ('nodeId' in repository) {
      ids.push(repository.nodeId);
      return ['nodes', ids.length - 1];
    }
    declarations.push(`$owner${index}: String!`, `$name${index}: String!`);
    selections.push(
      `named${index}: repository(owner: $owner${index}, name: $name${index}) { ...repository }`,
    );
    variables[`owner${index}`] = repository.owner;
    variables[`name${index}`] = repository.name;
    return [`named${index}`];
  });
  if (ids.length > 0) {
    declarations.push('$ids: [ID!]!');
    selections.push('nodes(ids: $ids) { ...repository }');
    variables.ids = ids;
  }
  return {
    query: `query (${declarations.join(', ')}) {
  ${[RATE_LIMIT, ...selections].join('\n  ')}
}
${REPOSITORY_FRAGMENT}`,
    variables,
    paths,
    points: Math.max(1, Math.round((repositories.length * CONNECTIONS) / 100)),
  };
}

/** What a repository is called now. */
export const REPOSITORY_NAME_QUERY = `query ($id: ID!) {
  ${RATE_LIMIT}
  node(id: $id) { ... on Repository { name owner { login } } }
}`;

/** A repository, as GraphQL answers {@link repositoryQuery}. */
export interface RepositoryNode {
  databaseId: number;
  id: string;
  name: string;
  owner: { login: string };
  url: string;
  visibility: 'PUBLIC' | 'PRIVATE' | 'INTERNAL';
  isArchived: boolean;
  stargazerCount: number;
  forkCount: number;
  licenseInfo: { spdxId: string | null } | null;
  defaultBranchRef: { name: string; target: { oid: string } | null } | null;
  pushedAt: string | null;
  updatedAt: string;
  description: string | null;
  issues: { totalCount: number };
  pullRequests: { totalCount: number };
  branches: { totalCount: number } | null;
  tags: { totalCount: number } | null;
  releases: { totalCount: number; nodes: (ReleaseNode | null)[] | null };
}

/** A release, as GraphQL answers {@link repositoryQuery}. */
export interface ReleaseNode {
  databaseId: number;
  id: string;
  tagName: string;
  name: string | null;
  description: string | null;
  url: string;
  isDraft: boolean;
  isPrerelease: boolean;
  publishedAt: string | null;
  updatedAt: string;
  tagCommit: { oid: string } | null;
  author: { login: string } | null;
}

/** Whether a node is a repository; another kind of node has none of the fields. */
export function isRepositoryNode(node: unknown): node is RepositoryNode {
  return (
    typeof node === 'object' &&
    node !== null &&
    'databaseId' in node &&
    typeof node.databaseId === 'number' &&
    'releases' in node
  );
}
