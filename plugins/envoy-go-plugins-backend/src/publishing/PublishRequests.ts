import { randomUUID } from 'node:crypto';
import type {
  AuditorService,
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  assertError,
} from '@backstage/errors';
import {
  type NewPublishDecision,
  type PublishBotAccess,
  type PublishCandidateList,
  type PublishHandOver,
  type PublishRequest,
  type PublishRequestAction,
  type PublishRequestList,
  type PublishRequestQuery,
  isGitHubName,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Octokit } from '@octokit/rest';
import type { Request } from 'express';
import type { GitHubDoor } from '../github';
import type { KnownPeople, PersonalTokens, SignedInPerson } from '../people';
import type { OpenPages } from '../signals';
import type { BotAccess } from './BotAccess';
import { summaryOf } from './DatabasePublishRequestStore';
import { findRepository, findRepositoryByName, headOf } from './findRepository';
import type {
  PublishAct,
  PublishRequestParts,
  PublishRequestStore,
  StoredPublishRequest,
} from './PublishRequestStore';
import { type PublishTransition, allows } from './PublishTransition';
import { sameText } from './sameText';

/** Repositories of somebody that are looked at, and so many on a page of GitHub's. */
const MOST_CANDIDATES = 300;
const PAGE = 100;

const ACTIONS: PublishRequestAction[] = [
  'check',
  'add-bot',
  'submit',
  'withdraw',
  'comment',
  'hand-over',
  'approve',
  'request-changes',
  'reject',
  'retry',
  'abort',
];

/** Whoever asks, or does something. */
export interface PublishPerson extends SignedInPerson {
  /** The request by which it is done, for the portal's audit log. */
  request?: Request;
}

/** Says who administers. */
export interface PublishAccess {
  /** @throws NotAllowedError */
  administer(credentials: BackstageCredentials): Promise<void>;
}

/**
 * What authors and administrators do with requests to publish.
 *
 * All methods throw `NotFoundError` where the portal has no organisation, or there is no such
 * request; those that change one throw `ConflictError` where its state does not allow it.
 */
export class PublishRequests {
  readonly #store: PublishRequestStore;
  readonly #door: GitHubDoor;
  readonly #tokens: PersonalTokens;
  readonly #known: KnownPeople;
  readonly #access: PublishAccess;
  readonly #bot: BotAccess;
  readonly #pages: OpenPages;
  readonly #auditor: AuditorService;
  readonly #host: string;
  readonly #organization: string | undefined;
  readonly #neededApprovals: number;
  readonly #patienceMs: number;
  readonly #onWork: () => void;
  readonly #onChanged: () => void;
  readonly #cancelUnwantedBuilds: () => Promise<void>;
  readonly #now: () => Date;

  constructor(options: {
    store: PublishRequestStore;
    door: GitHubDoor;
    tokens: PersonalTokens;
    /** Who on GitHub those are that signed in. */
    known: KnownPeople;
    access: PublishAccess;
    bot: BotAccess;
    pages: OpenPages;
    auditor: AuditorService;
    host: string;
    /** That plugins are published into. */
    organization: string | undefined;
    neededApprovals: number;
    /** So long a transfer may take that GitHub accepted, in milliseconds. */
    patienceMs: number;
    /** Called when there is something to do for a worker. */
    onWork: () => void;
    /** Called when something changed. */
    onChanged: () => void;
    /** Stops the builds that no request waits for; what goes wrong is tried again later. */
    cancelUnwantedBuilds: () => Promise<void>;
    now: () => Date;
  }) {
    this.#store = options.store;
    this.#door = options.door;
    this.#tokens = options.tokens;
    this.#known = options.known;
    this.#access = options.access;
    this.#bot = options.bot;
    this.#pages = options.pages;
    this.#auditor = options.auditor;
    this.#host = options.host;
    this.#organization = options.organization;
    this.#neededApprovals = options.neededApprovals;
    this.#patienceMs = options.patienceMs;
    this.#onWork = options.onWork;
    this.#onChanged = options.onChanged;
    this.#cancelUnwantedBuilds = options.cancelUnwantedBuilds;
    this.#now = options.now;
  }

  /** The repositories that somebody administers on GitHub. */
  async listCandidates(person: PublishPerson): Promise<PublishCandidateList> {
    const organization = this.#requireOrganization();
    const host = this.#host;
    const repositories = await this.#tokens.use(
      person,
      { host, scopes: [] },
      async ({ token }) => {
        const github = this.#door.asUser({ host, token });
        const found = [];
        for (let page = 1; found.length <= MOST_CANDIDATES; page += 1) {
          const { data } = await github.rest.repos.listForAuthenticatedUser({
            affiliation: 'owner,organization_member',
            sort: 'pushed',
            per_page: PAGE,
            page,
          });
          found.push(...data);
          if (data.length < PAGE) {
            break;
          }
        }
        return found.filter(({ permissions }) => permissions?.admin);
      },
    );
    const shown = repositories.slice(0, MOST_CANDIDATES);
    const underWay = await this.#store.findUnderWay(
      host,
      shown.map(({ id }) => id),
    );
    return {
      items: shown.map(each => ({
        repositoryId: each.id,
        host,
        repository: each.full_name,
        url: each.html_url,
        description: each.description ?? undefined,
        private: each.private,
        pushedAt: each.pushed_at ?? undefined,
        obstacle: obstacleOf({
          archived: each.archived ?? false,
          fork: each.fork,
          owner: each.owner.login,
          organization,
        }),
        requestId: underWay.find(({ repositoryId }) => repositoryId === each.id)
          ?.id,
      })),
      truncated: repositories.length > shown.length,
      organization,
    };
  }

  /**
   * Asks for publication.
   *
   * @throws InputError when the address is none of a repository on the portal's GitHub
   * @throws NotAllowedError when the repository is somebody else's
   */
  async create(
    repositoryUrl: string,
    person: PublishPerson,
  ): Promise<PublishRequest> {
    const organization = this.#requireOrganization();
    const host = this.#host;
    const name = readRepositoryUrl(repositoryUrl, host);
    const id = randomUUID();
    await this.#audited(person, 'create', repositoryUrl, async () => {
      const { found, commit, login } = await this.#tokens.use(
        person,
        { host, scopes: [] },
        async own => {
          const github = this.#door.asUser({ host, token: own.token });
          const there = await findRepositoryByName(github, name);
          return {
            found: there,
            login: own.login,
            commit: await headOf(github, {
              owner: there.owner,
              repo: there.repo,
              branch: there.defaultBranch,
            }),
          };
        },
      );
      if (!found.isAdmin) {
        throw new NotAllowedError(
          `You do not administer ${found.owner}/${found.repo} on ${host}: only who does may ask to publish it`,
        );
      }
      const obstacle = obstacleOf({ ...found, organization });
      if (obstacle !== undefined) {
        throw new ConflictError(obstacle);
      }
      const at = this.#at();
      const repository = `${found.owner}/${found.repo}`;
      await this.#store.create(
        {
          id,
          host,
          repositoryId: found.id,
          repository,
          repositoryUrl: found.url,
          target: `${organization}/${found.repo}`,
          branch: found.defaultBranch,
          commit,
          name: found.repo,
          author: authorOf(person),
          authorLogin: login,
          createdAt: at,
        },
        {
          actor: authorOf(person),
          at,
          text: `Asked to publish ${repository}`,
        },
      );
    });
    return this.#changed(id, person, { work: true });
  }

  /** One's own. */
  async listOwn(
    query: PublishRequestQuery,
    person: PublishPerson,
  ): Promise<PublishRequestList> {
    return this.#store.list(query, {
      author: authorOf(person),
      neededApprovals: this.#neededApprovals,
    });
  }

  /** Everybody's; for administrators. */
  async listAll(query: PublishRequestQuery): Promise<PublishRequestList> {
    return this.#store.list(query, { neededApprovals: this.#neededApprovals });
  }

  /** @throws NotFoundError when it is neither one's own nor does one administer */
  async get(id: string, person: PublishPerson): Promise<PublishRequest> {
    const { parts, isAdministrator } = await this.#see(id, person);
    const bot = await this.#botOf(parts.request);
    return this.#present(parts, bot, person, isAdministrator);
  }

  /** Checks it anew, at the newest commit. */
  async check(id: string, person: PublishPerson): Promise<PublishRequest> {
    await this.#asAuthor(id, person, 'check', 'Asked to check again');
    return this.#changed(id, person, { work: true });
  }

  /** Makes the bot a collaborator, in the author's own name. */
  async addBot(id: string, person: PublishPerson): Promise<PublishRequest> {
    const request = await this.#own(id, person);
    if (!allows('withdraw', request.state)) {
      throw new ConflictError(
        'The request is decided: the bot needs nothing for it any more',
      );
    }
    const { host } = request;
    await this.#audited(person, 'add-bot', request.repository, () =>
      this.#tokens.use(person, { host, scopes: ['public_repo'] }, ({ token }) =>
        this.#bot.add(this.#door.asUser({ host, token }), botOf(request)),
      ),
    );
    return this.#changed(id, person, {});
  }

  /**
   * Hands it to the administrators.
   *
   * @param submission - `agreedTo`: the request's `consent`, as the author read it
   * @throws ConflictError when the bot may not do what it has to, somebody pushed since the
   *   checks, or the author agreed to something else
   */
  async submit(
    id: string,
    submission: { text?: string; agreedTo: string },
    person: PublishPerson,
  ): Promise<PublishRequest> {
    const { text, agreedTo } = submission;
    const request = await this.#own(id, person);
    const { host, repository, branch, commit } = request;
    const [owner, repo] = repository.split('/');
    const bot = await this.#bot.of(botOf(request));
    const consent = consentOf(request, bot);
    if (consent === undefined) {
      throw new ConflictError(
        `${
          bot.bot ?? "The portal's account"
        } cannot do yet what publishing ${repository} needs of it. ${bot.steps.join(
          ' ',
        )}`,
      );
    }
    if (agreedTo !== consent) {
      throw new ConflictError(
        `You agreed to something else than what will happen: "${consent}" Look at the request again`,
      );
    }
    const github: Octokit = this.#door.asPortal({ host, owner, lane: 'page' });
    const head = await headOf(github, { owner, repo, branch });
    if (head !== commit) {
      throw new ConflictError(
        `"${branch}" of ${repository} ends with ${head.slice(
          0,
          12,
        )} by now, but ${commit.slice(0, 12)} was checked. Check it again`,
      );
    }
    await this.#asAuthor(
      id,
      person,
      'submit',
      text ? `Submitted it: ${text}` : 'Submitted it',
      { agreedTo },
    );
    return this.#changed(id, person, {});
  }

  /**
   * Transfers the repository into the organisation in its author's own name: where that is
   * a personal account's, nobody else can.
   *
   * @throws ConflictError when it is not the author's turn, or somebody pushed since the review
   * @throws NotAllowedError when GitHub does not let the author
   */
  async handOver(id: string, person: PublishPerson): Promise<PublishRequest> {
    const request = await this.#own(id, person);
    const { host, branch, commit } = request;
    const [owner, repo] = request.target.split('/');
    if (this.#handOverOf(request) === undefined) {
      throw new ConflictError(
        'The request does not wait for you to transfer the repository. Look at it again',
      );
    }
    const scopes = ['public_repo'];
    await this.#audited(person, 'hand-over', request.repository, () =>
      this.#tokens.use(person, { host, scopes }, async ({ token }) => {
        const github = this.#door.asUser({ host, token });
        const at = await findRepository(github, request.repositoryId);
        if (sameText(at.owner, owner)) {
          // By hand, and nobody noticed yet
          await this.#store.hurry(id);
          return;
        }
        const head = await headOf(github, {
          owner: at.owner,
          repo: at.repo,
          branch,
        });
        if (head !== commit) {
          throw new ConflictError(
            `"${branch}" of ${at.owner}/${at.repo} ends with ${head.slice(
              0,
              12,
            )}, but ${commit.slice(
              0,
              12,
            )} was reviewed. Put it back, then hand it over; nothing was changed`,
          );
        }
        await this.#transfer(github, request, {
          at: { owner: at.owner, repo: at.repo },
          to: { owner, repo },
          isPrivate: at.private,
        });
        await this.#store.noteHandOver(id, {
          actor: authorOf(person),
          at: this.#at(),
          text: `Handed ${at.owner}/${at.repo} over to ${owner}`,
        });
      }),
    );
    return this.#changed(id, person, { work: true });
  }

  async #transfer(
    github: Octokit,
    request: StoredPublishRequest,
    transfer: {
      at: { owner: string; repo: string };
      to: { owner: string; repo: string };
      isPrivate: boolean;
    },
  ): Promise<void> {
    const { at, to, isPrivate } = transfer;
    try {
      await github.rest.repos.transfer({
        ...at,
        new_owner: to.owner,
        new_name: to.repo,
      });
    } catch (error) {
      if (!(error instanceof NotAllowedError || error instanceof InputError)) {
        throw error;
      }
      const obstacle = await this.#bot.obstacleOf(botOf(request), isPrivate);
      throw new NotAllowedError(
        `${obstacle === undefined ? '' : `${obstacle} `}${error.message}`,
      );
    }
  }

  async withdraw(
    id: string,
    text: string | undefined,
    person: PublishPerson,
  ): Promise<PublishRequest> {
    await this.#asAuthor(
      id,
      person,
      'withdraw',
      text ? `Withdrew it: ${text}` : 'Withdrew it',
    );
    await this.#cancelUnwantedBuilds();
    return this.#changed(id, person, {});
  }

  async comment(
    id: string,
    text: string,
    person: PublishPerson,
  ): Promise<PublishRequest> {
    const { parts } = await this.#see(id, person);
    const actor = authorOf(person);
    await this.#audited(person, 'comment', parts.request.repository, () =>
      this.#store.comment(id, { actor, at: this.#at(), text }),
    );
    return this.#changed(id, person, {});
  }

  /**
   * An administrator's decision.
   *
   * @throws NotAllowedError when the request is their own
   * @throws InputError when there are no words where there must be, or an exception is missing
   */
  async decide(
    id: string,
    decision: NewPublishDecision,
    person: PublishPerson,
  ): Promise<PublishRequest> {
    const { request, checks } = await this.#store.getParts(id);
    const by = authorOf(person);
    await this.#audited(person, decision.kind, request.repository, async () => {
      await this.#requireOther(request, person);
      const text = decision.text?.trim();
      if (decision.kind !== 'approve' && !text) {
        throw new InputError('Say why, for the author to know what to do');
      }
      const exceptions = decision.exceptions ?? [];
      if (decision.kind === 'approve') {
        const failed = checks.filter(({ outcome }) => outcome === 'failed');
        if (failed.length > 0) {
          throw new ConflictError(
            `These checks failed: ${failed
              .map(({ title }) => title)
              .join(', ')}`,
          );
        }
        const open = checks.filter(
          ({ checkId, outcome }) =>
            outcome !== 'passed' &&
            !exceptions.some(
              each => each.checkId === checkId && each.reason.trim() !== '',
            ),
        );
        if (open.length > 0) {
          throw new InputError(
            `These checks could not run, which is not passed: ${open
              .map(({ title }) => title)
              .join(', ')}. Make an exception for each, and say why`,
          );
        }
      }
      await this.#store.decide(
        id,
        {
          ...decision,
          text,
          exceptions: exceptions.filter(({ checkId }) =>
            checks.some(
              check =>
                check.checkId === checkId && check.outcome === 'could-not-run',
            ),
          ),
          by,
          neededApprovals: this.#neededApprovals,
        },
        {
          actor: by,
          at: this.#at(),
          text: text ?? 'Approved it',
          details: {
            exceptions: exceptions.map(
              ({ checkId, reason }) => `${checkId}: ${reason}`,
            ),
          },
        },
      );
    });
    return this.#changed(id, person, { work: true });
  }

  /** Lets a worker try the step that failed again. */
  async retry(id: string, person: PublishPerson): Promise<PublishRequest> {
    await this.#asAdministrator(id, person, 'retry', 'Had it tried again');
    return this.#changed(id, person, { work: true });
  }

  /** Leaves it as it is, half-way. */
  async abort(
    id: string,
    text: string,
    person: PublishPerson,
  ): Promise<PublishRequest> {
    const { steps } = await this.#store.getParts(id);
    const done = steps.filter(({ state }) => state === 'done');
    await this.#asAdministrator(
      id,
      person,
      'abort',
      `Aborted it after ${
        done.length === 0
          ? 'no step, so that nothing was changed'
          : `the steps ${done.map(({ title }) => `"${title}"`).join(', ')}`
      }: ${text}`,
    );
    return this.#changed(id, person, {});
  }

  #requireOrganization(): string {
    if (this.#organization === undefined) {
      throw new NotFoundError(
        'The portal has no organisation that plugins could be published into: set "envoyGoPlugins.github.organization" in its configuration',
      );
    }
    return this.#organization;
  }

  async #isAdministrator(person: PublishPerson): Promise<boolean> {
    try {
      await this.#access.administer(person.credentials);
      return true;
    } catch (error) {
      if (error instanceof NotAllowedError) {
        return false;
      }
      throw error;
    }
  }

  async #see(
    id: string,
    person: PublishPerson,
  ): Promise<{ parts: PublishRequestParts; isAdministrator: boolean }> {
    const [parts, isAdministrator] = await Promise.all([
      this.#store.getParts(id),
      this.#isAdministrator(person),
    ]);
    if (parts.request.author !== authorOf(person) && !isAdministrator) {
      throw new NotFoundError(`There is no request ${id} to publish a plugin`);
    }
    return { parts, isAdministrator };
  }

  async #own(id: string, person: PublishPerson): Promise<StoredPublishRequest> {
    const { parts } = await this.#see(id, person);
    if (parts.request.author !== authorOf(person)) {
      throw new NotAllowedError('Only its author may do that with a request');
    }
    return parts.request;
  }

  async #requireOther(
    request: StoredPublishRequest,
    person: PublishPerson,
  ): Promise<void> {
    const own = await this.#known.viewerOf(authorOf(person));
    if (
      request.author === authorOf(person) ||
      (own?.host === request.host && sameText(own.login, request.authorLogin))
    ) {
      throw new NotAllowedError(
        'Nobody decides about a request of their own: ask another administrator',
      );
    }
  }

  async #asAuthor(
    id: string,
    person: PublishPerson,
    transition: PublishTransition,
    text: string,
    details?: PublishAct['details'],
  ): Promise<StoredPublishRequest> {
    const request = await this.#own(id, person);
    await this.#transition(request, person, transition, text, details);
    return request;
  }

  async #asAdministrator(
    id: string,
    person: PublishPerson,
    transition: PublishTransition,
    text: string,
  ): Promise<StoredPublishRequest> {
    const request = await this.#store.get(id);
    await this.#transition(request, person, transition, text);
    return request;
  }

  async #transition(
    request: StoredPublishRequest,
    person: PublishPerson,
    transition: PublishTransition,
    text: string,
    details?: PublishAct['details'],
  ): Promise<void> {
    const act: PublishAct = {
      actor: authorOf(person),
      at: this.#at(),
      text,
      details,
    };
    await this.#audited(person, transition, request.repository, () =>
      this.#store.transition(request.id, transition, act),
    );
  }

  /** For the portal's audit log; the record is written with the change. */
  async #audited<T>(
    { credentials, request }: PublishPerson,
    what: string,
    subject: string,
    run: () => Promise<T>,
  ): Promise<T> {
    const event = await this.#auditor.createEvent({
      eventId: `publishing-${what}`,
      severityLevel: 'medium',
      request,
      meta: { actor: credentials.principal.userEntityRef, subject },
    });
    try {
      const result = await run();
      await event.success();
      return result;
    } catch (error) {
      assertError(error);
      await event.fail({ error: new Error(error.message) });
      throw error;
    }
  }

  async #changed(
    id: string,
    person: PublishPerson,
    { work = false }: { work?: boolean },
  ): Promise<PublishRequest> {
    this.#pages.tell({ type: 'publish-request-changed', requestId: id });
    this.#onChanged();
    if (work) {
      this.#onWork();
    }
    return this.get(id, person);
  }

  async #botOf(request: StoredPublishRequest): Promise<PublishBotAccess> {
    if (!allows('withdraw', request.state)) {
      return { state: 'unknown', steps: [] };
    }
    try {
      return await this.#bot.of(botOf(request));
    } catch (error) {
      assertError(error);
      return { state: 'unknown', steps: [error.message] };
    }
  }

  async #present(
    parts: PublishRequestParts,
    bot: PublishBotAccess,
    person: PublishPerson,
    isAdministrator: boolean,
  ): Promise<PublishRequest> {
    const { request, checks, decisions, timeline, steps } = parts;
    const summary = summaryOf(request, {
      outcome: outcome =>
        checks.filter(check => check.outcome === outcome).length,
      approvals: decisions.filter(
        ({ kind, counts }) => counts && kind === 'approve',
      ).length,
      neededApprovals: this.#neededApprovals,
    });
    const isAuthor = request.author === authorOf(person);
    const consent = allows('submit', request.state)
      ? consentOf(request, bot)
      : undefined;
    const handOver = this.#handOverOf(request);
    const approved = decisions.some(
      ({ kind, counts, by }) =>
        kind === 'approve' && counts && by === authorOf(person),
    );
    const may = (action: PublishRequestAction): boolean => {
      switch (action) {
        case 'comment':
          return true;
        case 'add-bot':
          return (
            isAuthor &&
            bot.kind === 'user' &&
            (bot.state === 'missing' || bot.state === 'unknown') &&
            allows('withdraw', request.state)
          );
        case 'submit':
          return isAuthor && consent !== undefined;
        case 'hand-over':
          return (
            isAuthor &&
            handOver !== undefined &&
            handOver.acceptedAt === undefined
          );
        case 'check':
        case 'withdraw':
          return isAuthor && allows(action, request.state);
        case 'approve':
          return (
            isAdministrator &&
            !isAuthor &&
            !approved &&
            summary.checks.failed === 0 &&
            allows(action, request.state)
          );
        case 'request-changes':
        case 'reject':
          return isAdministrator && !isAuthor && allows(action, request.state);
        default:
          return isAdministrator && allows(action, request.state);
      }
    };
    return {
      ...summary,
      repositoryUrl: request.repositoryUrl,
      commitUrl: `${request.repositoryUrl}/tree/${request.commit}`,
      descriptionText: request.descriptionText,
      previousDescriptionText: request.previousDescriptionText,
      checkResults: checks,
      bot,
      decisions,
      timeline,
      steps,
      allowedActions: ACTIONS.filter(may),
      ...(isAuthor && { consent }),
      handOver,
      discussionUrl: request.discussionUrl,
      plugin: request.plugin,
    };
  }

  /** While it is the author's turn. */
  #handOverOf(request: StoredPublishRequest): PublishHandOver | undefined {
    const { saga, handedOverAt, repository, target, repositoryUrl } = request;
    if (saga.handOverSince === undefined || request.state !== 'publishing') {
      return undefined;
    }
    const isUnderWay =
      handedOverAt !== undefined &&
      this.#now().getTime() - Date.parse(handedOverAt) < this.#patienceMs;
    const [owner] = target.split('/');
    return {
      login: request.authorLogin,
      since: saga.handOverSince,
      ...(isUnderWay && { acceptedAt: handedOverAt }),
      steps: [
        `Open ${repositoryUrl}/settings.`,
        `Under "Danger zone" choose "Transfer", then ${owner}, and type ${repository}.`,
        'The portal notices by itself and goes on.',
      ],
      url: `${repositoryUrl}/settings`,
    };
  }

  #at(): string {
    return this.#now().toISOString();
  }
}

/** What an author agrees to by submitting; `undefined` while the bot may not do what it has to. */
function consentOf(
  { repository, target }: StoredPublishRequest,
  { state, bot }: PublishBotAccess,
): string | undefined {
  const [organization] = target.split('/');
  const after = `From then on the administrators of ${organization} alone merge and release there, and I stay its maintainer.`;
  switch (state) {
    case 'admin':
      return `Once it is approved, ${bot} moves ${repository} to ${target}. ${after}`;
    case 'not-needed':
      return `Once it is approved, I move ${repository} to ${target}. ${after}`;
    default:
      return undefined;
  }
}

function authorOf({
  credentials,
}: {
  credentials: BackstageCredentials<BackstageUserPrincipal>;
}): string {
  return credentials.principal.userEntityRef.toLocaleLowerCase('en-US');
}

function botOf(request: StoredPublishRequest) {
  const [owner, repo] = request.repository.split('/');
  const { host, repositoryId, repositoryUrl: url, authorLogin } = request;
  return { host, repositoryId, owner, repo, url, authorLogin };
}

function obstacleOf(repository: {
  archived: boolean;
  fork: boolean;
  owner: string;
  organization: string;
}): string | undefined {
  if (sameText(repository.owner, repository.organization)) {
    return `It is in ${repository.organization} already`;
  }
  if (repository.archived) {
    return 'It is archived: unarchive it on GitHub first';
  }
  return repository.fork
    ? 'It is a fork: publish what it was forked from, or make a repository of its own'
    : undefined;
}

function readRepositoryUrl(
  text: string,
  host: string,
): { owner: string; repo: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [owner = '', name = '', ...rest] =
    url?.pathname.replace(/^\/|\/$/g, '').split('/') ?? [];
  const repo = name.replace(/\.git$/, '');
  if (
    !url ||
    url.host !== host ||
    rest.length > 0 ||
    !isGitHubName(owner) ||
    !isGitHubName(repo)
  ) {
    throw new InputError(
      `Found "${text}", allowed is the address of a repository such as https://${host}/jo/token-auth`,
    );
  }
  return { owner, repo };
}
