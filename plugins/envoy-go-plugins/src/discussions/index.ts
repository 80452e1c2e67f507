export { DiscussionsContent } from './DiscussionsContent';
