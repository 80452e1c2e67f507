export { type Discussions, createDiscussions } from './createDiscussions';
export { DiscussionOutbox } from './DiscussionOutbox';
