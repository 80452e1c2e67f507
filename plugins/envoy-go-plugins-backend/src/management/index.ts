export { createManagement } from './createManagement';
export type { Management, ManagingPerson } from './Management';
