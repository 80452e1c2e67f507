import { ConflictError, InputError, NotAllowedError } from '@backstage/errors';
import type { RepositoryTarget } from './RepositoryTarget';
import { isRefusal, undefinedWhenMissing } from './undefinedWhenMissing';

/**
 * What the token of an OAuth app, or a classic personal one, may do; undefined for tokens that
 * have no scopes, such as those of GitHub Apps.
 *
 * @see https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
function readScopes(header: string | undefined): string[] | undefined {
  return header ? header.split(',').map(scope => scope.trim()) : undefined;
}

/**
 * Makes sure that a push with this token can succeed: GitHub refuses a push that contains a
 * workflow when the token lacks the scope `workflow`.
 */
function assertMayPush(scopes: string[], host: string) {
  const missing = [
    ...(scopes.includes('repo') || scopes.includes('public_repo')
      ? []
      : ['repo']),
    ...(scopes.includes('workflow') ? [] : ['workflow']),
  ];
  if (missing.length > 0) {
    throw new NotAllowedError(
      `Your sign-in to ${host} does not allow the portal to push a repository with a workflow (missing: ${missing.join(
        ', ',
      )}); sign in again from the form and agree to it.`,
    );
  }
}

async function assertMayCreateInOrganisation(
  target: RepositoryTarget,
  login: string,
) {
  const { octokit, owner, host } = target;
  const refused = (reason: string) =>
    new NotAllowedError(
      `You (${login}) may not create a repository in the organisation "${owner}" on ${host}: ${reason}. Choose your own account, or ask one of its owners.`,
    );
  let membership;
  try {
    const answer = await octokit.rest.orgs.getMembershipForAuthenticatedUser({
      org: owner,
    });
    membership = answer.data;
  } catch (error) {
    if (isRefusal(error, 403, 404)) {
      throw refused('you are not a member');
    }
    throw error;
  }
  if (membership.state !== 'active') {
    throw refused('you have not accepted its invitation yet');
  }
  if (membership.role === 'admin') {
    return;
  }
  const organisation = await undefinedWhenMissing(
    octokit.rest.orgs.get({ org: owner }),
  );
  if (organisation?.members_can_create_repositories === false) {
    throw refused('its members may not create repositories');
  }
}

/**
 * Makes sure that the repository does not exist, and that whoever the token belongs to can
 * create it and push to it. Only what GitHub answers counts; where it does not say (the
 * portal's own credentials, settings that only owners see) creating it will tell.
 *
 * @throws ConflictError when the name is taken
 * @throws InputError when there is no such organisation or account
 * @throws NotAllowedError when the right to create it is missing
 */
export async function assertMayCreate(target: RepositoryTarget): Promise<void> {
  const { octokit, owner, repo, host, webUrl } = target;
  const account = await undefinedWhenMissing(
    octokit.rest.users.getByUsername({ username: owner }),
  );
  if (!account) {
    throw new InputError(
      `There is no organisation or account "${owner}" on ${host}; choose another one.`,
    );
  }
  if (target.actsForUser) {
    const { data: user, headers } = await octokit.rest.users.getAuthenticated();
    const scopes = readScopes(headers['x-oauth-scopes']);
    if (scopes) {
      assertMayPush(scopes, host);
    }
    if (account.type === 'Organization') {
      // Without this scope GitHub tells nobody who is a member.
      if (!scopes || scopes.some(scope => scope.endsWith(':org'))) {
        await assertMayCreateInOrganisation(target, user.login);
      }
    } else if (user.login.toLowerCase() !== owner.toLowerCase()) {
      throw new NotAllowedError(
        `You (${user.login}) may not create a repository for "${owner}" on ${host}; choose your own account or an organisation.`,
      );
    }
  }
  if (await undefinedWhenMissing(octokit.rest.repos.get({ owner, repo }))) {
    throw new ConflictError(
      `The name is taken: there is already a repository ${webUrl}. Choose another name.`,
    );
  }
}
