import type { ReleasePublisher, ReleaseToPublish } from '..';

type PublishOptions = Parameters<ReleasePublisher['publish']>[1];

/** Remembers what it was to publish. */
export class RecordingPublisher implements ReleasePublisher {
  readonly published: string[] = [];
  readonly refused: { tag: string; reason?: string }[] = [];
  /** How many were published at most at the same time. */
  most = 0;
  #running = 0;
  /** What else is done while it publishes. */
  during: (
    release: ReleaseToPublish,
    options: PublishOptions,
  ) => Promise<void> = async () => {};

  async publish(
    release: ReleaseToPublish,
    options: PublishOptions,
  ): Promise<{ image?: string }> {
    this.#running += 1;
    this.most = Math.max(this.most, this.#running);
    try {
      options.onStep({ name: 'image', state: 'running' });
      await this.during(release, options);
      options.signal.throwIfAborted();
      options.onStep({ name: 'image', state: 'passed' });
      this.published.push(release.release.tag);
      return {
        image: `registry.example.com/${release.build.plugin.name}@sha256:0`,
      };
    } finally {
      this.#running -= 1;
    }
  }

  refuse: ReleasePublisher['refuse'] = async ({ build, release }) => {
    this.refused.push({ tag: release.tag, reason: build.reason });
  };
}
