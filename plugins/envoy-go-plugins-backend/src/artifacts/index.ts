export type {
  BuiltLibrary,
  BuiltRelease,
  ListedModule,
  Platform,
} from './BuiltRelease';
export { provenEnvoys } from './BuiltRelease';
export { CachedToolProvider } from './CachedToolProvider';
export { CosignSigner, type SigningKey } from './CosignSigner';
export { CraneRegistry } from './CraneRegistry';
export { ARTIFACT_TYPES, type ArtifactType } from './createReferrer';
export {
  createReleaseArtifacts,
  type ArtifactServices,
} from './createReleaseArtifacts';
export type { PlatformImage } from './createReleaseImage';
export { DefaultReleaseArtifacts } from './DefaultReleaseArtifacts';
export { ensureSigningKey } from './ensureSigningKey';
export { parseGoBuildInfo } from './GoBuildInfo';
export type { GoBuildInfo, GoModule } from './GoBuildInfo';
export {
  digestOf,
  OCI_INDEX,
  OCI_MANIFEST,
  type OciContent,
  type OciDescriptor,
} from './ociContent';
export { imageVersion } from './releaseTags';
export type { OciManifest, OciRegistry } from './OciRegistry';
export {
  readArtifactsConfig,
  type ArtifactsConfig,
} from './readArtifactsConfig';
export { RegistryAccess, type RegistryConfig } from './RegistryAccess';
export {
  ImmutableTagError,
  RegistryError,
  type RegistryProblem,
} from './RegistryError';
export {
  refusedAnswer,
  RegistryRequests,
  type RegistryRequest,
} from './RegistryRequests';
export type {
  LaterProof,
  MovedTags,
  PublishedRelease,
  PublishStep,
  PushedContent,
  ReleaseArtifacts,
  ReleaseReferrer,
  YankMark,
} from './ReleaseArtifacts';
export { ANNOTATIONS } from './releaseAnnotations';
export { verifyCommand, type Signer } from './Signer';
export { SigningError } from './SigningError';
export type { ArtifactTool, ToolProvider } from './ToolProvider';
export { ToolUnavailableError } from './ToolUnavailableError';
