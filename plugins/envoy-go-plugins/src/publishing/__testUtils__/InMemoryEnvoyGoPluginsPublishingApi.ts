import type {
  EnvoyGoPluginsPublishingApi,
  InOwnName,
  NewPublishDecision,
  PublishCandidate,
  PublishCandidateList,
  PublishCheckResult,
  PublishRequest,
  PublishRequestAction,
  PublishRequestList,
  PublishRequestQuery,
  PublishRequestState,
  PublishTimelineEntry,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { refusal } from '../../administration/__testUtils__';
import {
  CHECK_TITLES,
  NO_BOT,
  countChecks,
  sampleRequest,
  sampleSteps,
} from './samplePublishing';

/** All that there is to know about publishing. */
export interface PublishingState {
  /** Entity ref of whoever looks. */
  me: string;
  organization: string;
  candidates: PublishCandidate[];
  requests: PublishRequest[];
}

/** What authors agree to. */
const CONSENT =
  'Once it is approved, portal-bot moves the repository to envoy-plugins.';

const WITHDRAWABLE: readonly PublishRequestState[] = [
  'checking',
  'needs-work',
  'ready',
  'in-review',
  'changes-requested',
];

/**
 * The part of the backend that publishes, in memory: it filters, counts and moves requests on as the backend does, but
 * for what needs time, which happens by `finishCheck`. For tests and for looking at the pages without a backend.
 */
export class InMemoryEnvoyGoPluginsPublishingApi
  implements EnvoyGoPluginsPublishingApi
{
  readonly state: PublishingState;
  /** What was asked for and done, such as `getPublishRequest`. */
  readonly calls: string[] = [];
  /** The decisions that came in, oldest first. */
  readonly decisions: NewPublishDecision[] = [];
  /** The tokens that came in, oldest first. */
  readonly tokens: string[] = [];
  /** Called after every change. */
  onChange: (requestId: string) => void = () => {};
  #gate: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #changeFailure: Error | undefined;

  constructor(state: PublishingState) {
    this.state = state;
  }

  /** Holds every further answer back until the returned function is called. */
  hold(): () => void {
    let release = () => {};
    this.#gate = new Promise(resolve => {
      release = resolve;
    });
    return release;
  }

  /** Lets every further question fail, or with `undefined` succeed again. */
  failWith(error: Error | undefined): void {
    this.#failure = error;
  }

  /** Lets every further change be refused, or with `undefined` be done again. */
  refuseChangesWith(error: Error | undefined): void {
    this.#changeFailure = error;
  }

  /** What the backend's worker does: a check ends; after the last one the request moves on. */
  finishCheck(id: string, result: PublishCheckResult): void {
    const request = this.#of(id);
    const checkResults = request.checkResults.map(check =>
      check.checkId === result.checkId ? result : check,
    );
    const through = checkResults.every(({ outcome }) => outcome);
    this.update(id, { checkResults, checks: countChecks(checkResults) });
    if (through) {
      this.#settle(id);
    }
  }

  /** Changes a request from behind. */
  update(id: string, part: Partial<PublishRequest>): PublishRequest {
    this.state.requests = this.state.requests.map(request =>
      request.id === id
        ? { ...request, ...part, updatedAt: new Date().toISOString() }
        : request,
    );
    this.onChange(id);
    return this.#shown(this.#of(id));
  }

  async listPublishCandidates(
    options: InOwnName,
  ): Promise<PublishCandidateList> {
    this.tokens.push(options.gitHubToken);
    await this.#ask('listPublishCandidates');
    return {
      items: this.state.candidates,
      truncated: false,
      organization: this.state.organization,
    };
  }

  async createPublishRequest(
    request: { repositoryUrl: string } & InOwnName,
  ): Promise<PublishRequest> {
    this.tokens.push(request.gitHubToken);
    await this.#change('createPublishRequest');
    const { host, pathname } = new URL(request.repositoryUrl);
    const repository = pathname.slice(1);
    const name = repository.split('/')[1];
    const created = sampleRequest({
      id: `new-${name}`,
      name,
      title: undefined,
      description: undefined,
      host,
      repository,
      author: this.state.me,
      authorLogin: repository.split('/')[0],
      state: 'checking',
      bot: NO_BOT,
      createdAt: new Date().toISOString(),
      checkResults: Object.keys(CHECK_TITLES).map(checkId => ({
        checkId,
        title: CHECK_TITLES[checkId],
      })),
      timeline: [],
    });
    this.state.requests = [created, ...this.state.requests];
    this.#tell(created.id, {
      actor: this.state.me,
      kind: 'state',
      state: 'checking',
      text: 'Asked for publication.',
    });
    return this.#shown(this.#of(created.id));
  }

  async listPublishRequests(
    query: PublishRequestQuery,
  ): Promise<PublishRequestList> {
    await this.#ask('listPublishRequests');
    return this.#list(
      this.state.requests.filter(({ author }) => author === this.state.me),
      query,
    );
  }

  async getPublishRequest(id: string): Promise<PublishRequest> {
    await this.#ask('getPublishRequest');
    const request = this.state.requests.find(one => one.id === id);
    if (!request) {
      throw await refusal(404, `There is no request ${id}`);
    }
    return this.#shown(request);
  }

  async checkPublishRequest(id: string): Promise<PublishRequest> {
    await this.#change('checkPublishRequest');
    const checkResults = this.#of(id).checkResults.map(
      ({ checkId, title }) => ({ checkId, title }),
    );
    return this.#move(id, 'checking', 'Checks anew.', {
      checkResults,
      checks: countChecks(checkResults),
    });
  }

  async addPublishBot(
    change: { id: string } & InOwnName,
  ): Promise<PublishRequest> {
    this.tokens.push(change.gitHubToken);
    await this.#change('addPublishBot');
    this.update(change.id, {
      bot: { bot: 'portal-bot', state: 'admin', steps: [] },
    });
    return this.#shown(this.#of(change.id));
  }

  async handOverPublishRequest(
    change: { id: string } & InOwnName,
  ): Promise<PublishRequest> {
    this.tokens.push(change.gitHubToken);
    await this.#change('handOverPublishRequest');
    const { handOver } = this.#of(change.id);
    return this.update(change.id, {
      handOver: handOver && {
        ...handOver,
        acceptedAt: new Date().toISOString(),
      },
    });
  }

  async submitPublishRequest(change: {
    id: string;
    text?: string;
    agreedTo: string;
  }): Promise<PublishRequest> {
    await this.#change('submitPublishRequest');
    if (change.agreedTo !== CONSENT) {
      throw await refusal(409, 'You agreed to something else');
    }
    if (change.text) {
      this.#tell(change.id, {
        actor: this.state.me,
        kind: 'comment',
        text: change.text,
      });
    }
    return this.#move(change.id, 'in-review', 'Submitted for review.', {
      submittedAt: new Date().toISOString(),
    });
  }

  async withdrawPublishRequest(change: {
    id: string;
    text?: string;
  }): Promise<PublishRequest> {
    await this.#change('withdrawPublishRequest');
    return this.#move(
      change.id,
      'withdrawn',
      `Withdrawn.${change.text ? ` ${change.text}` : ''}`,
    );
  }

  async commentOnPublishRequest(change: {
    id: string;
    text: string;
  }): Promise<PublishRequest> {
    await this.#change('commentOnPublishRequest');
    this.#tell(change.id, {
      actor: this.state.me,
      kind: 'comment',
      text: change.text,
    });
    return this.#shown(this.#of(change.id));
  }

  async listReviews(query: PublishRequestQuery): Promise<PublishRequestList> {
    await this.#ask('listReviews');
    return this.#list(
      [...this.state.requests].sort((a, b) =>
        (a.submittedAt ?? '9').localeCompare(b.submittedAt ?? '9'),
      ),
      query,
    );
  }

  async decidePublishRequest(
    change: { id: string } & NewPublishDecision,
  ): Promise<PublishRequest> {
    const { id, ...decision } = change;
    this.decisions.push(decision);
    await this.#change('decidePublishRequest');
    const request = this.#of(id);
    if (decision.commit !== request.commit) {
      throw await refusal(
        409,
        'The author has pushed meanwhile, and another commit is reviewed now. Look at it, then decide',
      );
    }
    this.#tell(id, {
      actor: this.state.me,
      kind: 'decision',
      decision: decision.kind,
      text: decision.text ?? '',
    });
    this.update(id, {
      decisions: [
        ...request.decisions,
        {
          kind: decision.kind,
          by: this.state.me,
          at: new Date().toISOString(),
          text: decision.text,
          commit: decision.commit,
          counts: true,
        },
      ],
    });
    if (decision.kind === 'reject') {
      return this.#move(id, 'rejected', 'Rejected.');
    }
    if (decision.kind === 'request-changes') {
      return this.#move(id, 'changes-requested', 'Changes are wanted.');
    }
    const approvals = request.approvals + 1;
    const checkResults = request.checkResults.map(check => {
      const exception = decision.exceptions?.find(
        ({ checkId }) => checkId === check.checkId,
      );
      return exception
        ? {
            ...check,
            exception: {
              ...exception,
              by: this.state.me,
              at: new Date().toISOString(),
            },
          }
        : check;
    });
    return approvals < request.neededApprovals
      ? this.update(id, { approvals, checkResults })
      : this.#move(id, 'publishing', 'Publication begins.', {
          approvals,
          checkResults,
          steps: sampleSteps('transfer', 'running'),
        });
  }

  async retryPublishing(change: { id: string }): Promise<PublishRequest> {
    await this.#change('retryPublishing');
    return this.#move(change.id, 'publishing', 'Tried again.', {
      steps: sampleSteps('strip', 'running'),
    });
  }

  async abortPublishing(change: {
    id: string;
    text: string;
  }): Promise<PublishRequest> {
    await this.#change('abortPublishing');
    return this.#move(change.id, 'aborted', `Aborted. ${change.text}`);
  }

  async #ask(call: string) {
    this.calls.push(call);
    await this.#gate;
    if (this.#failure) {
      throw this.#failure;
    }
  }

  async #change(call: string) {
    await this.#ask(call);
    if (this.#changeFailure) {
      throw this.#changeFailure;
    }
  }

  #of(id: string): PublishRequest {
    const request = this.state.requests.find(one => one.id === id);
    if (!request) {
      throw new Error(`There is no request ${id}`);
    }
    return request;
  }

  #tell(id: string, entry: Omit<PublishTimelineEntry, 'id' | 'at'>) {
    const { timeline } = this.#of(id);
    this.update(id, {
      timeline: [
        ...timeline,
        { id: `e${timeline.length}`, at: new Date().toISOString(), ...entry },
      ],
    });
  }

  #move(
    id: string,
    state: PublishRequestState,
    text: string,
    part: Partial<PublishRequest> = {},
  ): PublishRequest {
    this.update(id, { ...part, state });
    this.#tell(id, {
      actor: state === 'checking' ? 'system' : this.state.me,
      kind: 'state',
      state,
      text,
    });
    return this.#shown(this.#of(id));
  }

  #settle(id: string) {
    const { checks } = this.#of(id);
    const state = checks.failed === 0 ? 'ready' : 'needs-work';
    this.#move(id, state, 'The checks are through.');
  }

  #allowed(request: PublishRequest): PublishRequestAction[] {
    const { state, author, bot, checks, decisions } = request;
    const own = author === this.state.me;
    const ready = ['admin', 'not-needed'].includes(bot.state);
    const decidable = state === 'in-review' && !own;
    const decided = decisions.some(
      ({ by, counts }) => by === this.state.me && counts,
    );
    const mends =
      own && ['needs-work', 'ready', 'changes-requested'].includes(state);
    const rules: [PublishRequestAction, boolean][] = [
      ['check', mends],
      ['add-bot', own && !ready && WITHDRAWABLE.includes(state)],
      ['submit', own && state === 'ready' && ready],
      ['withdraw', own && WITHDRAWABLE.includes(state)],
      ['comment', true],
      [
        'hand-over',
        own &&
          request.handOver !== undefined &&
          request.handOver.acceptedAt === undefined,
      ],
      ['approve', decidable && !decided && checks.failed === 0],
      ['request-changes', decidable && !decided],
      ['reject', decidable && !decided],
      ['retry', state === 'publishing-failed'],
      ['abort', state === 'publishing-failed'],
    ];
    return rules.flatMap(([action, allowed]) => (allowed ? [action] : []));
  }

  #shown(request: PublishRequest): PublishRequest {
    const allowedActions = this.#allowed(request);
    return {
      ...request,
      allowedActions,
      ...(allowedActions.includes('submit') && { consent: CONSENT }),
    };
  }

  #list(
    requests: PublishRequest[],
    query: PublishRequestQuery,
  ): PublishRequestList {
    const text = query.text?.toLocaleLowerCase('en-US') ?? '';
    const found = requests.filter(({ name, title, repository, authorLogin }) =>
      [name, title, repository, authorLogin]
        .join('\n')
        .toLocaleLowerCase('en-US')
        .includes(text),
    );
    const counts = new Map<PublishRequestState, number>();
    found.forEach(({ state }) =>
      counts.set(state, (counts.get(state) ?? 0) + 1),
    );
    const items = found.filter(
      ({ state }) => !query.state?.length || query.state.includes(state),
    );
    const offset = query.offset ?? 0;
    return {
      items: items.slice(offset, offset + (query.limit ?? 25)),
      totalItems: items.length,
      states: [...counts].map(([state, count]) => ({ state, count })),
    };
  }
}
