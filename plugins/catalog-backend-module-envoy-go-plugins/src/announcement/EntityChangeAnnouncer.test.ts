import { mockServices } from '@backstage/backend-test-utils';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { EventParams } from '@backstage/plugin-events-node';
import { eventually } from '../__testUtils__/startCatalog';
import { EntityChangeAnnouncer } from './EntityChangeAnnouncer';

function plugin(name: string, category: string = 'authn'): Entity {
  return {
    apiVersion: 'envoygo.dev/v1alpha1',
    kind: 'EnvoyGoPlugin',
    metadata: { name },
    spec: { category },
  };
}

describe('EntityChangeAnnouncer', () => {
  let served: Entity[];
  let published: unknown[];
  let catalogIsDown: boolean;
  let eventsAreDown: boolean;
  let tries: number;
  let announcer: EntityChangeAnnouncer | undefined;
  const logger = mockServices.logger.mock();

  function start(patienceMs: number = 20_000): EntityChangeAnnouncer {
    announcer = new EntityChangeAnnouncer({
      auth: mockServices.auth(),
      catalog: catalogServiceMock.mock({
        getEntitiesByRefs: async ({ entityRefs }) => {
          tries += 1;
          if (catalogIsDown) {
            throw new Error('the catalog is down');
          }
          return {
            items: entityRefs.map(ref =>
              served.find(entity => stringifyEntityRef(entity) === ref),
            ),
          };
        },
      }),
      events: mockServices.events.mock({
        publish: async (event: EventParams) => {
          tries += 1;
          if (eventsAreDown) {
            throw new Error('the event bus is down');
          }
          published.push(event);
        },
      }),
      logger,
      intervalMs: 1,
      patienceMs,
    });
    return announcer;
  }

  async function moreTries() {
    const before = tries;
    await eventually(async () => {
      expect(tries).toBeGreaterThan(before + 3);
    });
  }

  beforeEach(() => {
    jest.clearAllMocks();
    served = [];
    published = [];
    catalogIsDown = false;
    eventsAreDown = false;
    tries = 0;
  });

  afterEach(() => announcer?.stop());

  it('waits until the catalog serves the change', async () => {
    served = [plugin('a', 'old')];
    start().announce(plugin('a', 'new'));
    await moreTries();
    expect(published).toEqual([]);

    served = [plugin('a', 'new')];
    await eventually(async () => {
      expect(published).toEqual([
        {
          topic: 'envoy-go-plugins.entity',
          eventPayload: { entityRef: 'envoygoplugin:default/a' },
        },
      ]);
    });
  });

  it('does not let one that never comes hold up the others', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `p${index}`);
    served = [plugin('last')];
    const { announce } = start();
    names.forEach(name => announce.call(announcer, plugin(name)));
    announce.call(announcer, plugin('last'));
    await eventually(async () => {
      expect(published).toHaveLength(1);
    });
  });

  it('tries again when the event bus or the catalog is down', async () => {
    served = [plugin('a')];
    eventsAreDown = true;
    start().announce(plugin('a'));
    await moreTries();
    eventsAreDown = false;
    catalogIsDown = true;
    await moreTries();
    expect(published).toEqual([]);

    catalogIsDown = false;
    await eventually(async () => {
      expect(published).toHaveLength(1);
    });
  });

  it('gives up in the end, and says so', async () => {
    eventsAreDown = true;
    served = [plugin('a')];
    start(20).announce(plugin('a'));
    await eventually(async () => {
      expect(logger.warn).toHaveBeenCalledWith(
        'Gave up telling of the change of envoygoplugin:default/a; whoever needs it finds it in the catalog: Error: the event bus is down',
      );
    });
  });

  it('tells of a plugin that comes out differently than it went in', async () => {
    served = [plugin('a', 'changed by another processor')];
    start(20).announce(plugin('a'));
    await eventually(async () => {
      expect(published).toHaveLength(1);
    });
  });

  it('forgets one that was only tried', async () => {
    start(20).announce(plugin('tried'));
    const before = tries;
    await eventually(async () => {
      expect(tries).toBeGreaterThan(before);
    });
    served = [plugin('b')];
    announcer?.announce(plugin('b'));
    await eventually(async () => {
      expect(published).toHaveLength(1);
    });
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('does nothing more once it is stopped', async () => {
    served = [plugin('a'), plugin('b')];
    start().announce(plugin('a'));
    announcer?.stop();
    announcer?.announce(plugin('a'));
    // Its turn comes after that of whatever the stopped one had left.
    start().announce(plugin('b'));
    await eventually(async () => {
      expect(published).not.toEqual([]);
    });
    expect(published).toEqual([
      {
        topic: 'envoy-go-plugins.entity',
        eventPayload: { entityRef: 'envoygoplugin:default/b' },
      },
    ]);
  });
});
