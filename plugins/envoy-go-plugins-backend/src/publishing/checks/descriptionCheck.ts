import {
  isEnvoyGoPluginEntity,
  validateEnvoyGoPluginEntity,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PublishCheck } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { readDescription } from '../readDescription';
import { placeOf, reportOf } from './findings';

const PATH = 'catalog-info.yaml';

/** Whether `catalog-info.yaml` describes one plugin, as the catalog takes it in. */
export const descriptionCheck: PublishCheck = {
  id: 'description',
  title: 'Description',
  async run({ source }) {
    const { entity, problem } = await readDescription(source);
    const wrongs =
      problem !== undefined
        ? [problem]
        : validateEnvoyGoPluginEntity(entity).map(
            ({ path, message }) => `${path || 'The document'} ${message}`,
          );
    return reportOf({
      lookedAt: [PATH],
      findings: wrongs.map(message => ({
        severity: 'problem',
        message,
        mend: `Change ${PATH} at the repository's root, commit and check again.`,
        ...placeOf(source, PATH),
      })),
      passed: `${PATH} describes the plugin "${
        entity && isEnvoyGoPluginEntity(entity) ? entity.metadata.name : ''
      }".`,
    });
  },
};
