import {
  AuthenticationError,
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
  assertError,
} from '@backstage/errors';
import type {
  AsOf,
  NewOrganizationInvitation,
  OrganizationInvitation,
  OrganizationMember,
  OrganizationMemberList,
  OrganizationTeam,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { isGitHubName } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Octokit } from '@octokit/rest';
import type { GitHubDoor } from '../github';
import type { MemberQuery, OrganizationPeople } from './OrganizationPeople';
import type {
  PeoplePart,
  PeopleReadings,
  PeopleSnapshotStore,
} from './PeopleSnapshotStore';
import type { GitHubPerson } from './PersonalTokens';
import {
  type MemberReading,
  type TeamReading,
  readInvitations,
  readMembers,
  readTeams,
  toInvitation,
} from './readOrganization';

/** For how long GitHub is not asked again, in milliseconds. */
const FRESH_FOR_MS = 15_000;

/** The people of an organisation on GitHub. */
export class GitHubOrganizationPeople implements OrganizationPeople {
  readonly #door: GitHubDoor;
  readonly #store: PeopleSnapshotStore;
  readonly #host: string;
  readonly #organization: string;
  readonly #adminTeam: string | undefined;
  readonly #now: () => Date;

  constructor(options: {
    door: GitHubDoor;
    store: PeopleSnapshotStore;
    host: string;
    /** Login. */
    organization: string;
    /** Slug of the team whose members administer, where there is one. */
    adminTeam: string | undefined;
    now: () => Date;
  }) {
    this.#door = options.door;
    this.#store = options.store;
    this.#host = options.host;
    this.#organization = options.organization;
    this.#adminTeam = options.adminTeam;
    this.#now = options.now;
  }

  async listMembers(query: MemberQuery): Promise<AsOf<OrganizationMemberList>> {
    const [members, teams] = await Promise.all([
      this.#members(),
      this.#teams(),
    ]);
    const { text = '', role, team, offset = 0, limit = 25 } = query;
    const words = lower(text).split(/\s+/);
    const found = members.value
      .map(
        (member): OrganizationMember => ({
          ...member,
          teams: teams.value
            .filter(one =>
              one.members.some(({ login }) => login === member.login),
            )
            .map(({ slug, name }) => ({ slug, name })),
        }),
      )
      .filter(
        member =>
          (role === undefined || member.role === role) &&
          (team === undefined ||
            member.teams.some(({ slug }) => slug === team)) &&
          words.every(word =>
            lower(`${member.login}\n${member.name ?? ''}`).includes(word),
          ),
      )
      .sort((a, b) => lower(a.login).localeCompare(lower(b.login), 'en-US'));
    const older = members.asOf < teams.asOf ? members : teams;
    return {
      asOf: older.asOf,
      ...withReason(members.staleReason ?? teams.staleReason),
      value: {
        organization: this.#organization,
        items: found.slice(offset, offset + limit),
        totalItems: found.length,
      },
    };
  }

  async listTeams(): Promise<AsOf<OrganizationTeam[]>> {
    const { value, ...age } = await this.#teams();
    return {
      ...age,
      value: value
        .map(team => ({
          ...team,
          administrators: team.slug === this.#adminTeam,
        }))
        .sort((a, b) => a.name.localeCompare(b.name, 'en-US')),
    };
  }

  async listInvitations(): Promise<AsOf<OrganizationInvitation[]>> {
    return this.#read('invitations', octokit =>
      readInvitations(octokit, this.#organization),
    );
  }

  async setMemberRole(
    { login, role }: { login: string; role: 'admin' | 'member' },
    by: GitHubPerson,
  ): Promise<void> {
    await this.#change(['members'], by, async octokit => {
      const before = await this.#requireMember(octokit, login);
      if (before === role) {
        return;
      }
      if (before === 'admin') {
        this.#refuseOneself(login, by, 'take your own ownership away');
        await this.#refuseLastOwner(octokit, login);
      }
      await octokit.rest.orgs.setMembershipForUser({
        org: this.#organization,
        username: login,
        role,
      });
    });
  }

  async removeMember(login: string, by: GitHubPerson): Promise<void> {
    await this.#change(['members', 'teams'], by, async octokit => {
      this.#refuseOneself(login, by, 'remove yourself');
      if ((await this.#requireMember(octokit, login)) === 'admin') {
        await this.#refuseLastOwner(octokit, login);
      }
      await octokit.rest.orgs.removeMembershipForUser({
        org: this.#organization,
        username: login,
      });
    });
  }

  async setTeamMember(
    change: { slug: string; login: string; role: 'maintainer' | 'member' },
    by: GitHubPerson,
  ): Promise<void> {
    const { slug, login, role } = change;
    await this.#change(['members', 'teams'], by, async octokit => {
      await this.#requireTeam(octokit, slug);
      // Whoever is no member would be invited by this
      await this.#requireMember(octokit, login);
      await octokit.rest.teams.addOrUpdateMembershipForUserInOrg({
        org: this.#organization,
        team_slug: slug,
        username: login,
        role,
      });
    });
  }

  async removeTeamMember(
    { slug, login }: { slug: string; login: string },
    by: GitHubPerson,
  ): Promise<void> {
    await this.#change(['members', 'teams'], by, async octokit => {
      if (slug === this.#adminTeam) {
        this.#refuseOneself(
          login,
          by,
          `remove yourself from ${slug}, whose members administer`,
        );
      }
      await this.#requireTeam(octokit, slug);
      await orNotFound(
        octokit.rest.teams.removeMembershipForUserInOrg({
          org: this.#organization,
          team_slug: slug,
          username: login,
        }),
        `${login} is not in the team ${slug} of ${this.#organization}`,
      );
    });
  }

  async invite(
    { invitee, role, teams = [] }: NewOrganizationInvitation,
    by: GitHubPerson,
  ): Promise<OrganizationInvitation> {
    return this.#change(['invitations'], by, async octokit => {
      const whom = await findInvitee(octokit, invitee, this.#host);
      const ids = [];
      for (const slug of teams) {
        ids.push((await this.#requireTeam(octokit, slug)).id);
      }
      const { data } = await octokit.rest.orgs.createInvitation({
        org: this.#organization,
        ...whom,
        role: role === 'admin' ? 'admin' : 'direct_member',
        team_ids: ids,
      });
      return toInvitation(data, teams);
    });
  }

  async cancelInvitation(id: number, by: GitHubPerson): Promise<void> {
    await this.#change(['invitations'], by, octokit =>
      orNotFound(
        octokit.rest.orgs.cancelInvitation({
          org: this.#organization,
          invitation_id: id,
        }),
        `There is no pending invitation ${id} into ${
          this.#organization
        }: it was answered, withdrawn or has failed`,
      ),
    );
  }

  #members(): Promise<AsOf<MemberReading[]>> {
    return this.#read('members', octokit =>
      readMembers(octokit, this.#organization),
    );
  }

  #teams(): Promise<AsOf<TeamReading[]>> {
    return this.#read('teams', octokit =>
      readTeams(octokit, this.#organization),
    );
  }

  async #read<P extends PeoplePart>(
    part: P,
    ask: (octokit: Octokit) => Promise<PeopleReadings[P]>,
  ): Promise<AsOf<PeopleReadings[P]>> {
    const kept = await this.#store.find(part);
    const asOf = this.#now().toISOString();
    if (
      kept &&
      !kept.outdated &&
      Date.parse(asOf) - Date.parse(kept.asOf) < FRESH_FOR_MS
    ) {
      return { asOf: kept.asOf, value: kept.value };
    }
    try {
      const value = await ask(
        this.#door.asPortal({
          host: this.#host,
          owner: this.#organization,
          lane: 'page',
        }),
      );
      await this.#store.save(part, { asOf, value });
      return { asOf, value };
    } catch (error) {
      assertError(error);
      const failure = this.#explain(error);
      if (!kept) {
        throw failure;
      }
      return {
        asOf: kept.asOf,
        staleReason: failure.message,
        value: kept.value,
      };
    }
  }

  /** Says what the portal lacks, where GitHub does not show it what administrators want to see. */
  #explain(error: Error): Error {
    return error instanceof NotAllowedError ||
      error instanceof NotFoundError ||
      error instanceof AuthenticationError
      ? new ServiceUnavailableError(
          `${this.#host} does not show the portal the people of ${
            this.#organization
          } (${
            error.message
          }). Its GitHub App needs the organisation permission "Members: Read and write"; its token "admin:org", and an owner`,
        )
      : error;
  }

  async #change<T>(
    parts: PeoplePart[],
    by: GitHubPerson,
    make: (octokit: Octokit) => Promise<T>,
  ): Promise<T> {
    try {
      return await make(
        this.#door.asUser({ host: this.#host, token: by.token }),
      );
    } finally {
      // Also when it failed: it may have been done before the answer got lost
      await this.#store.outdate(parts, this.#now().toISOString());
    }
  }

  async #requireMember(
    octokit: Octokit,
    login: string,
  ): Promise<'admin' | 'member'> {
    const missing = `${login} is not a member of ${
      this.#organization
    }: invite them first`;
    const { data } = await orNotFound(
      octokit.rest.orgs.getMembershipForUser({
        org: this.#organization,
        username: login,
      }),
      missing,
    );
    if (data.state !== 'active') {
      throw new NotFoundError(
        `${login} has not accepted the invitation into ${
          this.#organization
        } yet`,
      );
    }
    return data.role === 'admin' ? 'admin' : 'member';
  }

  async #requireTeam(octokit: Octokit, slug: string): Promise<{ id: number }> {
    const { data } = await orNotFound(
      octokit.rest.teams.getByName({
        org: this.#organization,
        team_slug: slug,
      }),
      `${this.#organization} has no team "${slug}"`,
    );
    return data;
  }

  #refuseOneself(login: string, by: GitHubPerson, deed: string): void {
    if (lower(login) === lower(by.login)) {
      throw new ConflictError(
        `You cannot ${deed}: you could not undo it. Ask another administrator, or do it on ${
          this.#host
        }`,
      );
    }
  }

  async #refuseLastOwner(octokit: Octokit, login: string): Promise<void> {
    const { data: owners } = await octokit.rest.orgs.listMembers({
      org: this.#organization,
      role: 'admin',
      per_page: 2,
    });
    if (owners.length < 2) {
      throw new ConflictError(
        `${login} is the last owner of ${
          this.#organization
        }: make somebody else an owner first`,
      );
    }
  }
}

async function findInvitee(
  octokit: Octokit,
  invitee: string,
  host: string,
): Promise<{ email: string } | { invitee_id: number }> {
  if (invitee.includes('@')) {
    return { email: invitee };
  }
  if (!isGitHubName(invitee)) {
    throw new InputError(
      `"${invitee}" is neither a login on ${host} nor an email address`,
    );
  }
  const { data } = await orNotFound(
    octokit.rest.users.getByUsername({ username: invitee }),
    `There is nobody called "${invitee}" on ${host}`,
  );
  if (data.type !== 'User') {
    throw new InputError(`"${invitee}" is not a person on ${host}`);
  }
  return { invitee_id: data.id };
}

async function orNotFound<T>(asked: Promise<T>, message: string): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof NotFoundError ? new NotFoundError(message) : error;
  }
}

function lower(text: string): string {
  return text.toLocaleLowerCase('en-US');
}

function withReason(staleReason: string | undefined): {
  staleReason?: string;
} {
  return staleReason === undefined ? {} : { staleReason };
}
