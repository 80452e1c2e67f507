import type { OrganizationTeam } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { readText, writeParameters } from '../lists';
import type { AddressState } from '../lists';

/** Which teams are shown, and which of them is open. */
export interface TeamListState {
  text: string;
  /** Slug. */
  team: string;
}

/** How it is written in the address. */
export const teamListAddress: AddressState<TeamListState> = {
  parse: params => ({
    text: readText(params, 'q'),
    team: readText(params, 'team'),
  }),
  format: state => writeParameters({ q: state.text, team: state.team }),
};

/** The roles in a team as GitHub calls them. */
export const TEAM_ROLE_LABELS: Record<
  OrganizationTeam['members'][number]['role'],
  string
> = { maintainer: 'Maintainer', member: 'Member' };

/** The teams that a text names, by their own name or by a member: the administrators first. */
export function visibleTeams(
  teams: OrganizationTeam[],
  text: string,
): OrganizationTeam[] {
  const wanted = text.toLocaleLowerCase('en-US');
  return teams
    .filter(team =>
      [
        team.name,
        team.slug,
        team.description ?? '',
        ...team.members.map(({ login }) => login),
      ].some(value => value.toLocaleLowerCase('en-US').includes(wanted)),
    )
    .sort(
      (a, b) =>
        Number(b.administrators) - Number(a.administrators) ||
        a.name.localeCompare(b.name),
    );
}
