import { GitHubError } from '../server/GitHubError';
import { Viewer } from '../server/Viewer';
import { Emulator } from '../Emulator';
import { permits, Repository } from '../state/repositoryRecords';
import { RestRequest } from './RestRequest';

/** Why somebody may not change a branch directly; undefined when they may. */
export function protectionRefusal(
  emulator: Emulator,
  repository: Repository,
  branch: string,
  viewer: Viewer,
): string | undefined {
  const protection = emulator.repositories.branchProtection(repository, branch);
  if (!protection) {
    return undefined;
  }
  const isAdmin = permits(
    emulator.repositories.permissionOf(repository, viewer),
    'admin',
  );
  if (isAdmin && !protection.enforceAdmins) {
    return undefined;
  }
  return protection.requiredReviews
    ? 'Changes must be made through a pull request.'
    : undefined;
}

/** @throws GitHubError when the branch's rules ask for a pull request */
export function refuseIfProtected(
  request: RestRequest,
  repository: Repository,
  branch: string,
  status: number,
): void {
  const reason = protectionRefusal(
    request.emulator,
    repository,
    branch,
    request.viewer,
  );
  if (reason) {
    throw new GitHubError(
      status,
      `Repository rule violations found\n\n${reason}`,
    );
  }
}
