/** Where a repository is to be made. */
export interface RepositoryTarget {
  host: string;
  owner: string;
  repository: string;
}

/** Reads the value that the scaffolder's fields for repositories have: `host?owner=OWNER&repo=NAME`. */
export function parseRepoUrl(repoUrl: string): Partial<RepositoryTarget> {
  let url: URL;
  try {
    url = new URL(`https://${repoUrl}`);
  } catch {
    return {};
  }
  return {
    host: url.host || undefined,
    owner: url.searchParams.get('owner') || undefined,
    repository: url.searchParams.get('repo') || undefined,
  };
}

/**
 * Asks GitHub, as the user, whether a repository of that name exists already and whether the user can create one there.
 * Says only what is certain: where GitHub does not answer or does not let itself be asked, nothing is wrong as far as
 * one can tell, and creating it will show.
 *
 * See https://docs.github.com/en/rest/repos/repos#get-a-repository,
 * https://docs.github.com/en/rest/orgs/members#get-an-organization-membership-for-the-authenticated-user
 *
 * @returns a sentence that says what is in the way and what to do
 */
export async function checkRepositoryTarget(
  target: RepositoryTarget,
  github: {
    /** The address of GitHub's REST API on that host, such as `https://api.github.com`. */
    apiBaseUrl: string;
    /** Headers that authenticate the user. */
    headers: Record<string, string>;
    fetch: typeof fetch;
  },
): Promise<string | undefined> {
  const { owner, repository } = target;
  const ask = async (path: string) => {
    const response = await github.fetch(`${github.apiBaseUrl}${path}`, {
      headers: { ...github.headers, accept: 'application/vnd.github+json' },
    });
    return {
      status: response.status,
      body: response.ok ? await response.json() : undefined,
    };
  };
  const ownerPath = encodeURIComponent(owner);

  try {
    const existing = await ask(
      `/repos/${ownerPath}/${encodeURIComponent(repository)}`,
    );
    if (existing.status === 200) {
      return `There is already a repository ${owner}/${repository}; choose another name.`;
    }
    const user = await ask('/user');
    const login: unknown = user.body?.login;
    if (typeof login !== 'string') {
      return undefined;
    }
    if (login.toLocaleLowerCase('en-US') === owner.toLocaleLowerCase('en-US')) {
      return undefined;
    }
    const organization = await ask(`/orgs/${ownerPath}`);
    if (organization.status === 404) {
      return `There is no organisation ${owner} that you, ${login}, can see; choose one of yours, or your own account.`;
    }
    if (organization.status !== 200) {
      return undefined;
    }
    const membership = await ask(`/user/memberships/orgs/${ownerPath}`);
    if (membership.status === 404) {
      return `You, ${login}, are not a member of ${owner} and cannot create repositories there; ask its owners, or choose your own account.`;
    }
    if (
      membership.body?.role === 'member' &&
      organization.body?.members_can_create_repositories === false
    ) {
      return `Members of ${owner} may not create repositories; ask its owners, or choose your own account.`;
    }
  } catch {
    // Without an answer nothing is certain.
  }
  return undefined;
}
