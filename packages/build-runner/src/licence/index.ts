export { findLicence } from './findLicence';
export type { FoundLicence } from './findLicence';
