import { createMockDirectory } from '@backstage/backend-test-utils';
import {
  isEnvoyGoPluginEntity,
  validateEnvoyGoPluginEntity,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { readProof } from '@envoy-go/envoy-runner';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import {
  EVERY_CHOICE,
  FILTER_TEMPLATE,
  renderSkeleton,
  skeletonValues,
} from '../__testUtils__/renderSkeleton';

describe('the files of a filter that the template makes', () => {
  const directory = createMockDirectory();

  beforeEach(() => {
    directory.clear();
  });

  const read = (name: string) => readFile(directory.resolve(name), 'utf8');

  it.each(EVERY_CHOICE)(
    'describe $name as the catalog wants it',
    async choice => {
      await renderSkeleton(choice, directory.path);
      const entity = parse(await read('catalog-info.yaml'));
      expect(validateEnvoyGoPluginEntity(entity)).toEqual([]);
      expect(isEnvoyGoPluginEntity(entity)).toBe(true);
      const { title, description } = skeletonValues(choice);
      expect(entity.metadata).toMatchObject({ title, description });
    },
  );

  it.each(EVERY_CHOICE)('prove what $name does', async choice => {
    await renderSkeleton(choice, directory.path);
    const proof = await readProof(directory.resolve('envoy-proof.yaml'));
    expect(proof.cases).toHaveLength(
      1 + (choice.readsBody ? 1 : 0) + (choice.callsOut ? 2 : 0),
    );
  });

  it.each(EVERY_CHOICE)(
    'leave nothing of the template in $name',
    async choice => {
      await renderSkeleton(choice, directory.path);
      const files = directory.content({ shouldReadAsText: true });
      expect(Object.keys(files ?? {}).sort()).toEqual([
        '.github',
        '.gitignore',
        'Dockerfile',
        'Makefile',
        'README.md',
        'catalog-info.yaml',
        'cmd',
        'config.go',
        'config_test.go',
        'envoy-proof.yaml',
        'filter.go',
        'filter_test.go',
        'go.mod',
        'go.sum',
      ]);
      const strange = Object.entries(files ?? {}).filter(
        ([, text]) =>
          typeof text === 'string' &&
          (/\{%|\$\{\{|undefined|\n\n\n/.test(text) || !/[^\n]\n$/.test(text)),
      );
      expect(strange).toEqual([]);
    },
  );

  it('get the values that the template gives', async () => {
    const template = parse(await readFile(FILTER_TEMPLATE, 'utf8'));
    const { input } = template.spec.steps.find(
      ({ id }: { id: string }) => id === 'skeleton',
    );
    expect(Object.keys(input.values).sort()).toEqual(
      Object.keys(skeletonValues(EVERY_CHOICE[0])).sort(),
    );
  });
});
