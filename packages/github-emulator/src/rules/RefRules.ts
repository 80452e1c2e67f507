import { Accounts } from '../state/Accounts';
import { Repositories } from '../state/Repositories';
import {
  BranchProtection,
  permits,
  Permission,
  ProtectionActors,
  Repository,
} from '../state/repositoryRecords';
import { BypassActor, Ruleset, RuleType } from '../state/rulesetRecords';
import { Store } from '../state/Store';
import { Viewer } from '../server/Viewer';
import { refPattern } from './refPattern';

/** What can happen to a branch or a tag; `force` moves it to where its commits are not all in. */
export type RefChange = 'create' | 'update' | 'force' | 'delete';

/** How a change comes in. */
export type Way = 'push' | 'pull-request';

/** Something that somebody may not do with some refs. */
export interface Ban {
  changes: RefChange[];
  /** Extended regular expressions that a ref's full name matches one of. */
  include: string;
  /** And none of these. */
  exclude: string;
  source: 'protection' | 'ruleset';
  reason: string;
}

/** What a pull request needs before somebody may merge it. */
export interface MergeNeeds {
  approvals: number;
  /** Names of the statuses that the head must have. */
  contexts: string[];
  /** Ways to merge; any unless said. */
  methods?: string[];
}

/** Matches no ref. */
const NOTHING = '^$';

const PULL_REQUEST_NEEDED = 'Changes must be made through a pull request.';
const NO_FORCE = 'Cannot force-push to this branch';

const RULES: Record<RuleType, { changes: RefChange[]; reason: string }> = {
  creation: {
    changes: ['create'],
    reason: 'Cannot create ref due to creations being restricted.',
  },
  update: {
    changes: ['update', 'force'],
    reason: 'Cannot update this protected ref.',
  },
  deletion: {
    changes: ['delete'],
    reason: 'Cannot delete this protected ref.',
  },
  non_fast_forward: { changes: ['force'], reason: NO_FORCE },
  pull_request: { changes: ['update', 'force'], reason: PULL_REQUEST_NEEDED },
};

/** The ids of roles, as rulesets name them. */
const ROLES: Record<number, Permission> = {
  1: 'read',
  2: 'maintain',
  3: 'triage',
  4: 'write',
  5: 'admin',
};

/** The rules for branches and tags: protected branches and rulesets, whoever changes them and however. */
export class RefRules {
  readonly #store: Store;
  readonly #accounts: Accounts;
  readonly #repositories: Repositories;

  constructor(options: {
    store: Store;
    accounts: Accounts;
    repositories: Repositories;
  }) {
    this.#store = options.store;
    this.#accounts = options.accounts;
    this.#repositories = options.repositories;
  }

  /** All that a viewer may not do with refs of a repository. */
  bans(repository: Repository, viewer: Viewer, way: Way): Ban[] {
    return [
      ...this.#protections(repository).flatMap(protection =>
        this.#bansOfProtection(repository, protection, viewer, way),
      ),
      ...this.#rulesets(repository)
        .filter(
          ruleset =>
            this.bypass(repository, ruleset, viewer, way) === undefined,
        )
        .flatMap(ruleset => bansOfRuleset(repository, ruleset, way)),
    ];
  }

  /** Why a viewer may not change a ref; undefined when they may. */
  refusal(
    repository: Repository,
    viewer: Viewer,
    ref: string,
    change: RefChange,
    way: Way = 'push',
  ): string | undefined {
    return this.bans(repository, viewer, way).find(
      ban =>
        ban.changes.includes(change) &&
        new RegExp(ban.include).test(ref) &&
        !new RegExp(ban.exclude).test(ref),
    )?.reason;
  }

  /** What a pull request into a branch needs before a viewer may merge it. */
  mergeNeeds(
    repository: Repository,
    viewer: Viewer,
    branch: string,
  ): MergeNeeds {
    const needs: MergeNeeds = { approvals: 0, contexts: [] };
    const protection = this.#repositories.branchProtection(repository, branch);
    if (protection && this.#isBound(repository, protection, viewer)) {
      const { requiredReviews: reviews, requiredStatusChecks } = protection;
      needs.contexts.push(...(requiredStatusChecks?.contexts ?? []));
      if (protection.linearHistory) {
        needs.methods = ['squash', 'rebase'];
      }
      if (reviews && !this.#isAmong(repository, reviews.bypass, viewer)) {
        needs.approvals = reviews.approvals;
      }
    }
    for (const ruleset of this.matching(repository, branch)) {
      const isFree =
        this.bypass(repository, ruleset, viewer, 'pull-request') !== undefined;
      for (const { type, parameters = {} } of isFree ? [] : ruleset.rules) {
        if (type === 'pull_request') {
          needs.approvals = Math.max(
            needs.approvals,
            Number(parameters.required_approving_review_count ?? 0),
          );
          const methods = parameters.allowed_merge_methods;
          needs.methods = Array.isArray(methods)
            ? methods.map(String)
            : needs.methods;
        }
      }
    }
    return needs;
  }

  /** The active rulesets for a branch. */
  matching(repository: Repository, branch: string): Ruleset[] {
    const ref = `refs/heads/${branch}`;
    return this.#rulesets(repository).filter(
      ruleset =>
        new RegExp(patterns(repository, ruleset, ruleset.include)).test(ref) &&
        !new RegExp(patterns(repository, ruleset, ruleset.exclude)).test(ref),
    );
  }

  /** How a viewer is let off the rules of a ruleset; undefined when they hold. */
  bypass(
    repository: Repository,
    ruleset: Ruleset,
    viewer: Viewer,
    way: Way,
  ): BypassActor['mode'] | undefined {
    return ruleset.bypassActors.find(
      actor =>
        (actor.mode !== 'pull_request' || way === 'pull-request') &&
        this.#isActor(repository, actor, viewer),
    )?.mode;
  }

  #isActor(
    repository: Repository,
    actor: BypassActor,
    viewer: Viewer,
  ): boolean {
    switch (actor.type) {
      case 'OrganizationAdmin':
        return (
          this.#accounts.membership(repository.ownerId, viewer.id)?.role ===
          'admin'
        );
      case 'Team':
        return (
          viewer.id !== undefined &&
          this.#accounts.teamsOf(viewer.id).some(({ id }) => id === actor.id)
        );
      case 'User':
        return viewer.id === actor.id;
      case 'Integration':
        return viewer.installation?.installation.appId === actor.id;
      case 'RepositoryRole': {
        const role = actor.id === undefined ? undefined : ROLES[actor.id];
        return (
          role !== undefined &&
          viewer.installation === undefined &&
          permits(this.#repositories.permissionOf(repository, viewer), role)
        );
      }
      default:
        // Deploy keys open nothing here.
        return false;
    }
  }

  #isAdmin(repository: Repository, viewer: Viewer): boolean {
    return permits(
      this.#repositories.permissionOf(repository, viewer),
      'admin',
    );
  }

  /** Whether the rules that administrators can be left out of hold for a viewer. */
  #isBound(
    repository: Repository,
    protection: BranchProtection,
    viewer: Viewer,
  ): boolean {
    return protection.enforceAdmins || !this.#isAdmin(repository, viewer);
  }

  /** Whether a viewer is one of those who are named in the rules of a branch. */
  #isAmong(
    repository: Repository,
    actors: ProtectionActors | undefined,
    viewer: Viewer,
  ): boolean {
    const { account, installation } = viewer;
    if (!actors || !account) {
      return false;
    }
    if (installation) {
      const app = this.#store.collections.apps.get(
        installation.installation.appId,
      );
      return app !== undefined && actors.apps.includes(app.slug);
    }
    return (
      actors.users.some(
        login => login.toLowerCase() === account.login.toLowerCase(),
      ) ||
      this.#accounts
        .teamsOf(account.id)
        .some(
          team =>
            team.organizationId === repository.ownerId &&
            actors.teams.includes(team.slug),
        )
    );
  }

  #bansOfProtection(
    repository: Repository,
    protection: BranchProtection,
    viewer: Viewer,
    way: Way,
  ): Ban[] {
    const { requiredReviews: reviews, restrictions } = protection;
    const bans: Ban[] = [];
    const ban = (changes: RefChange[], reason: string) =>
      bans.push({
        changes,
        include: refPattern(`refs/heads/${protection.branch}`),
        exclude: NOTHING,
        source: 'protection',
        reason,
      });
    // Who may push does not bind administrators, whatever else does; the last two bind everybody
    // (https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches).
    if (
      restrictions &&
      !this.#isAdmin(repository, viewer) &&
      !this.#isAmong(repository, restrictions, viewer)
    ) {
      ban(
        protection.blockCreations
          ? ['create', 'update', 'force']
          : ['update', 'force'],
        "You're not authorized to push to this branch. Visit https://docs.github.com/articles/about-protected-branches/ for more information.",
      );
    }
    if (
      way === 'push' &&
      reviews &&
      this.#isBound(repository, protection, viewer) &&
      !this.#isAmong(repository, reviews.bypass, viewer)
    ) {
      ban(['create', 'update', 'force'], PULL_REQUEST_NEEDED);
    }
    if (!protection.allowForcePushes) {
      ban(['force'], NO_FORCE);
    }
    if (!protection.allowDeletions) {
      ban(['delete'], 'Cannot delete this branch');
    }
    return bans;
  }

  #protections(repository: Repository): BranchProtection[] {
    return this.#store.collections.branchProtections.by(
      'repository',
      repository.id,
    );
  }

  #rulesets(repository: Repository): Ruleset[] {
    return this.#store.collections.rulesets
      .by('repository', repository.id)
      .filter(({ enforcement }) => enforcement === 'active');
  }
}

function bansOfRuleset(
  repository: Repository,
  ruleset: Ruleset,
  way: Way,
): Ban[] {
  return ruleset.rules
    .filter(({ type }) => type !== 'pull_request' || way === 'push')
    .map(({ type }) => ({
      ...RULES[type],
      include: patterns(repository, ruleset, ruleset.include),
      exclude: patterns(repository, ruleset, ruleset.exclude),
      source: 'ruleset' as const,
    }));
}

/** One expression for some patterns of a ruleset. */
function patterns(
  repository: Repository,
  ruleset: Ruleset,
  list: string[],
): string {
  const folder = ruleset.target === 'branch' ? 'refs/heads/' : 'refs/tags/';
  const expressions = list.map(one => {
    switch (one) {
      case '~ALL':
        return `^${folder}`;
      case '~DEFAULT_BRANCH':
        return refPattern(`refs/heads/${repository.defaultBranch}`);
      default:
        return one.startsWith(folder) ? refPattern(one) : NOTHING;
    }
  });
  return expressions.length > 0 ? expressions.join('|') : NOTHING;
}
