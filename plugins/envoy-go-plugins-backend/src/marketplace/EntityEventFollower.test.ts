import { mockServices } from '@backstage/backend-test-utils';
import { ENVOY_GO_PLUGIN_ENTITY_TOPIC } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { waitFor } from '../testing/waitFor';
import type { ReadResult } from './CatalogSynchronizer';
import { EntityEventFollower } from './EntityEventFollower';

describe('EntityEventFollower', () => {
  const followers: EntityEventFollower[] = [];

  afterEach(() => followers.splice(0).forEach(follower => follower.stop()));

  async function follow(
    read: (refs: string[]) => Promise<ReadResult>,
    delaysMs = [1, 1, 1, 1, 1, 1],
  ) {
    const events = mockServices.events();
    const logger = mockServices.logger.mock();
    const reads: string[][] = [];
    const follower = new EntityEventFollower({
      read: refs => {
        reads.push(refs);
        return read(refs);
      },
      logger,
      now: () => new Date(),
      delaysMs,
    });
    followers.push(follower);
    await follower.follow(events);
    return {
      follower,
      logger,
      reads,
      publish: (eventPayload: unknown) =>
        events.publish({ topic: ENVOY_GO_PLUGIN_ENTITY_TOPIC, eventPayload }),
    };
  }

  it('reads until the catalog has the entity', async () => {
    let served = false;
    const { publish, reads } = await follow(async refs => {
      const result = served
        ? { different: refs, same: [] }
        : { different: [], same: [] };
      served = reads.length >= 3;
      return result;
    });
    await publish({ entityRef: 'envoygoplugin:default/a' });
    await waitFor(() => expect(reads).toHaveLength(4));
  });

  it('gives up on an entity that never comes, and begins anew when told of it again', async () => {
    const { publish, reads } = await follow(async () => ({
      different: [],
      same: [],
    }));
    await publish({ entityRef: 'envoygoplugin:default/a' });
    await waitFor(() => expect(reads).toHaveLength(6));
    await publish({ entityRef: 'envoygoplugin:default/a' });
    await waitFor(() => expect(reads).toHaveLength(12));
  });

  it('soon stops reading what is no different', async () => {
    const { publish, reads } = await follow(async refs => ({
      different: refs.filter(ref => ref.endsWith('/last')),
      same: refs.filter(ref => ref.endsWith('/a')),
    }));
    await publish({ entityRef: 'envoygoplugin:default/a' });
    await waitFor(() => expect(reads).toHaveLength(4));
    await publish({ entityRef: 'envoygoplugin:default/last' });
    await waitFor(() =>
      expect(reads.at(-1)).toEqual(['envoygoplugin:default/last']),
    );
    expect(reads).toHaveLength(5);
  });

  it('reads what comes at once in one go, each entity once', async () => {
    const { publish, reads } = await follow(
      async refs => ({ different: refs, same: [] }),
      [20],
    );
    for (const name of ['a', 'b', 'a', 'c']) {
      await publish({ entityRef: `envoygoplugin:default/${name}` });
    }
    await waitFor(() => expect(reads.flat()).toHaveLength(3));
  });

  it('goes on when the catalog cannot be read', async () => {
    const { publish, reads, logger } = await follow(async refs => {
      if (reads.length === 1) {
        throw new Error('503');
      }
      return { different: refs, same: [] };
    });
    await publish({ entityRef: 'envoygoplugin:default/a' });
    await waitFor(() => expect(reads).toHaveLength(2));
    expect(logger.warn).toHaveBeenCalledWith(
      'The catalog could not be read for 1 plugins, which is tried again: 503',
    );
  });

  it('ignores what is no such event', async () => {
    const { publish, reads, logger } = await follow(async refs => ({
      different: refs,
      same: [],
    }));
    for (const payload of [undefined, null, 'text', {}, { entityRef: 7 }]) {
      await publish(payload);
    }
    await publish({ entityRef: 'envoygoplugin:default/a' });
    await waitFor(() => expect(reads).toEqual([['envoygoplugin:default/a']]));
    expect(logger.warn).toHaveBeenCalledTimes(5);
  });

  it('reads nothing after it was stopped', async () => {
    const { publish, reads, follower } = await follow(async refs => ({
      different: refs,
      same: [],
    }));
    await publish({ entityRef: 'envoygoplugin:default/a' });
    follower.stop();
    await publish({ entityRef: 'envoygoplugin:default/b' });
    await new Promise(setImmediate);
    expect(reads).toEqual([]);
  });
});
