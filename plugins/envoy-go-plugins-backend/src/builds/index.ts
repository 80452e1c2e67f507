export {
  AuthorizedBuilds,
  type BuildAccess,
  type BuildPerson,
} from './AuthorizedBuilds';
export * from './BuildOrder';
export * from './Builds';
export { type Building, createBuilds } from './createBuilds';
export { proofRowsOf } from './factsOfReport';
export { gitHubUrl } from './gitHubUrl';
export { type BuildsConfig, readBuildsConfig } from './readBuildsConfig';
export * from './ReleasePublisher';
export * from './releases';
export * from './runners';
