import { ConflictError, InputError } from '@backstage/errors';
import { Clock, timestamp } from '../server/clock';
import { Account, OrganizationMembership, Team } from './accountRecords';
import { Store } from './Store';

/** What a login may look like: letters, digits and single dashes, at most 39. */
const LOGIN = /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i;

/** People, organisations and their teams. */
export class Accounts {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(options: { store: Store; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** The account with a login, whatever its case. */
  find(login: string): Account | undefined {
    return this.#store.collections.accounts.firstBy(
      'login',
      login.toLowerCase(),
    );
  }

  findOrganization(login: string): Account | undefined {
    const account = this.find(login);
    return account?.type === 'Organization' ? account : undefined;
  }

  /** The account with an id that is known to be there. */
  get(id: number): Account {
    const account = this.#store.collections.accounts.get(id);
    if (!account) {
      throw new ConflictError(`Account ${id} is referred to, but not there`);
    }
    return account;
  }

  create(account: Pick<Account, 'login' | 'type'> & Partial<Account>): Account {
    if (account.type !== 'Bot' && !LOGIN.test(account.login)) {
      throw new InputError(
        `${account.login} is no login: use letters, digits and single dashes, at most 39 characters`,
      );
    }
    if (this.find(account.login)) {
      throw new ConflictError(`There is an account ${account.login} already`);
    }
    const now = timestamp(this.#clock());
    return this.#store.collections.accounts.put({
      isMachine: false,
      emailPublic: true,
      membersCanCreateRepositories: true,
      createdAt: now,
      updatedAt: now,
      ...account,
      id: this.#store.nextId(),
    });
  }

  membership(
    organizationId: number,
    userId: number | undefined,
  ): OrganizationMembership | undefined {
    return userId === undefined
      ? undefined
      : this.#store.collections.memberships
          .by('user', userId)
          .find(membership => membership.organizationId === organizationId);
  }

  /** Makes somebody a member of an organisation, or changes their role. */
  setMembership(
    organizationId: number,
    userId: number,
    role: OrganizationMembership['role'],
  ): OrganizationMembership {
    const before = this.membership(organizationId, userId);
    return this.#store.collections.memberships.put({
      id: before?.id ?? this.#store.nextId(),
      organizationId,
      userId,
      role,
    });
  }

  /** Takes somebody out of an organisation and all of its teams, which are returned. */
  removeMembership(organizationId: number, userId: number): Team[] {
    const { memberships, teamMemberships, teams } = this.#store.collections;
    const membership = this.membership(organizationId, userId);
    if (membership) {
      memberships.delete(membership.id);
    }
    const left: Team[] = [];
    for (const place of teamMemberships.by('user', userId)) {
      const team = teams.get(place.teamId);
      if (team?.organizationId === organizationId) {
        teamMemberships.delete(place.id);
        left.push(team);
      }
    }
    return left;
  }

  members(
    organizationId: number,
  ): Array<{ account: Account; role: OrganizationMembership['role'] }> {
    return this.#store.collections.memberships
      .by('organization', organizationId)
      .map(({ userId, role }) => ({ account: this.get(userId), role }));
  }

  organizationsOf(userId: number): Account[] {
    return this.#store.collections.memberships
      .by('user', userId)
      .map(membership => this.get(membership.organizationId));
  }

  teams(organizationId: number): Team[] {
    return this.#store.collections.teams.by('organization', organizationId);
  }

  findTeam(organizationId: number, slug: string): Team | undefined {
    return this.teams(organizationId).find(
      team => team.slug === slug.toLowerCase(),
    );
  }

  createTeam(
    organizationId: number,
    team: Pick<Team, 'name'> & Partial<Team>,
  ): Team {
    const slug = teamSlug(team.name);
    if (this.findTeam(organizationId, slug)) {
      throw new ConflictError(`There is a team ${slug} already`);
    }
    const now = timestamp(this.#clock());
    return this.#store.collections.teams.put({
      privacy: 'closed',
      createdAt: now,
      updatedAt: now,
      ...team,
      id: this.#store.nextId(),
      organizationId,
      slug,
    });
  }

  deleteTeam(team: Team): void {
    const { teams, teamMemberships, teamRepositories } =
      this.#store.collections;
    teamMemberships.deleteBy('team', team.id);
    teamRepositories.deleteBy('team', team.id);
    for (const child of this.teams(team.organizationId)) {
      if (child.parentId === team.id) {
        this.deleteTeam(child);
      }
    }
    teams.delete(team.id);
  }

  teamMembership(teamId: number, userId: number | undefined) {
    return userId === undefined
      ? undefined
      : this.#store.collections.teamMemberships
          .by('user', userId)
          .find(membership => membership.teamId === teamId);
  }

  /** Puts somebody into a team, and into its organisation when they are not in there yet. */
  setTeamMembership(
    team: Team,
    userId: number,
    role: 'member' | 'maintainer',
  ): void {
    if (!this.membership(team.organizationId, userId)) {
      this.setMembership(team.organizationId, userId, 'member');
    }
    const before = this.teamMembership(team.id, userId);
    this.#store.collections.teamMemberships.put({
      id: before?.id ?? this.#store.nextId(),
      teamId: team.id,
      userId,
      role,
    });
  }

  /** The members of a team; those of the teams below it too unless `immediate`. */
  teamMembers(team: Team, options: { immediate?: boolean } = {}): Account[] {
    const ids = new Set(
      this.#store.collections.teamMemberships
        .by('team', team.id)
        .map(membership => membership.userId),
    );
    if (!options.immediate) {
      for (const child of this.childTeams(team)) {
        this.teamMembers(child).forEach(member => ids.add(member.id));
      }
    }
    return [...ids].map(id => this.get(id));
  }

  childTeams(team: Team): Team[] {
    return this.teams(team.organizationId).filter(
      child => child.parentId === team.id,
    );
  }

  /** Teams somebody is in, and the teams above those. */
  teamsOf(userId: number): Team[] {
    const { teams, teamMemberships } = this.#store.collections;
    const found = new Map<number, Team>();
    for (const { teamId } of teamMemberships.by('user', userId)) {
      let team = teams.get(teamId);
      while (team && !found.has(team.id)) {
        found.set(team.id, team);
        team = teams.get(team.parentId);
      }
    }
    return [...found.values()];
  }
}

/** The name of a team as part of an address. */
export function teamSlug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
