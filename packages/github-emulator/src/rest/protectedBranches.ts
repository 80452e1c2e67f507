import { GitHubError } from '../server/GitHubError';
import { Repository } from '../state/repositoryRecords';
import { RestRequest } from './RestRequest';

/** @throws GitHubError when the branch's rules ask for a pull request */
export function refuseIfProtected(
  request: RestRequest,
  repository: Repository,
  branch: string,
  status: number,
): void {
  const reason = request.emulator.repositories.protectionRefusal(
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
