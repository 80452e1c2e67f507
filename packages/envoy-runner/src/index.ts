export {
  renderBootstrap,
  renderFilterConfig,
  renderHttpFilter,
} from './bootstrap';
export type {
  BootstrapCluster,
  BootstrapFilter,
  BootstrapListener,
  BootstrapOptions,
} from './bootstrap';
export * from './envoy';
export { BuildError, buildLibrary } from './library';
export type { BuildLibraryOptions } from './library';
export * from './plugin';
export {
  describeExit,
  EnvoyLog,
  EnvoyProcess,
  EnvoyProcessError,
} from './process';
export type { EnvoyExit, EnvoyProcessOptions } from './process';
export * from './proof';
export { EchoUpstream } from './upstream';
export type { HeaderValues, SeenRequest, UpstreamReply } from './upstream';
