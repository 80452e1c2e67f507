import type {
  AsOf,
  AuditQuery,
  AuditRecordList,
  DeliveryDetails,
  DeliveryList,
  DeliveryQuery,
  DeliveryReplayRequest,
  DeliveryReplayResult,
  GitHubBudget,
  HiddenPlugins,
  NewOrganizationInvitation,
  NewPublishDecision,
  OrganizationInvitation,
  OrganizationMember,
  OrganizationMemberList,
  OrganizationTeam,
  PluginActivity,
  PluginDetails,
  PluginDiscussion,
  PluginList,
  PluginLocator,
  PluginQuery,
  PluginReadme,
  PluginRelease,
  PluginSource,
  PublishCandidateList,
  PublishRequest,
  PublishRequestList,
  PublishRequestQuery,
  RecordVerification,
  WebhookHealth,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { MemberQuery } from '../people';

/** `text` is called `q` in an address. */
type InAddress<T extends { text?: string }> = Omit<T, 'text'> & { q?: string };

interface InTeam {
  slug: string;
  login: string;
}

/** Of one request to publish a plugin. */
interface RequestEndpoint {
  path: { id: string };
  response: PublishRequest;
}

/** What `openapi.yaml` says, in TypeScript. */
export type Endpoints = {
  '#get|/plugins': {
    query: InAddress<PluginQuery>;
    response: PluginList;
  };
  '#get|/plugins/{namespace}/{name}': {
    path: PluginLocator;
    response: PluginDetails;
  };
  '#get|/plugins/{namespace}/{name}/readme': {
    path: PluginLocator;
    query: { release?: string };
    response: AsOf<PluginReadme | undefined>;
  };
  '#get|/plugins/{namespace}/{name}/releases': {
    path: PluginLocator;
    response: AsOf<PluginRelease[]>;
  };
  '#get|/plugins/{namespace}/{name}/discussions': {
    path: PluginLocator;
    response: AsOf<PluginDiscussion[]>;
  };
  '#get|/plugins/{namespace}/{name}/source': {
    path: PluginLocator;
    response: AsOf<PluginSource>;
  };
  '#get|/plugins/{namespace}/{name}/activity': {
    path: PluginLocator;
    response: PluginActivity[];
  };
  '#get|/plugins/{namespace}/{name}/star': {
    path: PluginLocator;
    response: { starred?: boolean };
  };
  '#put|/plugins/{namespace}/{name}/star': {
    path: PluginLocator;
    response: void;
  };
  '#_delete|/plugins/{namespace}/{name}/star': {
    path: PluginLocator;
    response: void;
  };
  '#get|/hidden-plugins': {
    query: { user?: string };
    response: HiddenPlugins;
  };
  '#get|/admin/deliveries': {
    query: InAddress<DeliveryQuery>;
    response: DeliveryList;
  };
  '#get|/admin/deliveries/{deliveryId}': {
    path: { deliveryId: string };
    response: DeliveryDetails;
  };
  '#post|/admin/deliveries/replay': {
    body: DeliveryReplayRequest;
    response: DeliveryReplayResult;
  };
  '#get|/admin/webhooks': { response: WebhookHealth[] };
  '#post|/admin/webhooks/reconcile': { response: WebhookHealth[] };
  '#get|/admin/github/budgets': { response: GitHubBudget[] };
  '#get|/admin/members': {
    query: InAddress<MemberQuery>;
    response: AsOf<OrganizationMemberList>;
  };
  '#put|/admin/members/{login}': {
    path: { login: string };
    body: Pick<OrganizationMember, 'role'>;
    response: void;
  };
  '#_delete|/admin/members/{login}': {
    path: { login: string };
    response: void;
  };
  '#get|/admin/invitations': { response: AsOf<OrganizationInvitation[]> };
  '#post|/admin/invitations': {
    body: NewOrganizationInvitation;
    response: OrganizationInvitation;
  };
  '#_delete|/admin/invitations/{id}': { path: { id: number }; response: void };
  '#get|/admin/teams': { response: AsOf<OrganizationTeam[]> };
  '#put|/admin/teams/{slug}/members/{login}': {
    path: InTeam;
    body: Pick<OrganizationTeam['members'][number], 'role'>;
    response: void;
  };
  '#_delete|/admin/teams/{slug}/members/{login}': {
    path: InTeam;
    response: void;
  };
  '#get|/admin/record': {
    query: InAddress<AuditQuery>;
    response: AuditRecordList;
  };
  '#get|/admin/record/export': {
    query: Omit<InAddress<AuditQuery>, 'offset' | 'limit'> & {
      format: 'jsonl' | 'csv';
    };
    response: string;
  };
  '#get|/admin/record/verification': {
    response: RecordVerification;
  };
  '#get|/publishing/candidates': { response: PublishCandidateList };
  '#get|/publishing/requests': {
    query: InAddress<PublishRequestQuery>;
    response: PublishRequestList;
  };
  '#post|/publishing/requests': {
    body: { repositoryUrl: string };
    response: PublishRequest;
  };
  '#get|/publishing/requests/{id}': RequestEndpoint;
  '#post|/publishing/requests/{id}/check': RequestEndpoint;
  '#post|/publishing/requests/{id}/bot': RequestEndpoint;
  '#post|/publishing/requests/{id}/submit': RequestEndpoint & {
    body: { text?: string; agreedTo: string };
  };
  '#post|/publishing/requests/{id}/hand-over': RequestEndpoint;
  '#post|/publishing/requests/{id}/withdraw': RequestEndpoint & {
    body: { text?: string };
  };
  '#post|/publishing/requests/{id}/comments': RequestEndpoint & {
    body: { text: string };
  };
  '#get|/admin/publishing/requests': {
    query: InAddress<PublishRequestQuery>;
    response: PublishRequestList;
  };
  '#post|/admin/publishing/requests/{id}/decisions': RequestEndpoint & {
    body: NewPublishDecision;
  };
  '#post|/admin/publishing/requests/{id}/retry': RequestEndpoint;
  '#post|/admin/publishing/requests/{id}/abort': RequestEndpoint & {
    body: { text: string };
  };
};
