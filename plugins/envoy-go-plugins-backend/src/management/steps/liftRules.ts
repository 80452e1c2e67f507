import { NotFoundError } from '@backstage/errors';
import { findRepository, RELEASES_RULESET } from '../../publishing';
import type { ManagementStepRun } from './ManagementStepContext';

/** Takes away the rules that the portal made when it was published: its owner makes their own. */
export const liftRules: ManagementStepRun = async ({
  operation,
  github,
  log,
}) => {
  const { owner, repo, defaultBranch } = await findRepository(
    github,
    operation.repositoryId,
  );
  const { data: rulesets } = await github.rest.repos.getRepoRulesets({
    owner,
    repo,
    includes_parents: false,
    per_page: 100,
  });
  for (const { id, name } of rulesets) {
    if (name === RELEASES_RULESET) {
      await github.rest.repos.deleteRepoRuleset({
        owner,
        repo,
        ruleset_id: id,
      });
      await log('Lifted the rule by which only administrators release');
    }
  }
  try {
    await github.rest.repos.deleteBranchProtection({
      owner,
      repo,
      branch: defaultBranch,
    });
    await log(`Lifted the protection of "${defaultBranch}"`);
  } catch (error) {
    if (!(error instanceof NotFoundError)) {
      throw error;
    }
    await log(`"${defaultBranch}" is not protected`);
  }
};
