import { NotFoundError } from '@backstage/errors';
import type {
  AsOf,
  NewOrganizationInvitation,
  OrganizationInvitation,
  OrganizationMemberList,
  OrganizationTeam,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Request } from 'express';
import type { AuditRecorder, AuditedAct } from '../audit';
import type { MemberQuery, OrganizationPeople } from './OrganizationPeople';
import type {
  GitHubPerson,
  PersonalTokens,
  SignedInPerson,
} from './PersonalTokens';

/** An administrator who changes something. */
export interface Administrator extends SignedInPerson {
  /** The request by which it is changed, for the portal's audit log. */
  request?: Request;
}

type Deed<T> = Omit<AuditedAct<T>, 'actor' | 'request' | 'severity'>;

/**
 * What administrators do to the organisation that is the store: in their own name, with
 * their own token, and on the record.
 *
 * Methods that change throw what `OrganizationPeople` and `PersonalTokens` throw; all throw
 * `NotFoundError` where the portal has no organisation.
 */
export class OrganizationAdministration {
  readonly #people: OrganizationPeople | undefined;
  readonly #host: string;
  readonly #tokens: PersonalTokens;
  readonly #recorder: AuditRecorder;

  constructor(options: {
    /** `undefined` where no organisation is configured. */
    people: OrganizationPeople | undefined;
    host: string;
    tokens: PersonalTokens;
    recorder: AuditRecorder;
  }) {
    this.#people = options.people;
    this.#host = options.host;
    this.#tokens = options.tokens;
    this.#recorder = options.recorder;
  }

  async listMembers(query: MemberQuery): Promise<AsOf<OrganizationMemberList>> {
    return this.#organization().listMembers(query);
  }

  async listTeams(): Promise<AsOf<OrganizationTeam[]>> {
    return this.#organization().listTeams();
  }

  async listInvitations(): Promise<AsOf<OrganizationInvitation[]>> {
    return this.#organization().listInvitations();
  }

  async setMemberRole(
    change: { login: string; role: 'admin' | 'member' },
    by: Administrator,
  ): Promise<void> {
    const { login, role } = change;
    const place = role === 'admin' ? 'an owner' : 'a member';
    await this.#do(
      by,
      {
        action: 'member.set-role',
        subject: login,
        before: { role: await this.#roleOf(login) },
        after: { role },
        succeeded: `Made ${login} ${place} of the organisation`,
        failed: `Could not make ${login} ${place} of the organisation`,
      },
      (people, person) => people.setMemberRole(change, person),
    );
  }

  async removeMember(login: string, by: Administrator): Promise<void> {
    await this.#do(
      by,
      {
        action: 'member.remove',
        subject: login,
        before: { role: await this.#roleOf(login) },
        succeeded: `Removed ${login} from the organisation`,
        failed: `Could not remove ${login} from the organisation`,
      },
      (people, person) => people.removeMember(login, person),
    );
  }

  async setTeamMember(
    change: { slug: string; login: string; role: 'maintainer' | 'member' },
    by: Administrator,
  ): Promise<void> {
    const { slug, login, role } = change;
    await this.#do(
      by,
      {
        action: 'team.set-member',
        subject: login,
        details: { team: slug },
        before: { role: await this.#roleInTeam(change) },
        after: { role },
        succeeded: `Made ${login} a ${role} of the team ${slug}`,
        failed: `Could not make ${login} a ${role} of the team ${slug}`,
      },
      (people, person) => people.setTeamMember(change, person),
    );
  }

  async removeTeamMember(
    change: { slug: string; login: string },
    by: Administrator,
  ): Promise<void> {
    const { slug, login } = change;
    await this.#do(
      by,
      {
        action: 'team.remove-member',
        subject: login,
        details: { team: slug },
        before: { role: await this.#roleInTeam(change) },
        succeeded: `Removed ${login} from the team ${slug}`,
        failed: `Could not remove ${login} from the team ${slug}`,
      },
      (people, person) => people.removeTeamMember(change, person),
    );
  }

  async invite(
    invitation: NewOrganizationInvitation,
    by: Administrator,
  ): Promise<OrganizationInvitation> {
    const { invitee, role, teams = [] } = invitation;
    return this.#do(
      by,
      {
        action: 'member.invite',
        subject: invitee,
        details: { role, teams },
        succeeded: `Invited ${invitee} into the organisation`,
        failed: `Could not invite ${invitee} into the organisation`,
      },
      (people, person) => people.invite(invitation, person),
    );
  }

  async cancelInvitation(id: number, by: Administrator): Promise<void> {
    await this.#do(
      by,
      {
        action: 'member.cancel-invitation',
        subject: String(id),
        succeeded: `Withdrew the invitation ${id}`,
        failed: `Could not withdraw the invitation ${id}`,
      },
      (people, person) => people.cancelInvitation(id, person),
    );
  }

  async #roleOf(login: string): Promise<string> {
    return roleIn(login, async () => {
      const { value } = await this.#organization().listMembers({
        text: login,
        limit: 100,
      });
      return value.items;
    });
  }

  async #roleInTeam(place: { slug: string; login: string }): Promise<string> {
    return roleIn(place.login, async () => {
      const { value } = await this.#organization().listTeams();
      return value.find(({ slug }) => slug === place.slug)?.members ?? [];
    });
  }

  #organization(): OrganizationPeople {
    if (!this.#people) {
      throw new NotFoundError(
        'The portal has no organisation whose people could be managed: set "envoyGoPlugins.github.organization" in its configuration',
      );
    }
    return this.#people;
  }

  async #do<T>(
    by: Administrator,
    deed: Deed<T>,
    run: (people: OrganizationPeople, person: GitHubPerson) => Promise<T>,
  ): Promise<T> {
    const people = this.#organization();
    return this.#recorder.record(
      {
        ...deed,
        severity: 'high',
        actor: by.credentials.principal.userEntityRef,
        request: by.request,
      },
      () =>
        this.#tokens.use(
          by,
          { host: this.#host, scopes: ['admin:org'] },
          person => run(people, person),
        ),
    );
  }
}

/** The role of a login among people, as far as the portal knows it. */
async function roleIn(
  login: string,
  people: () => Promise<{ login: string; role: string }[]>,
): Promise<string> {
  // GitHub does not tell logins apart by case
  const lower = (text: string) => text.toLocaleLowerCase('en-US');
  try {
    const found = (await people()).find(
      person => lower(person.login) === lower(login),
    );
    return found?.role ?? 'none';
  } catch {
    // Whether it can be done shows when it is tried
    return 'unknown';
  }
}
