import { JsonObject } from '@backstage/types';

/** The kinds of rules that are upheld here. */
export const RULE_TYPES = [
  'creation',
  'update',
  'deletion',
  'non_fast_forward',
  'pull_request',
] as const;

/** One of {@link RULE_TYPES}. */
export type RuleType = (typeof RULE_TYPES)[number];

/** Kinds of those who may be let off rules. */
export const BYPASS_ACTORS = [
  'Integration',
  'OrganizationAdmin',
  'RepositoryRole',
  'Team',
  'DeployKey',
  'User',
] as const;

/** When those are let off: always, or only when they merge a pull request. */
export const BYPASS_MODES = ['always', 'pull_request', 'exempt'] as const;

/** Whom the rules of a ruleset do not hold for. */
export interface BypassActor {
  type: (typeof BYPASS_ACTORS)[number];
  /** Of the app, the team, the user, or the role. */
  id?: number;
  mode: (typeof BYPASS_MODES)[number];
}

/** Rules for the branches or tags of a repository whose names match. */
export interface Ruleset {
  id: number;
  repositoryId: number;
  name: string;
  target: 'branch' | 'tag';
  enforcement: 'active' | 'disabled' | 'evaluate';
  /** Full names of refs with wildcards, `~DEFAULT_BRANCH`, `~ALL`. */
  include: string[];
  exclude: string[];
  rules: Array<{ type: RuleType; parameters?: JsonObject }>;
  bypassActors: BypassActor[];
  createdAt: string;
  updatedAt: string;
}
