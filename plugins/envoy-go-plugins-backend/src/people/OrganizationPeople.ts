import type {
  AsOf,
  NewOrganizationInvitation,
  OrganizationInvitation,
  OrganizationMemberList,
  OrganizationTeam,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { GitHubPerson } from './PersonalTokens';

/** Which members, and which page of them. */
export interface MemberQuery {
  /** Words that occur in login or name. */
  text?: string;
  role?: 'admin' | 'member';
  /** Slug. */
  team?: string;
  /** Default 0. */
  offset?: number;
  /** Default 25. */
  limit?: number;
}

/**
 * The people of the organisation that is the store. They are read as the portal, and changed
 * in the name of whoever changes them; a change shows in what is read afterwards.
 *
 * Methods that read throw `GitHubUnavailableError` or `ServiceUnavailableError` when GitHub
 * does not answer the portal and never did before. Methods that change throw `NotFoundError`
 * for people, teams and invitations that are not there, `ConflictError` for what would leave
 * the organisation or the person without a way back, `InputError` for what GitHub refuses,
 * `NotAllowedError` for what it does not let the person do, and `GitHubUnavailableError`.
 */
export interface OrganizationPeople {
  /** Ordered by login. */
  listMembers(query: MemberQuery): Promise<AsOf<OrganizationMemberList>>;
  /** Ordered by name. */
  listTeams(): Promise<AsOf<OrganizationTeam[]>>;
  /** Pending and failed ones, newest first. */
  listInvitations(): Promise<AsOf<OrganizationInvitation[]>>;
  setMemberRole(
    change: { login: string; role: 'admin' | 'member' },
    by: GitHubPerson,
  ): Promise<void>;
  removeMember(login: string, by: GitHubPerson): Promise<void>;
  setTeamMember(
    change: { slug: string; login: string; role: 'maintainer' | 'member' },
    by: GitHubPerson,
  ): Promise<void>;
  removeTeamMember(
    change: { slug: string; login: string },
    by: GitHubPerson,
  ): Promise<void>;
  invite(
    invitation: NewOrganizationInvitation,
    by: GitHubPerson,
  ): Promise<OrganizationInvitation>;
  cancelInvitation(id: number, by: GitHubPerson): Promise<void>;
}
