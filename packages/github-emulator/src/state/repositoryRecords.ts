/** What somebody may do with a repository, weakest first. */
export const PERMISSIONS = [
  'none',
  'read',
  'triage',
  'write',
  'maintain',
  'admin',
] as const;

/** One of {@link PERMISSIONS}. */
export type Permission = (typeof PERMISSIONS)[number];

/** Permissions by the names that clients use for them. */
export const PERMISSION_NAMES: Record<string, Permission> = {
  pull: 'read',
  read: 'read',
  triage: 'triage',
  push: 'write',
  write: 'write',
  maintain: 'maintain',
  admin: 'admin',
};

/** Whether `actual` is at least `needed`. */
export function permits(actual: Permission, needed: Permission): boolean {
  return PERMISSIONS.indexOf(actual) >= PERMISSIONS.indexOf(needed);
}

/** The stronger of two permissions. */
export function stronger(a: Permission, b: Permission): Permission {
  return permits(a, b) ? a : b;
}

/** Switches of a repository that clients set when they create or edit it. */
export interface RepositorySettings {
  hasIssues: boolean;
  hasProjects: boolean;
  hasWiki: boolean;
  allowMergeCommit: boolean;
  allowSquashMerge: boolean;
  allowRebaseMerge: boolean;
  allowAutoMerge: boolean;
  allowUpdateBranch: boolean;
  deleteBranchOnMerge: boolean;
  squashMergeCommitTitle: string;
  squashMergeCommitMessage: string;
  isTemplate: boolean;
}

/** A repository. Its content is the bare git repository named after its id. */
export interface Repository {
  id: number;
  ownerId: number;
  name: string;
  description?: string;
  homepage?: string;
  visibility: 'public' | 'private' | 'internal';
  defaultBranch: string;
  topics: string[];
  settings: RepositorySettings;
  archived: boolean;
  /** The repository that this one is a fork of. */
  parentId?: number;
  /** Bytes of code by language on the default branch. */
  languages: Record<string, number>;
  /** SPDX identifier of the licence file on the default branch. */
  license?: string;
  /** Size of the git objects in kB. */
  size: number;
  workflowAccess: 'none' | 'user' | 'organization';
  createdAt: string;
  updatedAt: string;
  pushedAt?: string;
}

/** Somebody who was given a permission on one repository. */
export interface Collaborator {
  id: number;
  repositoryId: number;
  userId: number;
  permission: Permission;
}

/** An invitation to become a collaborator which was not answered yet. */
export interface RepositoryInvitation {
  id: number;
  repositoryId: number;
  inviteeId: number;
  inviterId: number;
  permission: Permission;
  createdAt: string;
}

/** What a team may do with a repository. */
export interface TeamRepository {
  id: number;
  teamId: number;
  repositoryId: number;
  permission: Permission;
}

/** Somebody's star on a repository. */
export interface Star {
  id: number;
  repositoryId: number;
  userId: number;
  starredAt: string;
}

/** Somebody who watches (or ignores) a repository. */
export interface Subscription {
  id: number;
  repositoryId: number;
  userId: number;
  subscribed: boolean;
  ignored: boolean;
  createdAt: string;
}

/** Those who are named in the rules for a branch: logins, and slugs of teams and apps. */
export interface ProtectionActors {
  users: string[];
  teams: string[];
  apps: string[];
}

/** Rules for a branch. */
export interface BranchProtection {
  id: number;
  repositoryId: number;
  branch: string;
  enforceAdmins: boolean;
  requiredStatusChecks?: { strict: boolean; contexts: string[] };
  requiredReviews?: {
    approvals: number;
    codeOwners: boolean;
    dismissStale: boolean;
    lastPushApproval: boolean;
    /** Who needs no pull request. */
    bypass?: ProtectionActors;
  };
  /** Who may push and merge, besides administrators. */
  restrictions?: ProtectionActors;
  requiredSignatures: boolean;
  linearHistory: boolean;
  conversationResolution: boolean;
  allowForcePushes: boolean;
  allowDeletions: boolean;
  blockCreations: boolean;
}

/** What a check said about a commit. */
export interface CommitStatus {
  id: number;
  repositoryId: number;
  sha: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  context: string;
  description?: string;
  targetUrl?: string;
  creatorId: number;
  createdAt: string;
  updatedAt: string;
}

/** A variable of a repository's workflows. */
export interface ActionsVariable {
  id: number;
  repositoryId: number;
  name: string;
  value: string;
  createdAt: string;
  updatedAt: string;
}

/** A secret of a repository's workflows. What it is was sealed for a runner, and none is here to open it: it is not kept. */
export interface ActionsSecret {
  id: number;
  repositoryId: number;
  name: string;
  createdAt: string;
  updatedAt: string;
}

/** The key that secrets of a repository are sealed with; the id is the repository's. */
export interface SecretKey {
  id: number;
  keyId: string;
  /** An X25519 public key, base64. */
  key: string;
}

/** Where workflows of a repository deploy to. */
export interface Environment {
  id: number;
  repositoryId: number;
  name: string;
  /** Minutes that a deployment waits. */
  waitTimer: number;
  createdAt: string;
  updatedAt: string;
}

/** An SSH key that opens one repository. */
export interface DeployKey {
  id: number;
  repositoryId: number;
  title: string;
  /** Type and key, without a comment. */
  key: string;
  readOnly: boolean;
  addedById: number;
  createdAt: string;
}

/** A name that a repository had; it leads to the repository until the name is taken anew. */
export interface FormerName {
  id: number;
  repositoryId: number;
  ownerId: number;
  name: string;
}

/** A transfer to another owner that was accepted and is not made yet. */
export interface TransferUnderway {
  id: number;
  repositoryId: number;
  newOwnerId: number;
  newName: string;
  /** The teams of the new owner that get to read it. */
  teamIds: number[];
  actorId: number;
  /** Whether the new owner still has to accept it. */
  offered?: boolean;
}

/** The branches and tags of a repository as everybody was last told of them; the id is the repository's. */
export interface KnownRefs {
  id: number;
  /** What each ref (`refs/heads/main`) pointed at. */
  refs: Record<string, string>;
}

/** The branches and tags of a repository that has no folder of its own; the id is the repository's. */
export interface PlantedRefs {
  id: number;
  /** The branch that `HEAD` is. */
  head: string;
  /** In kB. */
  size: number;
  refs: Record<
    string,
    { sha: string; type: 'commit' | 'tree' | 'blob' | 'tag'; commit: string }
  >;
}

/** A change to branches or tags that began; it is forgotten when everybody was told what came of it. */
export interface PushUnderway {
  id: number;
  repositoryId: number;
  actorId: number;
}
