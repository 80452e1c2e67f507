import type { OrganizationMember } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  ROWS_PER_PAGE,
  readOneOf,
  readPage,
  readText,
  writeParameters,
} from '../lists';
import type { AddressState } from '../lists';

/** What the list of members is narrowed to. */
export interface MemberListState {
  text: string;
  role?: OrganizationMember['role'];
  /** Slug of a team. */
  team: string;
  /** One-based. */
  page: number;
}

/** What GitHub calls the roles in an organisation. */
export const ROLE_LABELS: Record<OrganizationMember['role'], string> = {
  admin: 'Owner',
  member: 'Member',
};

/** What the roles may do. */
export const ROLE_MEANINGS: Record<OrganizationMember['role'], string> = {
  admin: 'Everything in the organisation, its settings and people included',
  member: 'What the teams and repositories allow',
};

/** How it is written in the address. */
export const memberListAddress: AddressState<MemberListState> = {
  parse: params => ({
    text: readText(params, 'q'),
    role: readOneOf(params, 'role', ['admin', 'member']),
    team: readText(params, 'team'),
    page: readPage(params),
  }),
  format: state =>
    writeParameters({
      q: state.text,
      role: state.role,
      team: state.team,
      page: state.page,
    }),
};

/** What the backend is asked for. */
export function toMemberQuery(state: MemberListState) {
  return {
    ...(state.text && { text: state.text }),
    ...(state.role && { role: state.role }),
    ...(state.team && { team: state.team }),
    offset: (state.page - 1) * ROWS_PER_PAGE,
    limit: ROWS_PER_PAGE,
  };
}
