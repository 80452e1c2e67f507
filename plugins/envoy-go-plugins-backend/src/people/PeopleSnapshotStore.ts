import type { OrganizationInvitation } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { MemberReading, TeamReading } from './readOrganization';

/** What GitHub says of an organisation's people, in parts that are read by themselves. */
export interface PeopleReadings {
  members: MemberReading[];
  teams: TeamReading[];
  invitations: OrganizationInvitation[];
}

/** The name of a part. */
export type PeoplePart = keyof PeopleReadings;

/** What GitHub said. */
export interface PeopleSnapshot<P extends PeoplePart> {
  /** When GitHub was asked; ISO 8601, UTC. */
  asOf: string;
  value: PeopleReadings[P];
  /** Whether something was changed since. */
  outdated: boolean;
}

/** What GitHub said of the people of an organisation, kept for all replicas. */
export interface PeopleSnapshotStore {
  find<P extends PeoplePart>(part: P): Promise<PeopleSnapshot<P> | undefined>;
  /** Keeps an answer, unless a later one is there. */
  save<P extends PeoplePart>(
    part: P,
    snapshot: { asOf: string; value: PeopleReadings[P] },
  ): Promise<void>;
  /** Takes note that parts were changed: what was asked until then is out of date. */
  outdate(parts: PeoplePart[], at: string): Promise<void>;
}
