import type { Entity } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import type {
  CatalogProcessorCache,
  CatalogProcessorResult,
} from '@backstage/plugin-catalog-node';
import { envoyGoPluginSchema } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { EnvoyGoPluginProcessor } from './EnvoyGoPluginProcessor';

const [example] = envoyGoPluginSchema.examples as [Entity];
const location = { type: 'url', target: 'https://example.com/x.yaml' };

function memory(): CatalogProcessorCache {
  const values = new Map();
  return {
    get: async key => values.get(key),
    set: async (key, value) => {
      values.set(key, value);
    },
  };
}

describe('EnvoyGoPluginProcessor', () => {
  it('takes plugins, and leaves other kinds to others', async () => {
    const processor = new EnvoyGoPluginProcessor();
    await expect(processor.validateEntityKind(example)).resolves.toBe(true);
    await expect(
      processor.validateEntityKind({ ...example, kind: 'Component' }),
    ).resolves.toBe(false);
  });

  it('refuses a broken plugin each time it is asked', async () => {
    const processor = new EnvoyGoPluginProcessor();
    const broken = { ...example, spec: { ...example.spec, envoy: '>>' } };
    for (const _ of [1, 2]) {
      await expect(processor.validateEntityKind(broken)).rejects.toThrow(
        InputError,
      );
      await expect(processor.validateEntityKind(broken)).rejects.toThrow(
        'spec.envoy must be a semver range',
      );
    }
    await expect(processor.validateEntityKind(example)).resolves.toBe(true);
  });

  it.each([
    [
      { ...example, apiVersion: 'backstage.io/v1alpha1' },
      'apiVersion must be "envoygo.dev/v1alpha1", but is "backstage.io/v1alpha1"',
    ],
    [
      { ...example, kind: 'envoygoplugin' },
      'kind must be "EnvoyGoPlugin", but is "envoygoplugin"',
    ],
  ])(
    'says what is wrong with its own kind at its root',
    async (entity, why) => {
      await expect(
        new EnvoyGoPluginProcessor().validateEntityKind(entity),
      ).rejects.toThrow(why);
    },
  );

  it('relates nothing that is not there, and inherits the namespace', async () => {
    const emitted: CatalogProcessorResult[] = [];
    await new EnvoyGoPluginProcessor().postProcessEntity(
      {
        ...example,
        metadata: { ...example.metadata, namespace: 'edge' },
        spec: { ...example.spec, owner: 'gateway' },
      },
      location,
      result => emitted.push(result),
      memory(),
    );
    expect(emitted).toEqual([
      {
        type: 'relation',
        relation: {
          source: {
            kind: 'EnvoyGoPlugin',
            namespace: 'edge',
            name: 'token-auth',
          },
          type: 'ownedBy',
          target: { kind: 'Group', namespace: 'edge', name: 'gateway' },
        },
      },
      {
        type: 'relation',
        relation: {
          source: { kind: 'Group', namespace: 'edge', name: 'gateway' },
          type: 'ownerOf',
          target: {
            kind: 'EnvoyGoPlugin',
            namespace: 'edge',
            name: 'token-auth',
          },
        },
      },
    ]);
  });

  it('relates a deprecated plugin to its successor, both ways', async () => {
    const emitted: CatalogProcessorResult[] = [];
    await new EnvoyGoPluginProcessor().postProcessEntity(
      {
        ...example,
        spec: {
          ...example.spec,
          lifecycle: 'deprecated',
          deprecation: { reason: 'Slow', successor: 'header-auth' },
        },
      },
      location,
      result => emitted.push(result),
      memory(),
    );
    const successor = {
      kind: 'EnvoyGoPlugin',
      namespace: 'default',
      name: 'header-auth',
    };
    expect(emitted).toContainEqual({
      type: 'relation',
      relation: expect.objectContaining({
        type: 'supersededBy',
        target: successor,
      }),
    });
    expect(emitted).toContainEqual({
      type: 'relation',
      relation: expect.objectContaining({
        type: 'supersedes',
        source: successor,
      }),
    });
  });

  it('tells of a plugin that is new or changed, and only then', async () => {
    const changes: unknown[] = [];
    const processor = new EnvoyGoPluginProcessor({
      onChange: entity => changes.push(entity.spec.category),
    });
    const cache = memory();
    const process = (entity: Entity) =>
      processor.postProcessEntity(entity, location, () => {}, cache);
    await process(example);
    await process(example);
    await process({
      ...example,
      spec: Object.fromEntries(Object.entries(example.spec ?? {}).reverse()),
    });
    await process({ ...example, spec: { ...example.spec, category: 'authz' } });
    await process({ ...example, kind: 'Component' });
    expect(changes).toEqual(['authn', 'authz']);
  });
});
