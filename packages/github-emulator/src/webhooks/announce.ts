import { JsonObject } from '@backstage/types';
import { Emulator } from '../Emulator';
import { Account } from '../state/accountRecords';
import { Repository } from '../state/repositoryRecords';
import { nodeId } from '../state/nodeId';
import { Webhook } from '../state/webhookRecords';
import {
  webhookOrganization,
  webhookRepository,
  webhookUser,
} from './payloads';

/** Where something happens: in a repository, or in an organisation. */
export type Place =
  | { repository: Repository; organization?: undefined }
  | { organization: Account; repository?: Repository };

/** The webhooks that are told of an event in a place: those of the repository, and those of the organisation around it. */
export function listeners(
  emulator: Emulator,
  place: Place,
  event: string,
): Webhook[] {
  const targets: Webhook['target'][] = [];
  if (place.repository) {
    targets.push({ type: 'repository', id: place.repository.id });
  }
  const organization = organizationOf(emulator, place);
  if (organization) {
    targets.push({ type: 'organization', id: organization.id });
  }
  const accountId = place.repository?.ownerId ?? organization?.id;
  if (accountId !== undefined) {
    for (const { appId } of emulator.apps.reaching(
      accountId,
      place.repository,
    )) {
      targets.push({ type: 'app', id: appId });
    }
  }
  return emulator.webhooks.interested(targets, event);
}

/** Tells the webhooks what happened. The payload is made only when somebody wants to know. */
export function announce(
  emulator: Emulator,
  place: Place,
  sender: Account,
  event: { name: string; action?: string; fields?: () => JsonObject },
): void {
  const hooks = listeners(emulator, place, event.name);
  if (hooks.length > 0) {
    const facts = {
      name: event.name,
      action: event.action,
      repositoryId: place.repository?.id,
    };
    const payload = {
      ...(event.action && { action: event.action }),
      // An event may show the repository in another way.
      ...commonFields(emulator, place, sender),
      ...event.fields?.(),
    };
    emulator.webhooks.record(
      { ...facts, payload },
      hooks.filter(({ target }) => target.type !== 'app'),
    );
    for (const hook of hooks.filter(({ target }) => target.type === 'app')) {
      const installation = emulator.apps.installationIn(
        hook.target,
        place.repository?.ownerId ?? place.organization?.id ?? 0,
      );
      emulator.webhooks.record(
        {
          ...facts,
          installationId: installation?.id,
          payload: {
            ...payload,
            ...(installation && {
              installation: {
                id: installation.id,
                node_id: nodeId('Installation', installation.id),
              },
            }),
          },
        },
        [hook],
      );
    }
  }
}

/** The fields that all events have. */
export function commonFields(
  emulator: Emulator,
  place: Place,
  sender: Account,
): JsonObject {
  const organization = organizationOf(emulator, place);
  return {
    ...(place.repository && {
      repository: webhookRepository(emulator, place.repository),
    }),
    ...(organization && {
      organization: webhookOrganization(emulator, organization),
    }),
    sender: webhookUser(emulator, sender),
  };
}

function organizationOf(emulator: Emulator, place: Place): Account | undefined {
  if (place.organization) {
    return place.organization;
  }
  const owner = emulator.repositories.owner(place.repository);
  return owner.type === 'Organization' ? owner : undefined;
}
