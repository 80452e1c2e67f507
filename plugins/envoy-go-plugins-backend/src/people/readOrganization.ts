import { NotFoundError } from '@backstage/errors';
import type {
  OrganizationInvitation,
  OrganizationMember,
  OrganizationTeam,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Octokit, RestEndpointMethodTypes } from '@octokit/rest';

/** A member, without the teams. */
export type MemberReading = Omit<OrganizationMember, 'teams'>;

/** A team, without what the portal makes of it. */
export type TeamReading = Omit<OrganizationTeam, 'administrators'>;

interface Page {
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

interface MembersAnswer {
  organization: {
    membersWithRole: Page & {
      edges: {
        role: 'ADMIN' | 'MEMBER';
        node: {
          login: string;
          name: string | null;
          avatarUrl: string;
          url: string;
        };
      }[];
    };
  } | null;
}

interface TeamMembers extends Page {
  edges: { role: 'MAINTAINER' | 'MEMBER'; node: { login: string } }[];
}

interface TeamsAnswer {
  organization: {
    teams: Page & {
      nodes: {
        slug: string;
        name: string;
        description: string | null;
        url: string;
        members: TeamMembers;
      }[];
    };
  } | null;
}

interface TeamAnswer {
  organization: { team: { members: TeamMembers } | null } | null;
}

/**
 * Reads all members of an organisation, a hundred in a request.
 *
 * @throws NotFoundError when GitHub does not show them
 */
export async function readMembers(
  octokit: Octokit,
  organization: string,
): Promise<MemberReading[]> {
  const members: MemberReading[] = [];
  let after: string | null = null;
  do {
    const answer: MembersAnswer = await octokit.graphql(
      `query ($organization: String!, $after: String) {
        organization(login: $organization) {
          membersWithRole(first: 100, after: $after) {
            pageInfo { hasNextPage endCursor }
            edges { role node { login name avatarUrl url } }
          }
        }
      }`,
      { organization, after },
    );
    const page = answer.organization?.membersWithRole;
    for (const { role, node } of page?.edges ?? []) {
      members.push({
        login: node.login,
        name: node.name ?? undefined,
        avatarUrl: node.avatarUrl,
        url: node.url,
        role: role === 'ADMIN' ? 'admin' : 'member',
      });
    }
    after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  // Every organisation has an owner
  if (members.length === 0) {
    throw new NotFoundError(`it shows no members of ${organization}`);
  }
  return members;
}

/** Reads all teams of an organisation, with those who are in them themselves. */
export async function readTeams(
  octokit: Octokit,
  organization: string,
): Promise<TeamReading[]> {
  const teams: TeamReading[] = [];
  let after: string | null = null;
  do {
    const answer: TeamsAnswer = await octokit.graphql(
      `query ($organization: String!, $after: String) {
        organization(login: $organization) {
          teams(first: 50, after: $after, orderBy: { field: NAME, direction: ASC }) {
            pageInfo { hasNextPage endCursor }
            nodes {
              slug name description url
              members(first: 100, membership: IMMEDIATE) {
                pageInfo { hasNextPage endCursor }
                edges { role node { login } }
              }
            }
          }
        }
      }`,
      { organization, after },
    );
    const page = answer.organization?.teams;
    for (const { members, ...team } of page?.nodes ?? []) {
      teams.push({
        slug: team.slug,
        name: team.name,
        description: team.description || undefined,
        url: team.url,
        members: [
          ...toTeamMembers(members),
          ...(await readMoreTeamMembers(
            octokit,
            organization,
            team.slug,
            members,
          )),
        ],
      });
    }
    after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return teams;
}

async function readMoreTeamMembers(
  octokit: Octokit,
  organization: string,
  slug: string,
  first: TeamMembers,
): Promise<TeamReading['members']> {
  const members: TeamReading['members'] = [];
  let page: TeamMembers | undefined = first;
  while (page?.pageInfo.hasNextPage) {
    const answer: TeamAnswer = await octokit.graphql(
      `query ($organization: String!, $slug: String!, $after: String) {
        organization(login: $organization) {
          team(slug: $slug) {
            members(first: 100, after: $after, membership: IMMEDIATE) {
              pageInfo { hasNextPage endCursor }
              edges { role node { login } }
            }
          }
        }
      }`,
      { organization, slug, after: page.pageInfo.endCursor },
    );
    page = answer.organization?.team?.members;
    members.push(...(page ? toTeamMembers(page) : []));
  }
  return members;
}

function toTeamMembers({ edges }: TeamMembers): TeamReading['members'] {
  return edges.map(({ role, node }) => ({
    login: node.login,
    role: role === 'MAINTAINER' ? 'maintainer' : 'member',
  }));
}

/** Reads the invitations into an organisation that nobody answered, and those that failed. */
export async function readInvitations(
  octokit: Octokit,
  organization: string,
): Promise<OrganizationInvitation[]> {
  const page = { org: organization, per_page: 100 };
  const [pending, failed] = await Promise.all([
    octokit.paginate(octokit.rest.orgs.listPendingInvitations, page),
    octokit.paginate(octokit.rest.orgs.listFailedInvitations, page),
  ]);
  const invitations = await Promise.all(
    pending.map(async invitation => {
      const teams =
        invitation.team_count > 0
          ? await octokit.paginate(octokit.rest.orgs.listInvitationTeams, {
              ...page,
              invitation_id: invitation.id,
            })
          : [];
      return toInvitation(
        invitation,
        teams.map(({ slug }) => slug),
      );
    }),
  );
  return [
    ...invitations,
    ...failed.map(invitation => ({
      ...toInvitation(invitation, []),
      failedReason:
        invitation.failed_reason ??
        'GitHub could not deliver it, or it expired',
    })),
  ].sort(
    (a, b) => b.createdAt.localeCompare(a.createdAt, 'en-US') || b.id - a.id,
  );
}

/** An invitation as GitHub tells of it, see https://docs.github.com/rest/orgs/members */
export function toInvitation(
  invitation: RestEndpointMethodTypes['orgs']['createInvitation']['response']['data'],
  teams: string[],
): OrganizationInvitation {
  return {
    id: invitation.id,
    login: invitation.login ?? undefined,
    email: invitation.email ?? undefined,
    role: invitation.role === 'admin' ? 'admin' : 'member',
    teams,
    inviter: invitation.inviter?.login,
    createdAt: new Date(invitation.created_at).toISOString(),
  };
}
