import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { createFetchTemplateAction } from '@backstage/plugin-scaffolder-backend';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import {
  createRenderConfigAction,
  createWriteLicenceAction,
} from '@envoy-go/backstage-plugin-scaffolder-backend-module-envoy-go-plugins';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const TEMPLATE = resolve(
  __dirname,
  '../../../../templates/envoy-go-filter/template.yaml',
);

/** Writes the filter that the template makes of a form in which only what must be is filled in. */
export async function scaffoldFilter(options: {
  directory: string;
  /** Scratch. */
  temporary: string;
  name: string;
  /** Of the repository. */
  owner: string;
}): Promise<void> {
  const { directory, temporary, name, owner } = options;
  const template = parse(await readFile(TEMPLATE, 'utf8'));
  const { input } = template.spec.steps.find(
    ({ action }: { action: string }) => action === 'fetch:template',
  );
  const goPackage = name.replaceAll('-', '');
  await Promise.all(
    [directory, temporary].map(each => mkdir(each, { recursive: true })),
  );
  await createFetchTemplateAction({
    integrations: ScmIntegrations.fromConfig(new ConfigReader({})),
    reader: mockServices.urlReader.mock(),
  }).handler({
    ...createMockActionContext({
      input: {
        ...input,
        values: {
          name,
          title: name,
          description: 'Marks what passes',
          owner: 'group:default/gateway',
          category: 'other',
          readsBody: false,
          callsOut: false,
          countsMetrics: false,
          configFields: [],
          goPackage,
          modulePath: `github.com/${owner}/${name}`,
          statName: name.replaceAll('-', '_'),
          projectSlug: `${owner}/${name}`,
          repositoryUrl: `https://github.com/${owner}/${name}`,
          exampleConfig: {},
        },
      },
      workspacePath: directory,
      templateInfo: {
        entityRef: 'template:default/envoy-go-filter',
        baseUrl: `file://${TEMPLATE}`,
      },
    }),
    createTemporaryDirectory: async () => join(temporary, 'fetched'),
  });
  await createRenderConfigAction().handler(
    createMockActionContext({
      input: { goPackage, fields: [] },
      workspacePath: directory,
    }),
  );
  const { default: licence } = template.spec.parameters
    .map(
      ({ properties }: { properties: { licence?: { default: string } } }) =>
        properties.licence,
    )
    .find(Boolean);
  await createWriteLicenceAction().handler(
    createMockActionContext({ input: { licence }, workspacePath: directory }),
  );
}
