import type { InOwnName } from './EnvoyGoPluginsAdministrationApi';
import type {
  NewPublishDecision,
  PublishCandidateList,
  PublishRequest,
  PublishRequestList,
  PublishRequestQuery,
} from './publishing';

/**
 * How plugins are published: what their authors do, and what administrators do about it.
 * Every method throws `ResponseError` of `@backstage/errors` when the backend answers with
 * an error; those that change a request answer it as it is then, and with a `ConflictError`
 * (409) where the request's state does not allow it.
 *
 * @public
 */
export interface EnvoyGoPluginsPublishingApi {
  /** `GET /publishing/candidates`: the repositories that are one's own. */
  listPublishCandidates(options: InOwnName): Promise<PublishCandidateList>;
  /** `POST /publishing/requests`: asks for publication; the checks begin at once. */
  createPublishRequest(
    request: {
      /** Such as `https://github.com/jo/token-auth`. */
      repositoryUrl: string;
    } & InOwnName,
  ): Promise<PublishRequest>;
  /** `GET /publishing/requests`: one's own. */
  listPublishRequests(query: PublishRequestQuery): Promise<PublishRequestList>;
  /** `GET /publishing/requests/{id}`: for its author and administrators. */
  getPublishRequest(id: string): Promise<PublishRequest>;
  /** `POST /publishing/requests/{id}/check`: checks anew, at the branch's head of now. */
  checkPublishRequest(id: string): Promise<PublishRequest>;
  /** `POST /publishing/requests/{id}/bot`: makes the bot an administrator of the repository. */
  addPublishBot(change: { id: string } & InOwnName): Promise<PublishRequest>;
  /** `POST /publishing/requests/{id}/submit`: hands it to the administrators. */
  submitPublishRequest(change: {
    id: string;
    text?: string;
    /** `consent` of the request, as its author read it; refused (409) when it says something else by now. */
    agreedTo: string;
  }): Promise<PublishRequest>;
  /**
   * `POST /publishing/requests/{id}/hand-over`: transfers the repository in the author's own
   * name, once that was approved and where the bot cannot.
   */
  handOverPublishRequest(
    change: { id: string } & InOwnName,
  ): Promise<PublishRequest>;
  /** `POST /publishing/requests/{id}/withdraw` */
  withdrawPublishRequest(change: {
    id: string;
    text?: string;
  }): Promise<PublishRequest>;
  /** `POST /publishing/requests/{id}/comments`: for its author and administrators; Markdown. */
  commentOnPublishRequest(change: {
    id: string;
    text: string;
  }): Promise<PublishRequest>;

  /** `GET /admin/publishing/requests`: everybody's; for administrators. */
  listReviews(query: PublishRequestQuery): Promise<PublishRequestList>;
  /** `POST /admin/publishing/requests/{id}/decisions`; for administrators, but not about their own. */
  decidePublishRequest(
    change: { id: string } & NewPublishDecision,
  ): Promise<PublishRequest>;
  /** `POST /admin/publishing/requests/{id}/retry`: the step that failed, again. */
  retryPublishing(change: { id: string }): Promise<PublishRequest>;
  /** `POST /admin/publishing/requests/{id}/abort`: leaves it as it is. */
  abortPublishing(change: {
    id: string;
    text: string;
  }): Promise<PublishRequest>;
}
