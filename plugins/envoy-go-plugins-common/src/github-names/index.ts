export { isGitHubName } from './isGitHubName';
