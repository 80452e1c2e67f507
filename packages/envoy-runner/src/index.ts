export * from './bootstrap';
export * from './envoy';
export * from './library';
export * from './plugin';
export * from './process';
export * from './proof';
export { EchoUpstream } from './upstream';
export type { HeaderValues, SeenRequest, UpstreamReply } from './upstream';
