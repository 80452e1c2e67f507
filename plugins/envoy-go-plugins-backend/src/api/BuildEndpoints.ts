import type {
  Build,
  BuildList,
  BuildLogPart,
  BuildQuery,
  BuildRunner,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Of one build. */
interface BuildEndpoint {
  path: { id: string };
  response: Build;
}

/** What `openapi.yaml` says of builds, in TypeScript. */
export type BuildEndpoints = {
  '#get|/builds': {
    query: Omit<BuildQuery, 'text'> & { q?: string };
    response: BuildList;
  };
  '#get|/builds/{id}': BuildEndpoint;
  '#get|/builds/{id}/log': {
    path: { id: string };
    query: { after?: number; limit?: number };
    response: BuildLogPart;
  };
  '#get|/builds/{id}/log.txt': { path: { id: string }; response: string };
  '#post|/builds/{id}/cancel': BuildEndpoint & { body: { reason?: string } };
  '#post|/builds/{id}/retry': BuildEndpoint;
  '#get|/admin/runners': { response: BuildRunner[] };
};
