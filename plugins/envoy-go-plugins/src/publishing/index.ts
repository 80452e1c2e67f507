export { NfsPublishingPage, PublishingPage } from './PublishingPage';
