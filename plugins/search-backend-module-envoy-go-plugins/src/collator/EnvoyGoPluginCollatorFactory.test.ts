import { mockServices } from '@backstage/backend-test-utils';
import { catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { envoyGoPluginSchema } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Entity } from '@backstage/catalog-model';
import { EnvoyGoPluginCollatorFactory } from './EnvoyGoPluginCollatorFactory';

const [example] = envoyGoPluginSchema.examples as [Entity];

describe('EnvoyGoPluginCollatorFactory', () => {
  it('reads the catalog in batches, as itself, and lets people see what they may', async () => {
    const catalog = catalogServiceMock.mock({
      async *streamEntities() {
        yield [example];
        yield [{ ...example, metadata: { name: 'other' } }];
      },
    });
    const factory = new EnvoyGoPluginCollatorFactory({
      auth: mockServices.auth(),
      catalog,
      batchSize: 7,
      locationTemplate: '/catalog/:namespace/:kind/:name',
    });

    const documents = await (await factory.getCollator()).toArray();

    expect(documents.map(document => document.authorization)).toEqual([
      { resourceRef: 'envoygoplugin:default/token-auth' },
      { resourceRef: 'envoygoplugin:default/other' },
    ]);
    expect(factory.visibilityPermission).toBe(catalogEntityReadPermission);
    expect(catalog.streamEntities).toHaveBeenCalledWith(
      { filter: { kind: 'EnvoyGoPlugin' }, pageSize: 7 },
      { credentials: await mockServices.auth().getOwnServiceCredentials() },
    );
  });

  it('passes on that the catalog is down, so that the index keeps what it has', async () => {
    const factory = new EnvoyGoPluginCollatorFactory({
      auth: mockServices.auth(),
      catalog: catalogServiceMock.mock({
        async *streamEntities() {
          throw new Error('the catalog is down');
        },
      }),
      batchSize: 7,
      locationTemplate: '/catalog/:namespace/:kind/:name',
    });
    const collator = await factory.getCollator();
    await expect(collator.toArray()).rejects.toThrow('the catalog is down');
  });
});
