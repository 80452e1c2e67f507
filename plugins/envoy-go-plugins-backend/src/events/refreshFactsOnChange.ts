import type { RepositoryEvent } from '@octokit/webhooks-types';
import type { GitHubRepository } from '../github';
import type { DeliveryHandlers } from './DeliveryHandlers';

/** Events after which GitHub says something else of a repository. */
const CHANGES = [
  'star',
  'push',
  'release',
  'create',
  'delete',
  'issues',
  'pull_request',
] as const;

/** Has the facts about a repository read anew when GitHub says that it changed. */
export function refreshFactsOnChange(
  handlers: DeliveryHandlers,
  /** `changedAt`: ISO 8601, UTC. */
  refresh: (repository: GitHubRepository, changedAt: string) => Promise<void>,
): void {
  for (const event of CHANGES) {
    handlers.on(event, async ({ repository }, { delivery }) =>
      refresh(locate(repository), delivery.receivedAt),
    );
  }
  handlers.on('repository', async (payload, { delivery }) => {
    for (const location of locationsOf(payload)) {
      await refresh(location, delivery.receivedAt);
    }
  });
}

/**
 * Where the repository is, and where it was: GitHub still answers there, and descriptions
 * of plugins name the old place until somebody changes them.
 */
function locationsOf(payload: RepositoryEvent): GitHubRepository[] {
  const now = locate(payload.repository);
  if (payload.action === 'renamed') {
    return [now, { ...now, name: payload.changes.repository.name.from }];
  }
  if (payload.action === 'transferred') {
    // The types know of users only
    const from: { user?: { login: string }; organization?: { login: string } } =
      payload.changes.owner.from;
    const owner = from.user?.login ?? from.organization?.login;
    return owner ? [now, { ...now, owner }] : [now];
  }
  return [now];
}

function locate(repository: {
  full_name: string;
  html_url: string;
}): GitHubRepository {
  const [owner, name] = repository.full_name.split('/');
  return { host: new URL(repository.html_url).host, owner, name };
}
