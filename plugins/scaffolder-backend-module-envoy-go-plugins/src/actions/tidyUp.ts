import type {
  GithubCredentialsProvider,
  ScmIntegrationRegistry,
} from '@backstage/integration';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  openRepositoryTarget,
  type RepositoryTarget,
} from '../github/RepositoryTarget';
import {
  isRefusal,
  undefinedWhenMissing,
} from '../github/undefinedWhenMissing';
import { examples } from './tidyUp.examples';

/** Seconds by which the clocks of GitHub and of the portal may differ. */
const CLOCK_SKEW_SECONDS = 300;

/** Whether anything was ever pushed to the repository. GitHub answers 409 while it is empty. */
async function hasCommits({ octokit, owner, repo }: RepositoryTarget) {
  try {
    const { data } = await octokit.rest.repos.listCommits({
      owner,
      repo,
      per_page: 1,
    });
    return data.length > 0;
  } catch (error) {
    if (isRefusal(error, 409)) {
      return false;
    }
    throw error;
  }
}

/** Whether GitHub let the repository be removed. */
async function remove({ octokit, owner, repo }: RepositoryTarget) {
  try {
    await octokit.rest.repos.delete({ owner, repo });
    return true;
  } catch (error) {
    if (isRefusal(error, 403, 404)) {
      return false;
    }
    throw error;
  }
}

/**
 * Creates the action `envoy-go-plugins:tidy-up`, for after a failure: it removes a repository
 * that the task created but could not fill, and says how to finish when the repository is
 * complete. A repository with a commit, or one that is older than the task, is never touched.
 *
 * @public
 */
export function createTidyUpAction(options: {
  integrations: ScmIntegrationRegistry;
  credentialsProvider: GithubCredentialsProvider;
  /** The portal's own address, `app.baseUrl`. */
  appBaseUrl: string;
}) {
  const { integrations, credentialsProvider, appBaseUrl } = options;
  return createTemplateAction({
    id: 'envoy-go-plugins:tidy-up',
    description:
      'After a failure: removes a repository that was created but got no commit, or says how to finish when it is complete.',
    examples,
    schema: {
      input: {
        repoUrl: z =>
          z.string({
            description: 'The repository, as RepoUrlPicker writes it',
          }),
        notBefore: z =>
          z.string({
            description:
              'When the repository did not exist yet (ISO 8601): the output checkedAt of envoy-go-plugins:check-target',
          }),
        token: z =>
          z
            .string({ description: 'The token of the user who created it' })
            .optional(),
      },
      output: {
        outcome: z =>
          z.enum(['nothing', 'removed', 'empty', 'complete'], {
            description:
              'nothing: there is no repository. removed: it was empty, and is gone. empty: it could not be removed. complete: it has commits, and stays.',
          }),
      },
    },
    async handler(ctx) {
      const open = (token: string | undefined) =>
        openRepositoryTarget({
          integrations,
          credentialsProvider,
          repoUrl: ctx.input.repoUrl,
          token,
          logger: ctx.logger,
          signal: ctx.signal,
        });
      const target = await open(ctx.input.token);
      const { octokit, owner, repo, webUrl } = target;
      const repository = await undefinedWhenMissing(
        octokit.rest.repos.get({ owner, repo }),
      );
      const since = Date.parse(ctx.input.notBefore) - CLOCK_SKEW_SECONDS * 1000;
      if (
        !repository ||
        !repository.created_at ||
        !(Date.parse(repository.created_at) >= since)
      ) {
        ctx.logger.info('No repository was created; nothing is left behind.');
        ctx.output('outcome', 'nothing');
        return;
      }
      if (await hasCommits(target)) {
        ctx.logger.warn(
          `The repository ${webUrl} is complete, but what follows its creation failed. To finish, register it at ${appBaseUrl}/catalog-import with ${webUrl}/blob/${repository.default_branch}/catalog-info.yaml`,
        );
        ctx.output('outcome', 'complete');
        return;
      }
      // The user's own token comes first. Most do not permit a removal; the portal's may.
      const removed =
        (await remove(target)) ||
        (target.actsForUser && (await remove(await open(undefined))));
      if (!removed) {
        ctx.logger.warn(
          `The repository ${webUrl} was created but is empty, and GitHub does not let the portal remove it; delete it at ${webUrl}/settings before you try again.`,
        );
        ctx.output('outcome', 'empty');
        return;
      }
      ctx.logger.info(
        `The repository ${webUrl} had been created but was still empty; it is removed again.`,
      );
      ctx.output('outcome', 'removed');
    },
  });
}
