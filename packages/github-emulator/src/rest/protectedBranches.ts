import { RefChange } from '../rules/RefRules';
import { GitHubError } from '../server/GitHubError';
import { Repository } from '../state/repositoryRecords';
import { RestRequest } from './RestRequest';

/** @throws GitHubError when the rules for a branch or tag do not let the viewer change it so */
export function refuseIfProtected(
  request: RestRequest,
  repository: Repository,
  ref: string,
  change: RefChange,
  status: number,
): void {
  const reason = request.emulator.rules.refusal(
    repository,
    request.viewer,
    ref,
    change,
  );
  if (reason) {
    throw new GitHubError(
      status,
      `Repository rule violations found\n\n${reason}`,
    );
  }
}
