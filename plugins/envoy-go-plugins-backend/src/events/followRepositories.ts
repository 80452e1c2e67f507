import type { PluginPart } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  PushEvent,
  Release,
  Repository,
  RepositoryEvent,
} from '@octokit/webhooks-types';
import type {
  ChangeEffect,
  RepositoryChange,
  RepositoryChanges,
} from '../marketplace';
import type { DeletedTagStore } from './DeletedTagStore';
import type { DeliveryHandlers, HandlerContext } from './DeliveryHandlers';

/** What of a plugin these events say something about. */
const CHANGED_PARTS = {
  star: ['summary', 'repository'],
  fork: ['summary', 'repository'],
  issues: ['discussions', 'repository'],
  issue_comment: ['discussions'],
  pull_request: ['discussions', 'repository'],
} as const satisfies Record<string, readonly PluginPart[]>;

const ALL_PARTS: PluginPart[] = [
  'summary',
  'repository',
  'readme',
  'releases',
  'discussions',
  'source',
];

const TAG = 'refs/tags/';
const BRANCH = 'refs/heads/';

/** What every payload about a repository says. */
interface RepositoryPayload {
  repository: Pick<Repository, 'id' | 'full_name' | 'html_url'>;
  sender?: { login: string };
}

/**
 * Has the marketplace follow what GitHub tells of repositories. Payloads only say where to
 * look: what is true is read, so that a delivery that comes late, twice or after newer ones
 * does no harm.
 */
export function followRepositories(
  handlers: DeliveryHandlers,
  options: { changes: RepositoryChanges; deletedTags: DeletedTagStore },
): void {
  const { changes, deletedTags } = options;

  handlers.on('star', async (payload, context) => {
    const change = changeOf(payload, context);
    const { actor: login } = change;
    return changes.repositoryChanged({
      ...change,
      parts: [...CHANGED_PARTS.star],
      ...(login && { star: { login, starred: payload.action === 'created' } }),
    });
  });

  for (const event of [
    'fork',
    'issues',
    'issue_comment',
    'pull_request',
  ] as const) {
    handlers.on(event, async (payload, context) =>
      changes.repositoryChanged({
        ...changeOf(payload, context),
        parts: [...CHANGED_PARTS[event]],
      }),
    );
  }

  for (const event of ['create', 'delete'] as const) {
    handlers.on(event, async (payload, context) =>
      changes.repositoryChanged({
        ...changeOf(payload, context),
        parts:
          payload.ref_type === 'tag'
            ? ['source', 'releases']
            : ['source', 'repository'],
      }),
    );
  }

  handlers.on('push', async (payload, context) =>
    payload.ref.startsWith(TAG)
      ? pushedTag({ changes, deletedTags, payload, context })
      : changes.repositoryChanged({
          ...changeOf(payload, context),
          parts:
            payload.ref === `${BRANCH}${payload.repository.default_branch}`
              ? ['summary', 'repository', 'readme', 'source']
              : ['repository', 'source'],
        }),
  );

  handlers.on('release', async (payload, context) =>
    changes.releaseChanged({
      ...changeOf(payload, context),
      action: payload.action,
      release: toChangedRelease(payload.release),
    }),
  );

  handlers.on('public', async (payload, context) =>
    changes.repositoryVisibilityChanged({
      ...changeOf(payload, context),
      visibility: 'public',
    }),
  );

  handlers.on('repository', async (payload, context) =>
    changedRepository(changes, payload, context),
  );
}

function changeOf(
  { repository, sender }: RepositoryPayload,
  { delivery, signal }: HandlerContext,
): RepositoryChange {
  return {
    host: new URL(repository.html_url).host,
    id: repository.id,
    fullName: repository.full_name,
    at: delivery.receivedAt,
    ...(sender && { actor: sender.login }),
    signal,
  };
}

/** A tag that there was points elsewhere after a forced push, or once it was deleted and made anew. */
async function pushedTag(options: {
  changes: RepositoryChanges;
  deletedTags: DeletedTagStore;
  payload: PushEvent;
  context: HandlerContext;
}): Promise<ChangeEffect[]> {
  const { changes, deletedTags, payload, context } = options;
  const change = changeOf(payload, context);
  const tag = payload.ref.slice(TAG.length);
  const name = { host: change.host, repositoryId: change.id, tag };
  const existed = !isNothing(payload.before);
  const exists = !isNothing(payload.after);
  const effects: ChangeEffect[] = [];

  if (existed && !exists) {
    await deletedTags.add({
      ...name,
      commit: payload.before,
      deletedAt: change.at,
    });
  }
  const before = existed ? payload.before : await deletedTags.get(name);
  if (exists && before !== undefined && before !== payload.after) {
    effects.push(
      ...(await changes.tagMoved({
        ...change,
        tag,
        before,
        // Of an annotated tag `after` is the tag itself, and this the commit
        after: payload.head_commit?.id ?? payload.after,
      })),
    );
  }
  effects.push(
    ...(await changes.repositoryChanged({
      ...change,
      parts: ['source', 'releases'],
    })),
  );
  return effects;
}

async function changedRepository(
  changes: RepositoryChanges,
  payload: RepositoryEvent,
  context: HandlerContext,
): Promise<ChangeEffect[]> {
  const change = changeOf(payload, context);
  const { repository } = payload;
  switch (payload.action) {
    case 'renamed':
    case 'transferred': {
      const { fullName: to, ...moved } = change;
      return changes.repositoryMoved({
        ...moved,
        from: locationBefore(payload) ?? to,
        to,
        kind: payload.action,
      });
    }
    case 'deleted':
      return changes.repositoryGone(change);
    case 'archived':
    case 'unarchived':
      return changes.repositoryArchived({
        ...change,
        archived: payload.action === 'archived',
      });
    case 'privatized':
    case 'publicized':
      return changes.repositoryVisibilityChanged({
        ...change,
        visibility:
          payload.action === 'publicized'
            ? 'public'
            : // An organisation's enterprise may see what is internal
              (repository.visibility === 'internal' && 'internal') || 'private',
      });
    case 'created':
    case 'edited':
    default:
      return changes.repositoryChanged({ ...change, parts: ALL_PARTS });
  }
}

/** `OWNER/NAME` of before. */
function locationBefore(
  payload: Extract<RepositoryEvent, { action: 'renamed' | 'transferred' }>,
): string | undefined {
  const [owner, name] = payload.repository.full_name.split('/');
  if (payload.action === 'renamed') {
    return `${owner}/${payload.changes.repository.name.from}`;
  }
  // The types know of users only
  const from: { user?: { login: string }; organization?: { login: string } } =
    payload.changes.owner.from;
  const previous = from.user?.login ?? from.organization?.login;
  return previous && `${previous}/${name}`;
}

function toChangedRelease(
  release: Pick<Release, 'id' | 'tag_name' | 'html_url'> & {
    name?: string | null;
    body?: string | null;
  },
) {
  return {
    id: release.id,
    tag: release.tag_name,
    url: release.html_url,
    ...(release.name && { name: release.name }),
    ...(release.body && { notes: release.body }),
  };
}

/** GitHub writes the commit of what is not there as zeros. */
function isNothing(commit: string): boolean {
  return /^0+$/.test(commit);
}
