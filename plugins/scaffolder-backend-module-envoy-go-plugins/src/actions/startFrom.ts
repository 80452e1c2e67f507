import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  validateModulePath,
  validatePluginName,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { namesOfNewPlugin } from '../rename/PluginNames';
import { readPluginNames, renamePlugin } from '../rename/renamePlugin';
import { examples } from './startFrom.examples';

/**
 * Creates the action `envoy-go-plugins:start-from`, which turns a copy of one plugin into
 * another one that compiles, is tested and is proven like the first.
 *
 * @public
 */
export function createStartFromAction() {
  return createTemplateAction({
    id: 'envoy-go-plugins:start-from',
    description:
      'Turns a copy of a plugin in the workspace into a new plugin: renames its Go module and package, its filter, library, counters and entity.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        name: z => z.string({ description: 'The name of the new plugin' }),
        title: z =>
          z
            .string({ description: 'Its title; by default the name' })
            .optional(),
        description: z =>
          z.string({ description: 'What it does, in one sentence' }).optional(),
        owner: z =>
          z.string({ description: 'The entity ref of its owner' }).optional(),
        modulePath: z => z.string({ description: 'The path of its Go module' }),
        projectSlug: z =>
          z.string({ description: 'Its repository on GitHub: owner/name' }),
        targetPath: z =>
          z
            .string({
              description:
                'The folder of the copy in the workspace; by default the workspace itself',
            })
            .optional(),
      },
      output: {
        startedFrom: z =>
          z.string({ description: 'The name of the plugin that was copied' }),
      },
    },
    async handler(ctx) {
      const { name, title, description, owner, modulePath, projectSlug } =
        ctx.input;
      const problem =
        validatePluginName(name) ?? validateModulePath(modulePath);
      if (problem) {
        throw new InputError(problem);
      }
      const directory = resolveSafeChildPath(
        ctx.workspacePath,
        ctx.input.targetPath ?? '.',
      );
      const from = await readPluginNames(directory);
      const changed = await renamePlugin(
        directory,
        namesOfNewPlugin({
          name,
          title: title || name,
          modulePath,
          projectSlug,
        }),
        { description, owner },
      );
      ctx.logger.info(
        `Renamed ${from.name} to ${name} in ${changed.join(', ')}`,
      );
      ctx.output('startedFrom', from.name);
    },
  });
}
