export { EchoUpstream } from './EchoUpstream';
export type { SeenRequest, UpstreamReply } from './EchoUpstream';
export { ServiceServer } from './ServiceServer';
export type { HeaderValues } from './HttpServer';
export { foldHeaders } from './HttpServer';
