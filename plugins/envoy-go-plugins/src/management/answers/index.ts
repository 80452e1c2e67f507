export { useManagement } from './useManagement';
export type { ManagePlugin } from './useManagement';
