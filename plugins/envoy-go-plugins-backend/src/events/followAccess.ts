import type { ChangeEffect, RepositoryChanges } from '../marketplace';
import type { DeliveryHandlers, HandlerContext } from './DeliveryHandlers';

/** What says on which GitHub something happened; payloads have one or another. */
interface Located {
  html_url?: string;
}

/**
 * Has the marketplace follow who may see private repositories: collaborators, members,
 * teams, and what the portal's GitHub App was given.
 */
export function followAccess(
  handlers: DeliveryHandlers,
  options: { changes: RepositoryChanges; host: string },
): void {
  const { changes, host } = options;

  const changed = async (
    context: HandlerContext,
    where: {
      located: (Located | undefined)[];
      organization?: { login: string };
      repositoryId?: number;
    },
  ): Promise<ChangeEffect[]> =>
    changes.accessChanged({
      host: hostOf(where.located) ?? host,
      ...(where.organization && { organization: where.organization.login }),
      ...(where.repositoryId !== undefined && {
        repositoryId: where.repositoryId,
      }),
      at: context.delivery.receivedAt,
      signal: context.signal,
    });

  handlers.on('member', async ({ repository, organization, sender }, context) =>
    changed(context, {
      located: [repository, sender],
      organization,
      repositoryId: repository.id,
    }),
  );
  handlers.on('team_add', async (payload, context) =>
    changed(context, {
      located: [payload.repository],
      organization: payload.organization,
      repositoryId: payload.repository.id,
    }),
  );
  handlers.on('team', async (payload, context) => {
    const repository: { id: number; html_url: string } | undefined =
      payload.repository;
    return changed(context, {
      located: [repository, payload.team, payload.sender],
      organization: payload.organization,
      // What a team is called or nested in changes what its members see anywhere
      repositoryId:
        payload.action === 'added_to_repository' ||
        payload.action === 'removed_from_repository'
          ? repository?.id
          : undefined,
    });
  });
  handlers.on('membership', async ({ organization, sender }, context) =>
    changed(context, { located: [sender], organization }),
  );
  handlers.on('organization', async (payload, context) =>
    payload.action === 'member_invited'
      ? [{ text: 'Nothing changed: who is invited sees nothing more yet.' }]
      : changed(context, {
          located: [payload.sender],
          organization: payload.organization,
        }),
  );
  handlers.on('installation', async ({ installation }, context) =>
    changed(context, {
      located: [installation],
      organization: installation.account,
    }),
  );
  handlers.on('installation_repositories', async (payload, context) =>
    changed(context, {
      located: [payload.installation],
      organization: payload.installation.account,
    }),
  );
  handlers.on('ping', async ({ zen, hook_id: hookId }) => [
    { text: `GitHub reached the portal with webhook ${hookId}: "${zen}"` },
  ]);
}

function hostOf(located: (Located | undefined)[]): string | undefined {
  for (const { html_url: url } of located.filter(
    place => place !== undefined,
  )) {
    if (url !== undefined && URL.canParse(url)) {
      return new URL(url).host;
    }
  }
  return undefined;
}
