import { stringifyEntityRef } from '@backstage/catalog-model';
import { ConflictError, InputError } from '@backstage/errors';
import type {
  GithubCredentialsProvider,
  ScmIntegrationRegistry,
} from '@backstage/integration';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  ENVOY_GO_PLUGIN_KIND,
  exampleConfig,
  goPackageName,
  isConfigFields,
  modulePathOfRepository,
  validateConfigFields,
  validateModulePath,
  validatePluginName,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { assertMayCreate } from '../github/assertMayCreate';
import { openRepositoryTarget } from '../github/RepositoryTarget';
import { examples } from './checkTarget.examples';

/** Throws one sentence about the first thing that is wrong with the fields. */
function assertConfigFields(fields: unknown) {
  const [problem] = validateConfigFields(fields);
  if (problem) {
    const [index] = problem.path.split('.');
    const where =
      index === '' ? '' : `Configuration field ${Number(index) + 1}: `;
    throw new InputError(`${where}${problem.message}`);
  }
}

/**
 * Creates the action `envoy-go-plugins:check-target`: the first step of a template, so that
 * whatever would go wrong later is said before anything exists.
 *
 * @public
 */
export function createCheckTargetAction(options: {
  integrations: ScmIntegrationRegistry;
  credentialsProvider: GithubCredentialsProvider;
  catalog: CatalogService;
}) {
  const { integrations, credentialsProvider, catalog } = options;
  return createTemplateAction({
    id: 'envoy-go-plugins:check-target',
    description:
      'Makes sure that a plugin of this name can be created in this repository, and derives the Go names from it. Creates nothing.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        name: z => z.string({ description: 'The name of the plugin' }),
        repoUrl: z =>
          z.string({
            description:
              'Where its repository goes, as RepoUrlPicker writes it: github.com?owner=acme&repo=token-auth',
          }),
        modulePath: z =>
          z
            .string({
              description:
                'The path of its Go module; by default that of the repository',
            })
            .optional(),
        configFields: z =>
          z
            .array(z.any(), {
              description: 'The fields of its configuration',
            })
            .optional(),
        token: z =>
          z
            .string({
              description:
                'The token of the user in whose name the repository is created',
            })
            .optional(),
      },
      output: {
        goPackage: z => z.string({ description: 'The name of the Go package' }),
        modulePath: z => z.string({ description: 'The path of the Go module' }),
        statName: z =>
          z.string({
            description: 'What the names of its counters begin with',
          }),
        projectSlug: z =>
          z.string({
            description: 'The value of the annotation github.com/project-slug',
          }),
        repositoryUrl: z => z.string({ description: "The repository's page" }),
        exampleConfig: z =>
          z.record(z.any(), { description: 'A configuration that it accepts' }),
        checkedAt: z =>
          z.string({
            description: 'When the repository did not exist yet (ISO 8601)',
          }),
      },
    },
    async handler(ctx) {
      const { name, repoUrl, token, configFields = [] } = ctx.input;
      const badName = validatePluginName(name);
      if (badName) {
        throw new InputError(badName);
      }
      assertConfigFields(configFields);

      const target = await openRepositoryTarget({
        integrations,
        credentialsProvider,
        repoUrl,
        token,
        logger: ctx.logger,
        signal: ctx.signal,
      });
      const modulePath = ctx.input.modulePath || modulePathOfRepository(target);
      const badModulePath = validateModulePath(modulePath);
      if (badModulePath) {
        throw new InputError(badModulePath);
      }

      const entityRef = stringifyEntityRef({
        kind: ENVOY_GO_PLUGIN_KIND,
        namespace: 'default',
        name,
      });
      const entity = await catalog.getEntityByRef(entityRef, {
        credentials: await ctx.getInitiatorCredentials(),
      });
      if (entity) {
        throw new ConflictError(
          `The name is taken: the catalog already has a plugin "${name}". Choose another name.`,
        );
      }
      const checkedAt = new Date().toISOString();
      await assertMayCreate(target);

      ctx.logger.info(
        `${target.webUrl} can be created; its Go module will be ${modulePath}`,
      );
      ctx.output('goPackage', goPackageName(name));
      ctx.output('modulePath', modulePath);
      ctx.output('statName', name.replace(/-/g, '_'));
      ctx.output('projectSlug', `${target.owner}/${target.repo}`);
      ctx.output('repositoryUrl', target.webUrl);
      ctx.output(
        'exampleConfig',
        isConfigFields(configFields) ? exampleConfig(configFields) : {},
      );
      ctx.output('checkedAt', checkedAt);
    },
  });
}
