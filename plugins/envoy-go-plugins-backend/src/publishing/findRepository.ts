import type { Octokit } from '@octokit/rest';

/** A repository on GitHub, as it is now. */
export interface FoundRepository {
  id: number;
  owner: string;
  repo: string;
  ownerType: string;
  url: string;
  defaultBranch: string;
  archived: boolean;
  fork: boolean;
  private: boolean;
  topics: string[];
  /** What whoever asks may do. */
  isAdmin: boolean;
}

/**
 * Finds a repository by its id, which stays when it is renamed or transferred.
 *
 * @throws NotFoundError when it is gone, or whoever asks does not see it
 */
export async function findRepository(
  github: Octokit,
  id: number,
): Promise<FoundRepository> {
  // https://docs.github.com/rest/repos/repos answers by id, too, which its description leaves out
  const { data } = await github.request<string>('GET /repositories/{id}', {
    id,
  });
  return toFoundRepository(data);
}

/** @throws NotFoundError when there is none, or whoever asks does not see it */
export async function findRepositoryByName(
  github: Octokit,
  name: { owner: string; repo: string },
): Promise<FoundRepository> {
  const { data } = await github.rest.repos.get(name);
  return toFoundRepository(data);
}

type Answer = Awaited<ReturnType<Octokit['rest']['repos']['get']>>['data'];

function toFoundRepository(data: Answer): FoundRepository {
  return {
    id: data.id,
    owner: data.owner.login,
    repo: data.name,
    ownerType: data.owner.type,
    url: data.html_url,
    defaultBranch: data.default_branch,
    archived: data.archived,
    fork: data.fork,
    private: data.private,
    topics: data.topics ?? [],
    isAdmin: data.permissions?.admin ?? false,
  };
}

/** The commit at the end of a branch. */
export async function headOf(
  github: Octokit,
  branch: { owner: string; repo: string; branch: string },
): Promise<string> {
  const { data } = await github.rest.git.getRef({
    owner: branch.owner,
    repo: branch.repo,
    ref: `heads/${branch.branch}`,
  });
  return data.object.sha;
}
