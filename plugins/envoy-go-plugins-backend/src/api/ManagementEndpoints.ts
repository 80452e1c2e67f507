import type {
  ManagedPluginList,
  ManagedPluginQuery,
  PluginLocator,
  PluginManagement,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** What is done to one version of a plugin. */
interface VersionEndpoint {
  path: PluginLocator & { version: string };
  body: { reason: string };
  response: PluginManagement;
}

/** The part of `openapi.yaml` about managing plugins, in TypeScript. */
export type ManagementEndpoints = {
  '#get|/plugins/{namespace}/{name}/management': {
    path: PluginLocator;
    response: PluginManagement;
  };
  '#post|/plugins/{namespace}/{name}/owner': {
    path: PluginLocator;
    body: { owner: string; reason: string };
    response: PluginManagement;
  };
  '#post|/plugins/{namespace}/{name}/deprecate': {
    path: PluginLocator;
    body: { reason: string; successor?: string };
    response: PluginManagement;
  };
  '#post|/plugins/{namespace}/{name}/versions/{version}/yank': VersionEndpoint;
  '#post|/plugins/{namespace}/{name}/versions/{version}/rebuild': VersionEndpoint;
  '#post|/plugins/{namespace}/{name}/unpublish': {
    path: PluginLocator;
    body: { reason: string; to?: string };
    response: PluginManagement;
  };
  '#post|/plugins/{namespace}/{name}/operations/{id}/retry': {
    path: PluginLocator & { id: string };
    response: PluginManagement;
  };
  '#get|/admin/plugins': {
    query: Omit<ManagedPluginQuery, 'text'> & { q?: string };
    response: ManagedPluginList;
  };
};
