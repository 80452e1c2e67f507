import type {
  PluginLocator,
  PluginVersion,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** What `openapi.yaml` says of versions, in TypeScript. */
export type VersionEndpoints = {
  '#get|/plugins/{namespace}/{name}/versions': {
    path: PluginLocator;
    query: {};
    response: PluginVersion[];
  };
  '#get|/plugins/{namespace}/{name}/versions/{version}/documents/{digest}': {
    path: PluginLocator & { version: string; digest: string };
    query: {};
    response: Buffer;
  };
  '#get|/plugins/{namespace}/{name}/feed.atom': {
    path: PluginLocator;
    query: {};
    response: string;
  };
  '#get|/feed.atom': { query: {}; response: string };
  '#get|/badge/{namespace}/{badge}': {
    path: { namespace: string; badge: string };
    query: {};
    response: string;
  };
};
