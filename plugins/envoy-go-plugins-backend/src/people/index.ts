export { AccessGuard } from './AccessGuard';
export { DatabasePeopleSnapshotStore } from './DatabasePeopleSnapshotStore';
export { GitHubOrganizationPeople } from './GitHubOrganizationPeople';
export {
  OrganizationAdministration,
  type Administrator,
} from './OrganizationAdministration';
export type { MemberQuery, OrganizationPeople } from './OrganizationPeople';
export { PersonalStars } from './PersonalStars';
export {
  PersonalTokens,
  type KnownPeople,
  type SignedInPerson,
} from './PersonalTokens';
export { readPeopleConfig, type PeopleConfig } from './readPeopleConfig';
