import { JsonValue } from '@backstage/types';
import { Emulator } from '../Emulator';
import {
  forbidden,
  GitHubError,
  MovedError,
  notFound,
} from '../server/GitHubError';
import { linkHeader, readPage } from '../server/paging';
import { RequestBody } from '../server/RequestBody';
import { SignedInViewer, Viewer } from '../server/Viewer';
import { Account, Team } from '../state/accountRecords';
import { Permission, permits, Repository } from '../state/repositoryRecords';

/** What a handler answers. A body of bytes is sent as it is, anything else as JSON. */
export interface RestAnswer {
  status: number;
  body?: JsonValue | Buffer;
  headers?: Record<string, string>;
}

/** 200 with a body. */
export function ok(body: JsonValue | Buffer): RestAnswer {
  return { status: 200, body };
}

/** 201 with a body. */
export function created(body: JsonValue): RestAnswer {
  return { status: 201, body };
}

/** 204. */
export function noContent(): RestAnswer {
  return { status: 204 };
}

const ADMIN_NEEDED = 'Must have admin rights to Repository.';
const PUSH_NEEDED = 'Must have push access to Repository.';

/** What came in, taken apart. */
export interface RestRequestParts {
  emulator: Emulator;
  viewer: Viewer;
  method: string;
  /** The path below `/api/v3`. */
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  body: RequestBody;
  rawBody: Buffer;
  headers: Record<string, string | string[] | undefined>;
  /** The variant that `Accept` asks for, such as `raw`, `object`, `star`. */
  media?: string;
}

/** A request to the REST API as handlers see it. */
export class RestRequest {
  readonly emulator: Emulator;
  readonly viewer: Viewer;
  readonly method: string;
  readonly path: string;
  readonly params: Record<string, string>;
  readonly query: URLSearchParams;
  readonly body: RequestBody;
  readonly rawBody: Buffer;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly media?: string;

  constructor(options: RestRequestParts) {
    this.emulator = options.emulator;
    this.viewer = options.viewer;
    this.method = options.method;
    this.path = options.path;
    this.params = options.params;
    this.query = options.query;
    this.body = options.body;
    this.rawBody = options.rawBody;
    this.headers = options.headers;
    this.media = options.media;
  }

  /** @throws GitHubError 401 when there is no token */
  signedIn(): SignedInViewer {
    const { account } = this.viewer;
    if (!account) {
      throw new GitHubError(401, 'Requires authentication');
    }
    return { account };
  }

  /**
   * The repository of the path.
   *
   * @throws GitHubError 404 when it may not be seen, 403 when what is needed is not allowed, 301 when it was renamed
   */
  repository(needed: Permission = 'read'): Repository {
    return this.repositoryFor(this.params.owner, this.params.repo, needed);
  }

  /** Like {@link RestRequest.repository} for any repository. */
  repositoryFor(
    owner: string,
    name: string,
    needed: Permission = 'read',
  ): Repository {
    const { repositories } = this.emulator;
    const repository =
      repositories.find(owner, name) ?? this.#renamed(owner, name);
    if (!repository || !repositories.isVisible(repository, this.viewer)) {
      throw notFound();
    }
    if (needed !== 'read') {
      this.signedIn();
      const permission = repositories.permissionOf(repository, this.viewer);
      if (!permits(permission, needed)) {
        throw forbidden(needed === 'admin' ? ADMIN_NEEDED : PUSH_NEEDED);
      }
      if (repository.archived) {
        throw forbidden('Repository was archived so is read-only.');
      }
    }
    return repository;
  }

  /**
   * The repository of the path for those who administer it; others are told that there is nothing.
   *
   * @throws GitHubError 404 when the viewer does not administer it, 403 when it is archived and something is changed
   */
  administeredRepository(): Repository {
    const repository = this.repository();
    const permission = this.emulator.repositories.permissionOf(
      repository,
      this.viewer,
    );
    if (!permits(permission, 'admin')) {
      throw notFound();
    }
    return this.method === 'GET' ? repository : this.repository('admin');
  }

  /**
   * The repository of the path for those who may read it to add something, such as an issue.
   *
   * @throws GitHubError 403 when it is archived
   */
  discussedRepository(): Repository {
    const repository = this.repository();
    if (repository.archived) {
      throw forbidden('Repository was archived so is read-only.');
    }
    return repository;
  }

  /** The repository that had a name before. Whoever asks for it by its path is sent to where it is now. */
  #renamed(owner: string, name: string): Repository | undefined {
    const { repositories, urls } = this.emulator;
    const repository = repositories.findFormer(owner, name);
    const prefix = `/repos/${owner}/${name}`;
    if (
      repository &&
      repositories.isVisible(repository, this.viewer) &&
      this.path.toLowerCase().startsWith(prefix.toLowerCase())
    ) {
      const rest = this.path.slice(prefix.length);
      const query = this.query.size > 0 ? `?${this.query}` : '';
      throw new MovedError(
        this.method === 'GET' ? 301 : 307,
        urls.api(`/repositories/${repository.id}${rest}${query}`),
      );
    }
    return repository;
  }

  /** The organisation of the path. */
  organization(): Account {
    const organization = this.emulator.accounts.findOrganization(
      this.params.org,
    );
    if (!organization) {
      throw notFound();
    }
    return organization;
  }

  /** The team of the path, which members of the organisation see. */
  team(): Team {
    const organization = this.organization();
    this.signedIn();
    const team = this.emulator.accounts.findTeam(
      organization.id,
      this.params.team_slug,
    );
    if (
      !team ||
      !this.viewer.hasScope('read:org') ||
      !this.isInside(organization)
    ) {
      throw notFound();
    }
    return team;
  }

  /** Whether the viewer belongs to an organisation, or is an app that acts in it. */
  isInside(organization: Account): boolean {
    return (
      this.viewer.isInstalledIn(organization.id) ||
      this.emulator.accounts.membership(organization.id, this.viewer.id) !==
        undefined
    );
  }

  /** The account of the path. */
  account(): Account {
    const account = this.emulator.accounts.find(this.params.username);
    if (!account) {
      throw notFound();
    }
    return account;
  }

  /** @throws GitHubError 403 unless the viewer owns the organisation and the token may change it */
  requireOwner(organization: Account): void {
    this.signedIn();
    const membership = this.emulator.accounts.membership(
      organization.id,
      this.viewer.id,
    );
    const isApp = this.viewer.isInstalledIn(organization.id);
    if (!membership && !isApp) {
      throw notFound();
    }
    const isOwner = isApp || membership?.role === 'admin';
    if (!isOwner || !this.viewer.hasScope('write:org')) {
      throw forbidden('You must be an organization owner or have admin:org.');
    }
  }

  /** @throws GitHubError 404 when the token lacks a scope, as GitHub answers then */
  requireScope(scope: string): void {
    this.signedIn();
    if (!this.viewer.hasScope(scope)) {
      throw notFound();
    }
  }

  /** A number in the path. */
  number(name: string): number {
    return Number(this.params[name]);
  }

  /** One page of a list that is in memory. */
  async paged<T>(
    items: T[],
    present: (item: T) => JsonValue | Promise<JsonValue>,
  ): Promise<RestAnswer> {
    const { offset, perPage } = readPage(this.query);
    const page = items.slice(offset, offset + perPage);
    return this.list(await Promise.all(page.map(present)), items.length);
  }

  /** One page of a list in memory, within an object that has the list under a name, and how long it is. */
  async pagedWithin<T>(
    name: string,
    items: T[],
    present: (item: T) => JsonValue | Promise<JsonValue>,
  ): Promise<RestAnswer> {
    const { body, ...page } = await this.paged(items, present);
    return Array.isArray(body)
      ? { ...page, body: { total_count: items.length, [name]: body } }
      : page;
  }

  /** A page that was cut out already, of a list of so many. */
  list(page: JsonValue[], total: number): RestAnswer {
    const link = linkHeader(this.emulator.urls, this.path, this.query, total);
    return { status: 200, body: page, headers: link ? { link } : {} };
  }
}
