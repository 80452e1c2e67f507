import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { createFetchTemplateAction } from '@backstage/plugin-scaffolder-backend';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import {
  type ConfigField,
  exampleConfig,
  goPackageName,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { createRenderConfigAction } from '../actions/renderConfig';
import { runAction } from './runAction';

/** The template "Envoy Go filter". */
export const FILTER_TEMPLATE = resolve(
  __dirname,
  '../../../../templates/envoy-go-filter/template.yaml',
);

/** What somebody chose in the form of the template "Envoy Go filter". */
export interface FilterChoice {
  name: string;
  description?: string;
  readsBody: boolean;
  callsOut: boolean;
  countsMetrics: boolean;
  configFields: ConfigField[];
}

/**
 * The values that the template's step `fetch:template` gets for a choice. A test of the
 * template as a whole makes sure that its steps make the same.
 */
export function skeletonValues(choice: FilterChoice) {
  const { name, configFields } = choice;
  return {
    title: `The "${name}": filter`,
    description: 'It\'s a: filter # of "quotes" and `ticks`',
    owner: 'group:default/gateway',
    category: 'other',
    ...choice,
    goPackage: goPackageName(name),
    modulePath: `github.com/envoy-plugins/${name}`,
    statName: name.replace(/-/g, '_'),
    projectSlug: `envoy-plugins/${name}`,
    repositoryUrl: `https://github.com/envoy-plugins/${name}`,
    exampleConfig: exampleConfig(configFields),
  };
}

/**
 * Renders the skeleton into a folder, with the same actions as the template.
 *
 * @param directory - an empty folder
 */
export async function renderSkeleton(
  choice: FilterChoice,
  directory: string,
): Promise<void> {
  const template = parse(await readFile(FILTER_TEMPLATE, 'utf8'));
  const step = template.spec.steps.find(
    ({ action }: { action: string }) => action === 'fetch:template',
  );
  const values = skeletonValues(choice);
  const fetchTemplate = createFetchTemplateAction({
    integrations: ScmIntegrations.fromConfig(new ConfigReader({})),
    reader: mockServices.urlReader.mock(),
  });
  const fetched = await mkdtemp(join(tmpdir(), 'envoy-go-fetched-'));
  try {
    await fetchTemplate.handler({
      ...createMockActionContext({
        input: { ...step.input, values },
        workspacePath: directory,
        templateInfo: {
          entityRef: 'template:default/envoy-go-filter',
          baseUrl: `file://${FILTER_TEMPLATE}`,
        },
      }),
      createTemporaryDirectory: async () => fetched,
    });
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
  await runAction(createRenderConfigAction(), {
    input: { goPackage: values.goPackage, fields: choice.configFields },
    workspacePath: directory,
  });
}

const FLAGS = [false, true];

const FIELDS: Record<string, ConfigField[]> = {
  plain: [],
  configured: [
    {
      name: 'secret',
      type: 'string',
      required: true,
      secret: true,
      description: 'Known | to the callers',
    },
    { name: 'maxRequests', type: 'integer', default: 10 },
    { name: 'ratio', type: 'number', default: 0.25 },
    { name: 'enabled', type: 'boolean', default: true },
    { name: 'timeout', type: 'duration', default: '1m30s' },
    { name: 'paths', type: 'string[]', default: ['/a|b', '/`c`'] },
  ],
};

/** Everything that can be chosen: 16 filters, each with a name that says what it is. */
export const EVERY_CHOICE: FilterChoice[] = Object.entries(FIELDS).flatMap(
  ([kind, configFields]) =>
    FLAGS.flatMap(readsBody =>
      FLAGS.flatMap(callsOut =>
        FLAGS.map(countsMetrics => ({
          name: [
            kind,
            ...(readsBody ? ['body'] : []),
            ...(callsOut ? ['callout'] : []),
            ...(countsMetrics ? ['counters'] : []),
          ].join('-'),
          readsBody,
          callsOut,
          countsMetrics,
          configFields,
        })),
      ),
    ),
);
