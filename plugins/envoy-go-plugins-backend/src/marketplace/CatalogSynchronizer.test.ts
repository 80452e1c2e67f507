import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { PluginQuery } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { testPlugin, testRef } from '../testing/testPlugin';
import { CatalogSynchronizer } from './CatalogSynchronizer';
import { DatabasePluginStore } from './DatabasePluginStore';

describe('CatalogSynchronizer', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

  async function setUp() {
    const store = await DatabasePluginStore.create({
      database: mockServices.database({
        knex: await databases.init('SQLITE_3'),
      }),
      knownEnvoyVersions: ['1.38'],
      integrates: () => true,
    });
    const logger = mockServices.logger.mock();
    const onPluginsChanged = jest.fn();
    const synchronizer = (catalog: ReturnType<typeof catalogServiceMock>) =>
      new CatalogSynchronizer({
        catalog,
        auth: mockServices.auth(),
        store,
        logger,
        onPluginsChanged,
      });
    const names = async (query: PluginQuery = {}) =>
      (await store.listPlugins(query)).items.map(item => item.name);
    return {
      store,
      logger,
      onPluginsChanged,
      names,
      synchronizer,
      reconcile: (entities: Entity[]) =>
        synchronizer(catalogServiceMock({ entities })).reconcile(),
    };
  }

  const component: Entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'website' },
  };

  it('takes in plugins and nothing else, and says what it did', async () => {
    const { reconcile, names, onPluginsChanged } = await setUp();
    await expect(
      reconcile([component, testPlugin('a'), testPlugin('b')]),
    ).resolves.toEqual({ seen: 2, added: 2, changed: 0, deleted: 0 });
    expect(onPluginsChanged).toHaveBeenCalledTimes(1);
    await expect(
      reconcile([
        testPlugin('a', { spec: { category: 'authz' } }),
        testPlugin('b'),
      ]),
    ).resolves.toEqual({ seen: 2, added: 0, changed: 1, deleted: 0 });
    await reconcile([
      testPlugin('a', { spec: { category: 'authz' } }),
      testPlugin('b'),
    ]);
    expect(onPluginsChanged).toHaveBeenCalledTimes(2);
    await expect(names({ category: ['authz'] })).resolves.toEqual(['a']);
  });

  it('takes in the others when one plugin makes no sense', async () => {
    const { reconcile, names, logger } = await setUp();
    await reconcile([
      testPlugin('a', { spec: { envoy: 'latest' } }),
      { ...testPlugin('b'), apiVersion: 'envoygo.dev/v9' },
      testPlugin('c'),
    ]);
    await expect(names()).resolves.toEqual(['c']);
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining(`Left out ${testRef('a')}: "latest"`),
    );
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('envoygo.dev/v9'),
    );
  });

  it('reads all pages', async () => {
    const { reconcile, store } = await setUp();
    const entities = Array.from({ length: 1201 }, (_, index) =>
      testPlugin(`plugin-${index}`),
    );
    await expect(reconcile(entities)).resolves.toMatchObject({ seen: 1201 });
    await expect(store.countAll()).resolves.toBe(1201);
  });

  it('deletes what a complete pass did not see', async () => {
    const { reconcile, names } = await setUp();
    await reconcile([testPlugin('a'), testPlugin('b'), testPlugin('c')]);
    await expect(
      reconcile([testPlugin('a'), testPlugin('b')]),
    ).resolves.toMatchObject({ deleted: 1 });
    await expect(names()).resolves.toEqual(['a', 'b']);
  });

  it('deletes nothing when the catalog fails half-way', async () => {
    const { reconcile, names, synchronizer } = await setUp();
    await reconcile([testPlugin('a'), testPlugin('b'), testPlugin('c')]);
    const failing = catalogServiceMock();
    failing.streamEntities = async function* pages() {
      yield [testPlugin('a'), testPlugin('d')];
      throw new Error('The catalog went away');
    };
    await expect(synchronizer(failing).reconcile()).rejects.toThrow(
      'The catalog went away',
    );
    await expect(names()).resolves.toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not believe a single pass that came back empty', async () => {
    const { reconcile, names, logger } = await setUp();
    await reconcile([testPlugin('a'), testPlugin('b')]);
    await expect(reconcile([component])).resolves.toMatchObject({ deleted: 0 });
    await expect(reconcile([])).resolves.toMatchObject({ deleted: 0 });
    await expect(names()).resolves.toEqual(['a', 'b']);
    expect(logger.warn).toHaveBeenCalledWith(
      'The catalog had 0 plugins, and not 2 of the 2 that are known; that is not believed before 3 passes in a row have said so',
    );
    // They were there all the time, so the count begins anew
    await reconcile([testPlugin('a'), testPlugin('b')]);
    await expect(reconcile([])).resolves.toMatchObject({ deleted: 0 });
  });

  it('does not believe a single pass in which most plugins are missing', async () => {
    const { reconcile, names } = await setUp();
    await reconcile(['a', 'b', 'c', 'd', 'e'].map(name => testPlugin(name)));
    await reconcile([testPlugin('a'), testPlugin('b')]);
    await expect(names()).resolves.toHaveLength(5);
    await reconcile([testPlugin('a'), testPlugin('b')]);
    await expect(
      reconcile([testPlugin('a'), testPlugin('b')]),
    ).resolves.toMatchObject({ deleted: 3 });
    await expect(names()).resolves.toEqual(['a', 'b']);
  });

  it('keeps what a pass did not see when the catalog has it by its name', async () => {
    const { reconcile, names, synchronizer } = await setUp();
    const entities = ['a', 'b', 'c'].map(name => testPlugin(name));
    await reconcile(entities);
    const catalog = catalogServiceMock({ entities });
    catalog.streamEntities = async function* pages() {
      yield entities.slice(0, 2);
    };
    await expect(synchronizer(catalog).reconcile()).resolves.toMatchObject({
      deleted: 0,
    });
    await expect(names()).resolves.toEqual(['a', 'b', 'c']);
  });

  it('stops when it is told to', async () => {
    const { synchronizer, store } = await setUp();
    const catalog = catalogServiceMock({ entities: [testPlugin('a')] });
    await expect(
      synchronizer(catalog).reconcile(AbortSignal.abort()),
    ).rejects.toThrow(/abort/i);
    await expect(store.countAll()).resolves.toBe(0);
  });

  it('reads single entities anew and deletes none of them', async () => {
    const { reconcile, names, synchronizer } = await setUp();
    await reconcile([testPlugin('a'), testPlugin('b'), testPlugin('gone')]);
    const catalog = catalogServiceMock({
      entities: [
        testPlugin('a'),
        testPlugin('b', { metadata: { title: 'Better' } }),
        testPlugin('c'),
      ],
    });
    await expect(
      synchronizer(catalog).read(['a', 'b', 'c', 'gone'].map(testRef)),
    ).resolves.toEqual({
      different: [testRef('c'), testRef('b')],
      same: [testRef('a')],
    });
    await expect(names()).resolves.toEqual(['a', 'b', 'c', 'gone']);
  });
});
