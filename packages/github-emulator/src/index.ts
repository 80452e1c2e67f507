/**
 * GitHub on localhost: a stateful server that GitHub's clients and the unchanged Backstage modules talk to.
 *
 * @packageDocumentation
 */
export { Emulator } from './Emulator';
export type { Validation } from './rest/RestApi';
export type { Clock } from './server/clock';
export type { RateLimits } from './server/RateLimiter';
export type { Apps, NewApp } from './apps/Apps';
export type {
  ChangeOptions,
  Changes,
  NewPublishedRelease,
  NewPush,
  RepositoryName,
} from './changes/Changes';
export type {
  ForEach,
  PlantedRelease,
  PlantOptions,
} from './changes/plantRepositories';
export type { Release, ReleaseAsset } from './state/releaseRecords';
export type { Repository } from './state/repositoryRecords';
export type { Installations } from './changes/Installations';
export type {
  AppPermissions,
  GitHubApp,
  Installation,
} from './state/appRecords';
export type { LoggedRequest, Usage } from './server/RequestLog';
export type {
  Fault,
  FaultRule,
  Faults,
  PlantedFault,
  RequestKind,
} from './faults/Faults';
export { startGitHubEmulator } from './startGitHubEmulator';
export type {
  GitHubEmulator,
  GitHubEmulatorOptions,
} from './startGitHubEmulator';
export type {
  DeliveryOutcome,
  Webhook,
  WebhookDelivery,
  WebhookEvent,
} from './state/webhookRecords';
export type { Violation } from './truth/TruthCheck';
export type {
  NewWebhook,
  NewWebhookEvent,
  WebhookChange,
  Webhooks,
} from './webhooks/Webhooks';
export { readSeed } from './seed/readSeed';
export type {
  Seed,
  SeedAccount,
  SeedApp,
  SeedApplication,
  SeedIssue,
  SeedOrganization,
  SeedPullRequest,
  SeedRelease,
  SeedRepository,
  SeedTeam,
  SeedToken,
} from './seed/Seed';
