/** A person, or a machine that acts like one. */
export interface SeedAccount {
  login: string;
  name?: string;
  email?: string;
  bio?: string;
  company?: string;
  location?: string;
  /** Whether a program uses the account: it is not offered on the sign-in page. */
  isMachine?: boolean;
}

/** A team of an organisation. */
export interface SeedTeam {
  name: string;
  description?: string;
  /** Logins. */
  members: string[];
  /** The name of the team that it is below of. */
  parent?: string;
}

/** An organisation. */
export interface SeedOrganization {
  login: string;
  name?: string;
  description?: string;
  email?: string;
  /** Logins of its owners. */
  owners: string[];
  /** Logins of its other members; members of teams are members too. */
  members?: string[];
  teams?: SeedTeam[];
  membersCanCreateRepositories?: boolean;
  /** What members may do with each repository; `read` unless it says otherwise. */
  baseRepositoryPermission?: 'none' | 'read' | 'write' | 'admin';
}

/** A release, and the tag with its name. */
export interface SeedRelease {
  tag: string;
  name?: string;
  notes?: string;
  prerelease?: boolean;
  /** How many days before the seeding it was published; fractions are allowed. */
  daysAgo: number;
}

/** A comment on an issue. */
export interface SeedComment {
  author: string;
  body: string;
}

/** An issue. */
export interface SeedIssue {
  title: string;
  body?: string;
  author: string;
  labels?: string[];
  assignees?: string[];
  comments?: SeedComment[];
  state?: 'open' | 'closed';
  daysAgo?: number;
}

/** A pull request with its branch. */
export interface SeedPullRequest extends SeedIssue {
  branch: string;
  /** Contents of files by their paths that the branch adds or replaces. */
  files: Record<string, string>;
  draft?: boolean;
}

/** A repository with its content and what grew around it. */
export interface SeedRepository {
  owner: string;
  name: string;
  /** The login of whoever wrote the commits and releases. */
  author: string;
  description?: string;
  homepage?: string;
  visibility?: 'public' | 'private';
  topics?: string[];
  /** The folder whose files it holds; what git ignores there is left out. */
  directory?: string;
  /** Contents of files by their paths, instead of a folder. */
  files?: Record<string, string>;
  /** Key of a licence, such as `apache-2.0`, whose text it gets as LICENSE unless it has one. */
  licenseTemplate?: string;
  /** Permissions of teams by their names. */
  teams?: Record<string, 'pull' | 'triage' | 'push' | 'maintain' | 'admin'>;
  /** Logins of those who starred it. */
  stars?: string[];
  /** Oldest first. */
  releases?: SeedRelease[];
  issues?: SeedIssue[];
  pullRequests?: SeedPullRequest[];
  /** How many days before the seeding it was made. */
  daysAgo?: number;
}

/** An application that people sign in to. */
export interface SeedApplication {
  name: string;
  clientId: string;
  clientSecret: string;
  callbackUrl?: string;
  expiringTokens?: boolean;
}

/** A token that is known from the start. */
export interface SeedToken {
  token: string;
  /** The login that it speaks for. */
  account: string;
  /** All that the portal needs unless said otherwise. */
  scopes?: string[];
}

/** A GitHub App, and where it is installed. */
export interface SeedApp {
  /** As it is in addresses: `envoy-portal`. */
  slug: string;
  /** A number below 1,000, for configurations to name; a new one unless given. */
  id?: number;
  name?: string;
  /** The login of its owner. */
  owner: string;
  clientId?: string;
  /** PEM of the public key, or of the private key, of which only the public half is kept. */
  key: string;
  permissions: Record<string, 'read' | 'write' | 'admin'>;
  events?: string[];
  webhook?: { url: string; secret?: string };
  /** Where it is installed at first, with all repositories unless some are named. */
  installations?: Array<{ account: string; repositories?: string[] }>;
}

/** What an emulator begins with. */
export interface Seed {
  accounts: SeedAccount[];
  organizations?: SeedOrganization[];
  applications?: SeedApplication[];
  apps?: SeedApp[];
  tokens?: SeedToken[];
  repositories?: SeedRepository[];
}
