export { TeamsContent } from './TeamsContent';
