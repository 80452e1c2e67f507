export { BuildsPage, NfsBuildsPage } from './BuildsPage';
