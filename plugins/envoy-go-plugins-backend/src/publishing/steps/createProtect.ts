import { ConflictError } from '@backstage/errors';
import { headOf } from '../findRepository';
import type { PublishStepRun } from './PublishStepContext';

/** The name of the ruleset by which only administrators release. */
export const RELEASES_RULESET = 'envoy-go-plugins: releases';

/**
 * Lets the administrators alone merge and release: the branch by its protection
 * (https://docs.github.com/rest/branches/branch-protection), tags by a ruleset
 * (https://docs.github.com/rest/repos/rules).
 *
 * @param options - `adminTeam`: its slug, in the organisation
 */
export function createProtect(options: {
  adminTeam: string | undefined;
}): PublishStepRun {
  const { adminTeam } = options;
  return async ({ request, github, target, notes, log }) => {
    const { repos, teams } = github.rest;
    if (adminTeam === undefined) {
      throw new ConflictError(
        'No team administers: set "envoyGoPlugins.adminTeam" in the portal\'s configuration, then try again',
      );
    }
    const { data: team } = await teams.getByName({
      org: target.owner,
      team_slug: adminTeam,
    });
    await teams.addOrUpdateRepoPermissionsInOrg({
      org: target.owner,
      team_slug: adminTeam,
      ...target,
      permission: 'admin',
    });
    await log(`Made the team ${adminTeam} its administrators`);
    await repos.updateBranchProtection({
      ...target,
      branch: request.branch,
      required_status_checks: null,
      enforce_admins: false,
      required_pull_request_reviews: {
        dismiss_stale_reviews: true,
        required_approving_review_count: 1,
      },
      restrictions: { users: [], teams: [adminTeam] },
      allow_force_pushes: false,
      allow_deletions: false,
    });
    await log(
      `Protected "${request.branch}": only the team ${adminTeam} merges`,
    );
    const { data: rulesets } = await repos.getRepoRulesets({
      ...target,
      includes_parents: false,
      per_page: 100,
    });
    const known = rulesets.find(({ name }) => name === RELEASES_RULESET);
    const ruleset = {
      ...target,
      name: RELEASES_RULESET,
      target: 'tag' as const,
      enforcement: 'active' as const,
      bypass_actors: [
        {
          actor_id: team.id,
          actor_type: 'Team' as const,
          bypass_mode: 'always' as const,
        },
      ],
      conditions: { ref_name: { include: ['~ALL'], exclude: [] } },
      rules: [
        { type: 'creation' as const },
        { type: 'update' as const },
        { type: 'deletion' as const },
      ],
    };
    await (known
      ? repos.updateRepoRuleset({ ...ruleset, ruleset_id: known.id })
      : repos.createRepoRuleset(ruleset));
    await log(`Protected the tags: only the team ${adminTeam} releases`);

    // Between the look before the transfer and now the author could still push
    const head = await headOf(github, { ...target, branch: request.branch });
    const expected = notes.commit ?? request.commit;
    if (head !== expected) {
      throw new ConflictError(
        `While it was transferred somebody pushed to "${request.branch}" of ${
          target.owner
        }/${target.repo}: it ends with ${head.slice(
          0,
          12,
        )}, but ${expected.slice(
          0,
          12,
        )} was reviewed. Put it back and try again`,
      );
    }
  };
}
