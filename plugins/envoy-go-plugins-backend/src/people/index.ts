export type { AccessGuard } from './AccessGuard';
export { type People, createPeople } from './createPeople';
export type {
  Administrator,
  OrganizationAdministration,
} from './OrganizationAdministration';
export type { MemberQuery } from './OrganizationPeople';
export type { PersonalStars } from './PersonalStars';
export {
  type KnownPeople,
  PersonalTokens,
  type SignedInPerson,
} from './PersonalTokens';
export { type PeopleConfig, readPeopleConfig } from './readPeopleConfig';
