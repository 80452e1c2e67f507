export { NoPermission } from './NoPermission';
export { useAdministrator } from './useAdministrator';
