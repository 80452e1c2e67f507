import type {
  AuditorService,
  PermissionsService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError, assertError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  type Build,
  type BuildList,
  type BuildLogPart,
  type BuildQuery,
  type BuildRunner,
  type BuildSummary,
  envoyGoPluginsReadPermission,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Request } from 'express';
import type { KnownPlugins } from '../marketplace';
import { entityRefOf } from './entityRefOf';
import type { AskingUser, BuildViewer, Builds } from './Builds';

/** As many lines of a log are read at once where all of it is. */
const LINES_AT_ONCE = 2_000;

/** Somebody, and the request by which they ask. */
export interface BuildPerson {
  credentials: AskingUser;
  request?: Request;
}

/** Who administers. */
export interface BuildAccess {
  /** @throws NotAllowedError */
  administer(credentials: AskingUser): Promise<void>;
}

/** Builds as people see them, and what they may do with them. */
export class AuthorizedBuilds {
  readonly #builds: Builds;
  readonly #runners: () => Promise<BuildRunner[]>;
  readonly #permissions: PermissionsService;
  readonly #access: BuildAccess;
  readonly #userInfo: UserInfoService;
  readonly #listHidden: (credentials: AskingUser) => Promise<string[]>;
  readonly #known: KnownPlugins;
  readonly #ownerOf: (entityRef: string) => Promise<string | undefined>;
  readonly #auditor: AuditorService;

  constructor(options: {
    builds: Builds;
    /** Those of all replicas. */
    runners: () => Promise<BuildRunner[]>;
    permissions: PermissionsService;
    access: BuildAccess;
    userInfo: UserInfoService;
    /** Entity refs of the plugins that somebody may not see. */
    listHidden: (credentials: AskingUser) => Promise<string[]>;
    /** Of other plugins nobody knows any more whether they were private. */
    known: KnownPlugins;
    /** Entity ref of a plugin's owner. */
    ownerOf: (entityRef: string) => Promise<string | undefined>;
    auditor: AuditorService;
  }) {
    this.#builds = options.builds;
    this.#runners = options.runners;
    this.#permissions = options.permissions;
    this.#access = options.access;
    this.#userInfo = options.userInfo;
    this.#listHidden = options.listHidden;
    this.#known = options.known;
    this.#ownerOf = options.ownerOf;
    this.#auditor = options.auditor;
  }

  /** @throws NotAllowedError where somebody may not even see the marketplace */
  async authorize(credentials: AskingUser): Promise<void> {
    const [decision] = await this.#permissions.authorize(
      [{ permission: envoyGoPluginsReadPermission }],
      { credentials },
    );
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        `You may not see builds: it needs the permission "${envoyGoPluginsReadPermission.name}", which the portal's administrators give`,
      );
    }
  }

  async list(query: BuildQuery, person: BuildPerson): Promise<BuildList> {
    return this.#builds.list(query, await this.#viewer(person));
  }

  /** @throws NotFoundError when there is none, or it is not for them */
  async get(id: string, person: BuildPerson): Promise<Build> {
    const { build, administers } = await this.#find(id, person);
    const acts =
      build.allowedActions.length > 0 &&
      (administers || (await this.#owns(build, person)));
    return { ...build, allowedActions: acts ? build.allowedActions : [] };
  }

  /** @throws NotFoundError when there is none, or it is not for them */
  async log(
    id: string,
    range: { after?: number; limit?: number },
    person: BuildPerson,
  ): Promise<BuildLogPart> {
    await this.#find(id, person);
    return this.#builds.log(id, range);
  }

  /**
   * All lines that there are, some at a time, as text.
   *
   * @throws NotFoundError when there is none, or it is not for them
   */
  async logText(
    id: string,
    person: BuildPerson,
  ): Promise<AsyncIterable<string>> {
    await this.#find(id, person);
    return textOf(this.#builds, id);
  }

  /** @throws NotFoundError, NotAllowedError, ConflictError when it is over */
  async cancel(
    id: string,
    reason: string | undefined,
    person: BuildPerson,
  ): Promise<Build> {
    return this.#act('cancel', id, person, actor =>
      this.#builds.cancel(id, { actor, reason }),
    );
  }

  /** @throws NotFoundError, NotAllowedError, ConflictError unless it may be tried again */
  async retry(id: string, person: BuildPerson): Promise<Build> {
    return this.#act('retry', id, person, actor =>
      this.#builds.retry(id, { actor }),
    );
  }

  /** For administrators alone, which is for its callers to have asked. */
  async listRunners(): Promise<BuildRunner[]> {
    return this.#runners();
  }

  async #act(
    what: 'cancel' | 'retry',
    id: string,
    person: BuildPerson,
    run: (actor: string) => Promise<unknown>,
  ): Promise<Build> {
    const { build, administers } = await this.#find(id, person);
    if (!administers && !(await this.#owns(build, person))) {
      throw new NotAllowedError(
        `You may not ${what} this build: that is for the owners of the plugin and for administrators`,
      );
    }
    const actor = person.credentials.principal.userEntityRef;
    // The build's own record is written with the change; this is the portal's audit log
    const event = await this.#auditor.createEvent({
      eventId: `build-${what}`,
      severityLevel: 'medium',
      request: person.request,
      meta: { actor, build: id, subject: build.repository },
    });
    try {
      await run(actor);
      await event.success();
    } catch (error) {
      assertError(error);
      await event.fail({ error: new Error(error.message) });
      throw error;
    }
    return this.get(id, person);
  }

  async #find(
    id: string,
    person: BuildPerson,
  ): Promise<{ build: Build; administers: boolean }> {
    const [build, viewer] = await Promise.all([
      this.#builds.get(id),
      this.#viewer(person),
    ]);
    if (!maySee(build, viewer) || !(await this.#isThereFor(build, viewer))) {
      throw new NotFoundError(`There is no build ${id}`);
    }
    return { build, administers: viewer.requestsOf === undefined };
  }

  /** Builds of plugins that are gone are for administrators alone. */
  async #isThereFor(build: BuildSummary, viewer: BuildViewer) {
    return (
      build.kind === 'request' ||
      viewer.known === undefined ||
      (await this.#known.isKnown(entityRefOf(build.plugin)))
    );
  }

  async #viewer({ credentials }: BuildPerson): Promise<BuildViewer> {
    const [hidden, administers] = await Promise.all([
      this.#listHidden(credentials),
      this.#administers(credentials),
    ]);
    return {
      hidden,
      ...(!administers && {
        known: this.#known.selectRefs(),
        requestsOf: credentials.principal.userEntityRef,
      }),
    };
  }

  async #administers(credentials: AskingUser): Promise<boolean> {
    try {
      await this.#access.administer(credentials);
      return true;
    } catch (error) {
      if (error instanceof NotAllowedError) {
        return false;
      }
      throw error;
    }
  }

  async #owns(
    build: BuildSummary,
    { credentials }: BuildPerson,
  ): Promise<boolean> {
    if (build.kind === 'request') {
      return sameRef(build.requestedBy, credentials.principal.userEntityRef);
    }
    const owner = await this.#ownerOf(entityRefOf(build.plugin));
    if (owner === undefined) {
      return false;
    }
    const { ownershipEntityRefs } = await this.#userInfo.getUserInfo(
      credentials,
    );
    return ownershipEntityRefs.some(ref => sameRef(ref, owner));
  }
}

function maySee(build: BuildSummary, viewer: BuildViewer): boolean {
  if (build.kind === 'request') {
    return (
      viewer.requestsOf === undefined ||
      sameRef(build.requestedBy, viewer.requestsOf)
    );
  }
  return !viewer.hidden.includes(entityRefOf(build.plugin));
}

function sameRef(one: string, other: string): boolean {
  return one.toLocaleLowerCase('en-US') === other.toLocaleLowerCase('en-US');
}

async function* textOf(builds: Builds, id: string): AsyncIterable<string> {
  let after = 0;
  for (;;) {
    const { lines, last } = await builds.log(id, {
      after,
      limit: LINES_AT_ONCE,
    });
    if (lines.length === 0) {
      return;
    }
    yield lines.map(({ step, text }) => `[${step}] ${text}\n`).join('');
    after = last;
  }
}
