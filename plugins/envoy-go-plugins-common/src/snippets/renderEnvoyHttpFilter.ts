import type { JsonValue } from '@backstage/types';
import type { EnvoyGoPluginEntity } from '../entity';
import {
  heading,
  httpFilter,
  libraryFile,
  LIBRARY_FOLDER,
  survivesFile,
} from './httpFilter';
import { snippetYaml } from './snippetYaml';

/**
 * What to paste into the configuration of an Envoy, below `http_filters` and above the
 * router, so that it runs a plugin. For a MOSN stream filter: what to paste into MOSN's listener.
 *
 * @param entity - the plugin, valid
 * @param config - its configuration; `undefined` for none
 * @returns YAML, with comments that say what else it takes
 * @public
 */
export function renderEnvoyHttpFilter(
  entity: EnvoyGoPluginEntity,
  config: JsonValue | undefined,
): string {
  const filter = httpFilter(entity, config, 'file');
  const file = libraryFile(entity);
  if (entity.spec.runtime === 'dynamic-module') {
    return snippetYaml(
      [filter],
      [
        heading(entity),
        'One entry of http_filters, above envoy.filters.http.router.',
        `Put ${file} into a folder and start Envoy with two variables in its environment:`,
        `  ENVOY_DYNAMIC_MODULES_SEARCH_PATH=${LIBRARY_FOLDER}`,
        '  GODEBUG=cgocheck=0   (without it Go ends Envoy: "unpinned Go pointer")',
        ...(survivesFile(config)
          ? []
          : [
              'The configuration is JSON in a text: Envoy would read a number such as 0.5 in YAML as "0.5".',
            ]),
      ],
    );
  }
  if (entity.spec.runtime === 'golang-filter') {
    return snippetYaml(
      [filter],
      [
        heading(entity),
        'One entry of http_filters, above envoy.filters.http.router.',
        'The golang filter is in the contrib images of Envoy only (envoyproxy/envoy:contrib-v…).',
        `Put ${file} where library_path says. It must be built for the very version of Envoy that runs it.`,
        ...(survivesFile(config)
          ? []
          : [
              'Give this to Envoy as JSON or over xDS: it would read a number such as 0.5 in a YAML file as "0.5".',
            ]),
      ],
    );
  }
  return snippetYaml(
    {
      stream_filters: [
        {
          type: entity.spec.filterName,
          ...(config === undefined ? {} : { config }),
        },
      ],
    },
    [
      heading(entity),
      'A stream filter of MOSN, not of Envoy: a part of a listener in the configuration of MOSN.',
      'MOSN must have been built with the Go package that registers it.',
    ],
  );
}
