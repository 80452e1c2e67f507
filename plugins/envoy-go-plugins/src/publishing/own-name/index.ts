export { useAuthorToken } from './useAuthorToken';
