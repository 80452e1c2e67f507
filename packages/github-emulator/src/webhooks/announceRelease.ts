import { JsonObject } from '@backstage/types';
import { Emulator } from '../Emulator';
import { Account } from '../state/accountRecords';
import { Release } from '../state/releaseRecords';
import { Repository } from '../state/repositoryRecords';
import { announce } from './announce';
import { webhookRelease } from './payloads';

/** Tells what happened to a release; one change can be several events. `after` is undefined when it was deleted. */
export function announceRelease(
  emulator: Emulator,
  repository: Repository,
  sender: Account,
  before: Release | undefined,
  after: Release | undefined,
): void {
  const release = after ?? before;
  const tell = (action: string, changes?: JsonObject) =>
    release &&
    announce(emulator, { repository }, sender, {
      name: 'release',
      action,
      fields: () => ({
        release: webhookRelease(emulator, repository, release),
        ...(changes && { changes }),
      }),
    });
  if (!after) {
    tell('deleted');
    return;
  }
  if (!before) {
    tell('created');
  }
  const changes: JsonObject = {
    ...(before &&
      before.name !== after.name && { name: { from: before.name ?? '' } }),
    ...(before &&
      before.body !== after.body && { body: { from: before.body ?? '' } }),
  };
  if (Object.keys(changes).length > 0) {
    tell('edited', changes);
  }
  const wasPublished = before !== undefined && !before.draft;
  if (after.draft) {
    if (wasPublished) {
      tell('unpublished');
    }
    return;
  }
  if (!wasPublished) {
    tell('published');
  }
  if (!wasPublished || before.prerelease !== after.prerelease) {
    tell(after.prerelease ? 'prereleased' : 'released');
  }
}
