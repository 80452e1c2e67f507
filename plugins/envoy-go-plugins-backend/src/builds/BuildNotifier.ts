import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { BuildState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { StoredBuild } from './BuildStore';
import { entityRefOf } from './entityRefOf';

/** Tells a plugin's owners what became of their releases. What cannot be told stops nothing. */
export class BuildNotifier {
  readonly #notifications: NotificationService;
  readonly #ownerOf: (entityRef: string) => Promise<string | undefined>;
  readonly #logger: LoggerService;

  constructor(options: {
    notifications: NotificationService;
    /** Entity ref of a plugin's owner. */
    ownerOf: (entityRef: string) => Promise<string | undefined>;
    logger: LoggerService;
  }) {
    this.#notifications = options.notifications;
    this.#ownerOf = options.ownerOf;
    this.#logger = options.logger;
  }

  /** For builds of releases that passed, failed or could not run; of others it is silent. */
  async ended(build: StoredBuild, image?: string): Promise<void> {
    const text = build.kind === 'request' ? undefined : textOf(build, image);
    if (text === undefined) {
      return;
    }
    const { id, plugin, tag } = build;
    try {
      const owner = await this.#ownerOf(entityRefOf(plugin));
      if (owner === undefined) {
        return;
      }
      await this.#notifications.send({
        recipients: { type: 'entity', entityRef: owner },
        payload: {
          title: `${plugin.name} ${tag ?? ''}`.trim(),
          description: text,
          link: `/envoy-go-plugins/builds/${id}`,
          severity: build.state === 'passed' ? 'normal' : 'high',
          topic: 'envoy-go-plugins.builds',
          // A newer one about the same build takes its place
          scope: `build ${id}`,
        },
      });
    } catch (error) {
      this.#logger.info(
        `The owner of ${plugin.name} got no notification "${text}": ${
          toError(error).message
        }`,
      );
    }
  }
}

function textOf(
  { state, tag, reason = 'no reason is known' }: StoredBuild,
  image: string | undefined,
): string | undefined {
  const texts: Partial<Record<BuildState, string>> = {
    passed: image
      ? `${tag} was built, proven and published as ${image}.`
      : `${tag} was built and proven. It has no image: the portal has no registry configured.`,
    failed: `${tag} was not published: ${sentence(
      reason,
    )} Look at the steps and the log, mend it, and release a new version.`,
    'could-not-run': `${tag} could not be built: ${sentence(
      reason,
    )} It is not the plugin's doing as far as the portal can tell. Have it built again, or ask the administrators.`,
  };
  return texts[state];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
