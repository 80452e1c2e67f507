export { useOwnName } from './useOwnName';
