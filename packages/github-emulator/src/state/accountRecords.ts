/** A person, an organisation, or what an app acts as. Every one has a login that is unique, whatever its case. */
export interface Account {
  id: number;
  type: 'User' | 'Organization' | 'Bot';
  /** Whether a program uses the account, so that nobody signs in with it. */
  isMachine: boolean;
  login: string;
  name?: string;
  /** The account's verified primary address; shown publicly only when `emailPublic`. */
  email?: string;
  emailPublic: boolean;
  bio?: string;
  company?: string;
  location?: string;
  /** What an organisation says about itself. */
  description?: string;
  /** Whether members of an organisation who are not its owners may create repositories in it. */
  membersCanCreateRepositories: boolean;
  /** What members of an organisation may do with each of its repositories; `read` unless it says otherwise. */
  baseRepositoryPermission?: 'none' | 'read' | 'write' | 'admin';
  createdAt: string;
  updatedAt: string;
}

/** A person's place in an organisation; `admin` is what GitHub's pages call an owner. */
export interface OrganizationMembership {
  id: number;
  organizationId: number;
  userId: number;
  role: 'admin' | 'member';
}

/** A team of an organisation. */
export interface Team {
  id: number;
  organizationId: number;
  slug: string;
  name: string;
  description?: string;
  privacy: 'closed' | 'secret';
  parentId?: number;
  createdAt: string;
  updatedAt: string;
}

/** A person's place in a team. */
export interface TeamMembership {
  id: number;
  teamId: number;
  userId: number;
  role: 'member' | 'maintainer';
}

/** An invitation into an organisation which was not answered yet. */
export interface OrganizationInvitation {
  id: number;
  organizationId: number;
  inviteeId: number;
  inviterId: number;
  role: OrganizationMembership['role'];
  /** The teams that the invitee gets into by accepting. */
  teams: Array<{ id: number; role: TeamMembership['role'] }>;
  createdAt: string;
}
