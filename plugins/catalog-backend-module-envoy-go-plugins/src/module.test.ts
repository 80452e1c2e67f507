import { TestDatabases } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import {
  ENVOY_GO_PLUGIN_ENTITY_TOPIC,
  envoyGoPluginSchema,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { JsonObject } from '@backstage/types';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  eventually,
  startCatalog,
  type TestCatalog,
} from './__testUtils__/startCatalog';

jest.setTimeout(120_000);

const [example] = envoyGoPluginSchema.examples as [
  JsonObject & { metadata: JsonObject; spec: JsonObject },
];

function description(name: string, spec: JsonObject = {}): JsonObject {
  return {
    ...example,
    metadata: { ...example.metadata, name },
    spec: { ...example.spec, order: undefined, ...spec },
  };
}

function relations(entity: Entity | undefined): string[] {
  return (entity?.relations ?? []).map(
    ({ type, targetRef }) => `${type} ${targetRef}`,
  );
}

const databases = TestDatabases.create({
  ids: ['SQLITE_3', 'POSTGRES_18'],
  disableDocker: true,
});

describe.each(databases.eachSupportedId())('on %s', databaseId => {
  let folder: string;
  let catalog: TestCatalog | undefined;

  async function write(file: string, entity: JsonObject | string) {
    await writeFile(
      join(folder, file),
      typeof entity === 'string' ? entity : JSON.stringify(entity),
    );
  }

  async function start(files: string[]) {
    catalog = await startCatalog({
      knex: await databases.init(databaseId),
      config: {
        catalog: {
          locations: files.map(file => ({
            type: 'file',
            target: join(folder, file),
          })),
        },
      },
    });
    return catalog;
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'envoy-go-plugins-'));
  });

  afterEach(async () => {
    await catalog?.stop();
    catalog = undefined;
    await rm(folder, { recursive: true });
  });

  it('refuses a broken description with all its reasons, and takes the others', async () => {
    await write('good.yaml', description('good'));
    await write(
      'broken.yaml',
      description('broken', {
        runtime: 'wasm',
        envoy: '>>1',
        order: { before: ['good'], after: ['good'] },
        config: {
          schema: { type: 'object', properties: { a: { type: 'string' } } },
          examples: [{ title: 'wrong', value: { a: 1 } }],
        },
      }),
    );
    await write(
      'no-schema.yaml',
      description('no-schema', { config: { schema: { type: 'objekt' } } }),
    );
    await write('other.yaml', description('other'));
    const { entity, failed } = await start([
      'broken.yaml',
      'good.yaml',
      'no-schema.yaml',
      'other.yaml',
    ]);

    await eventually(async () => {
      expect(await entity('envoygoplugin:default/good')).toBeDefined();
      expect(await entity('envoygoplugin:default/other')).toBeDefined();
      expect(
        (await failed())
          .map(({ unprocessed_entity }) => unprocessed_entity.metadata.name)
          .sort(),
      ).toEqual(['broken', 'no-schema']);
    });
    const reasons = Object.fromEntries(
      (await failed()).map(({ unprocessed_entity, errors }) => [
        unprocessed_entity.metadata.name,
        errors.map(({ message }) => message).join('\n'),
      ]),
    );
    expect(reasons.broken).toContain(
      [
        'The description of the plugin is broken in 4 places:',
        'spec.runtime must be one of dynamic-module, golang-filter, mosn-stream-filter, but is "wasm"',
        'spec.envoy must be a semver range, such as ">=1.38" or "1.38.x || 1.40.x"; it is ">>1"',
        'spec.order.after[0] names "good", which is in spec.order.before too; a plugin cannot be both before and after the same one',
        'spec.config.examples[0].value.a must be text, but is 1',
      ].join('\n'),
    );
    expect(reasons['no-schema']).toContain(
      'spec.config.schema.type must be one of array, boolean',
    );
    expect(await entity('envoygoplugin:default/broken')).toBeUndefined();
  });

  it('keeps what it knew of a plugin whose description breaks, with the reason', async () => {
    await write('plugin.yaml', description('plugin', { category: 'authz' }));
    const { entity } = await start(['plugin.yaml']);
    await eventually(async () => {
      expect(await entity('envoygoplugin:default/plugin')).toBeDefined();
    });

    await write('plugin.yaml', description('plugin', { category: 'magic' }));
    await eventually(async () => {
      expect(await entity('envoygoplugin:default/plugin')).toMatchObject({
        spec: { category: 'authz' },
        status: {
          items: [
            {
              level: 'error',
              message: expect.stringContaining(
                'spec.category must be one of access, authn, authz, traffic, transform, observability, other, but is "magic"',
              ),
            },
          ],
        },
      });
    });

    await write('plugin.yaml', description('plugin', { category: 'traffic' }));
    await eventually(async () => {
      const mended = await entity('envoygoplugin:default/plugin');
      expect(mended).toMatchObject({ spec: { category: 'traffic' } });
      expect(mended).not.toHaveProperty('status');
    });
  });

  it('relates a plugin to its owner, system and dependencies, both ways', async () => {
    await write(
      'plugin.yaml',
      description('plugin', {
        owner: 'gateway',
        system: 'edge',
        dependsOn: ['resource:token-store', 'envoygoplugin:default/other'],
      }),
    );
    await write('other.yaml', description('other', { owner: 'user:author' }));
    const plain = (kind: string, name: string, spec: JsonObject) => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind,
      metadata: { name },
      spec,
    });
    await write(
      'gateway.yaml',
      plain('Group', 'gateway', { type: 'team', children: [] }),
    );
    await write('author.yaml', plain('User', 'author', { memberOf: [] }));
    await write('edge.yaml', plain('System', 'edge', { owner: 'gateway' }));
    await write(
      'token-store.yaml',
      plain('Resource', 'token-store', { type: 'database', owner: 'gateway' }),
    );
    const { entity } = await start([
      'plugin.yaml',
      'other.yaml',
      'gateway.yaml',
      'author.yaml',
      'edge.yaml',
      'token-store.yaml',
    ]);

    const plugin = 'envoygoplugin:default/plugin';
    await eventually(async () => {
      expect(relations(await entity(plugin))).toEqual([
        'dependsOn envoygoplugin:default/other',
        'dependsOn resource:default/token-store',
        'ownedBy group:default/gateway',
        'partOf system:default/edge',
      ]);
      expect(relations(await entity('group:default/gateway'))).toContain(
        `ownerOf ${plugin}`,
      );
      expect(relations(await entity('system:default/edge'))).toContain(
        `hasPart ${plugin}`,
      );
      expect(relations(await entity('resource:default/token-store'))).toContain(
        `dependencyOf ${plugin}`,
      );
      expect(relations(await entity('envoygoplugin:default/other'))).toEqual([
        `dependencyOf ${plugin}`,
        'ownedBy user:default/author',
      ]);
      expect(relations(await entity('user:default/author'))).toEqual([
        'ownerOf envoygoplugin:default/other',
      ]);
    });
  });

  it('tells of a plugin once it can be read, and again when it changed', async () => {
    await write('plugin.yaml', description('plugin', { category: 'authz' }));
    await write('other.yaml', description('other'));
    const { entity, events } = await start(['plugin.yaml', 'other.yaml']);
    const read: unknown[] = [];
    await events.subscribe({
      id: 'test',
      topics: [ENVOY_GO_PLUGIN_ENTITY_TOPIC],
      onEvent: async ({ eventPayload }) => {
        const { entityRef } = eventPayload as { entityRef: string };
        read.push([entityRef, (await entity(entityRef))?.spec?.category]);
      },
    });

    await eventually(async () => {
      expect([...read].sort()).toEqual([
        ['envoygoplugin:default/other', 'authn'],
        ['envoygoplugin:default/plugin', 'authz'],
      ]);
    });

    await write('plugin.yaml', description('plugin', { category: 'traffic' }));
    await eventually(async () => {
      expect(read.slice(2)).toEqual([
        ['envoygoplugin:default/plugin', 'traffic'],
      ]);
    });
  });
});
