import type { PublishNotifier } from '../PublishNotifier';
import type { PublishStepRun } from './PublishStepContext';

/** Tells the author that the plugin is published. */
export function createAnnounce(options: {
  notifier: PublishNotifier;
}): PublishStepRun {
  return async ({ request, target, log }) => {
    await options.notifier.tellAuthor(
      request,
      `${request.name} is published: it is at ${target.owner}/${target.repo} now, and in the marketplace.`,
    );
    await log(`Told ${request.author}`);
  };
}
