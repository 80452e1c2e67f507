import { ConflictError } from '@backstage/errors';
import { GitRepositories } from '../git/GitRepositories';
import { GitRepository } from '../git/GitRepository';
import { GitHubError, unprocessable } from '../server/GitHubError';
import { Clock, timestamp } from '../server/clock';
import { ActingInstallation, Viewer } from '../server/Viewer';
import { Account } from './accountRecords';
import { Accounts } from './Accounts';
import { DEFAULT_LABELS } from './defaultLabels';
import { detectLanguages, detectLicense } from './contentFacts';
import { nodeId } from './nodeId';
import {
  BranchProtection,
  permits,
  Permission,
  PlantedRefs,
  Repository,
  RepositorySettings,
  Star,
  stronger,
} from './repositoryRecords';
import { Store } from './Store';

const NAME = /^[\w.-]{1,100}$/;

const DEFAULT_SETTINGS: RepositorySettings = {
  hasIssues: true,
  hasProjects: true,
  hasWiki: true,
  allowMergeCommit: true,
  allowSquashMerge: true,
  allowRebaseMerge: true,
  allowAutoMerge: false,
  allowUpdateBranch: false,
  deleteBranchOnMerge: false,
  squashMergeCommitTitle: 'COMMIT_OR_PR_TITLE',
  squashMergeCommitMessage: 'COMMIT_MESSAGES',
  isTemplate: false,
};

/** What a repository to be made is like. */
export interface NewRepository {
  owner: Account;
  name: string;
  description?: string;
  homepage?: string;
  visibility?: Repository['visibility'];
  settings?: Partial<RepositorySettings>;
  topics?: string[];
  defaultBranch?: string;
  parentId?: number;
  createdAt?: string;
}

/** Repositories, who may do what with them, and who likes them. */
export class Repositories {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #accounts: Accounts;
  readonly #git: GitRepositories;
  /** Owners and names of repositories that are not finished. */
  readonly #beingMade = new Set<string>();

  constructor(options: {
    store: Store;
    clock: Clock;
    accounts: Accounts;
    git: GitRepositories;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#accounts = options.accounts;
    this.#git = options.git;
  }

  /** The repository with a name, whatever its case and whoever asks. */
  find(owner: string, name: string): Repository | undefined {
    const account = this.#accounts.find(owner);
    return (
      account &&
      this.#store.collections.repositories.firstBy(
        'name',
        `${account.id}/${name.toLowerCase()}`,
      )
    );
  }

  /** The repository that had a name which no other took since. */
  findFormer(owner: string, name: string): Repository | undefined {
    const account = this.#accounts.find(owner);
    const former =
      account && !this.find(owner, name)
        ? this.#store.collections.formerNames
            .by('name', `${account.id}/${name.toLowerCase()}`)
            .pop()
        : undefined;
    return this.#store.collections.repositories.get(former?.repositoryId);
  }

  get(id: number): Repository {
    const repository = this.#store.collections.repositories.get(id);
    if (!repository) {
      throw new ConflictError(`Repository ${id} is referred to, but not there`);
    }
    return repository;
  }

  list(): Repository[] {
    return this.#store.collections.repositories.list();
  }

  ownedBy(account: Account): Repository[] {
    return this.#store.collections.repositories.by('owner', account.id);
  }

  owner(repository: Repository): Account {
    return this.#accounts.get(repository.ownerId);
  }

  fullName(repository: Repository): string {
    return `${this.owner(repository).login}/${repository.name}`;
  }

  git(repository: { id: number }): GitRepository {
    return this.#git.of(repository);
  }

  /**
   * Makes an empty repository.
   *
   * @throws GitHubError 422 when the name is taken or cannot be a name
   */
  async create(repository: NewRepository): Promise<Repository> {
    this.checkName(repository.owner, repository.name);
    const place = `${repository.owner.id}/${repository.name.toLowerCase()}`;
    this.#beingMade.add(place);
    try {
      return await this.#create(repository);
    } finally {
      this.#beingMade.delete(place);
    }
  }

  async #create(repository: NewRepository): Promise<Repository> {
    const now = timestamp(this.#clock());
    const id = this.#store.nextId();
    const defaultBranch = repository.defaultBranch ?? 'main';
    // The record comes last: there is never one without a git repository.
    await this.git({ id }).initialize(defaultBranch);
    this.#takeName(repository.owner.id, repository.name);
    const created = this.#store.collections.repositories.put({
      id,
      ownerId: repository.owner.id,
      name: repository.name,
      description: repository.description,
      homepage: repository.homepage,
      visibility: repository.visibility ?? 'public',
      defaultBranch,
      topics: repository.topics ?? [],
      settings: { ...DEFAULT_SETTINGS, ...repository.settings },
      archived: false,
      parentId: repository.parentId,
      languages: {},
      size: 0,
      workflowAccess: 'none',
      createdAt: repository.createdAt ?? now,
      updatedAt: repository.createdAt ?? now,
    });
    for (const label of DEFAULT_LABELS) {
      this.#store.collections.labels.put({
        ...label,
        id: this.#store.nextId(),
        repositoryId: created.id,
        isDefault: true,
      });
    }
    return created;
  }

  /** Makes a repository known of which the content is planted; it has no labels. */
  plant(
    repository: NewRepository &
      Pick<Repository, 'languages' | 'license' | 'size' | 'pushedAt'> & {
        refs: PlantedRefs['refs'];
      },
  ): Repository {
    this.checkName(repository.owner, repository.name);
    this.#takeName(repository.owner.id, repository.name);
    const id = this.#store.nextId();
    const { owner, settings, refs, ...facts } = repository;
    const head = repository.defaultBranch ?? 'main';
    this.#store.collections.plantedRefs.put({
      id,
      head,
      size: repository.size,
      refs,
    });
    const createdAt = repository.createdAt ?? timestamp(this.#clock());
    return this.#store.collections.repositories.put({
      visibility: 'public',
      topics: [],
      ...facts,
      id,
      ownerId: owner.id,
      defaultBranch: head,
      settings: { ...DEFAULT_SETTINGS, ...settings },
      archived: false,
      workflowAccess: 'none',
      createdAt,
      updatedAt: repository.pushedAt ?? createdAt,
    });
  }

  /** Refuses a name that is taken or cannot be one. */
  checkName(owner: Account, name: string, except?: Repository): void {
    if (!NAME.test(name) || name === '.' || name === '..') {
      throw new GitHubError(422, 'Repository creation failed.', {
        errors: [
          {
            resource: 'Repository',
            code: 'custom',
            field: 'name',
            message:
              'name can only contain ASCII letters, digits, and the characters ., -, and _.',
          },
        ],
      });
    }
    const holder = this.find(owner.login, name);
    const isBeingMade = this.#beingMade.has(
      `${owner.id}/${name.toLowerCase()}`,
    );
    if (isBeingMade || (holder && holder.id !== except?.id)) {
      throw new GitHubError(422, 'Repository creation failed.', {
        errors: [
          {
            resource: 'Repository',
            code: 'custom',
            field: 'name',
            message: 'name already exists on this account',
          },
        ],
      });
    }
  }

  update(
    repository: Repository,
    change: Partial<Omit<Repository, 'id'>>,
  ): Repository {
    return this.#store.collections.repositories.update(repository.id, {
      updatedAt: timestamp(this.#clock()),
      ...change,
    });
  }

  /**
   * Gives a repository another name; the name before leads to it until another repository takes that.
   *
   * @throws GitHubError 422 when the name is taken or cannot be a name
   */
  rename(repository: Repository, name: string): Repository {
    this.checkName(this.owner(repository), name, repository);
    this.#takeName(repository.ownerId, name);
    this.#store.collections.formerNames.put({
      id: this.#store.nextId(),
      repositoryId: repository.id,
      ownerId: repository.ownerId,
      name: repository.name,
    });
    return this.update(repository, { name });
  }

  /**
   * Gives a repository to another owner; the name before leads to it until another repository takes that.
   *
   * @throws GitHubError 422 when the name is taken or cannot be a name
   */
  transfer(repository: Repository, owner: Account, name: string): Repository {
    this.checkName(owner, name, repository);
    this.#takeName(owner.id, name);
    this.#store.collections.formerNames.put({
      id: this.#store.nextId(),
      repositoryId: repository.id,
      ownerId: repository.ownerId,
      name: repository.name,
    });
    return this.update(repository, { ownerId: owner.id, name });
  }

  #takeName(ownerId: number, name: string): void {
    this.#store.collections.formerNames.deleteBy(
      'name',
      `${ownerId}/${name.toLowerCase()}`,
    );
  }

  /** Deletes a repository with all that belongs to it. */
  async delete(repository: Repository): Promise<void> {
    const all = this.#store.collections;
    for (const collection of [
      all.collaborators,
      all.invitations,
      all.teamRepositories,
      all.stars,
      all.subscriptions,
      all.branchProtections,
      all.rulesets,
      all.commitStatuses,
      all.variables,
      all.secrets,
      all.environments,
      all.deployKeys,
      all.issues,
      all.comments,
      all.reviews,
      all.labels,
      all.releases,
      all.formerNames,
      all.pushesUnderway,
    ]) {
      collection.deleteBy('repository', repository.id);
    }
    for (const fork of all.repositories.by('parent', repository.id)) {
      all.repositories.update(fork.id, { parentId: repository.parentId });
    }
    for (const installation of all.installations.by(
      'account',
      repository.ownerId,
    )) {
      if (installation.repositoryIds.includes(repository.id)) {
        all.installations.update(installation.id, {
          repositoryIds: installation.repositoryIds.filter(
            id => id !== repository.id,
          ),
        });
      }
    }
    all.knownRefs.delete(repository.id);
    all.secretKeys.delete(repository.id);
    all.repositories.delete(repository.id);
    await this.git(repository).delete();
  }

  /** Copies a repository to another account. */
  async fork(
    repository: Repository,
    owner: Account,
    name: string,
  ): Promise<Repository> {
    const fork = await this.create({
      owner,
      name,
      description: repository.description,
      homepage: repository.homepage,
      visibility: repository.visibility,
      defaultBranch: repository.defaultBranch,
      parentId: repository.id,
      settings: { hasIssues: false },
    });
    await this.git(fork).copyFrom(this.git(repository));
    return this.update(fork, {
      pushedAt: repository.pushedAt,
      languages: repository.languages,
      license: repository.license,
      size: repository.size,
    });
  }

  forks(repository: Repository): Repository[] {
    return this.#store.collections.repositories.by('parent', repository.id);
  }

  /**
   * What is to be known after commits came in, however they came: when, the size, languages and licence,
   * and the default branch of a repository that was empty.
   */
  async notePush(
    repository: Repository,
    options: { pushedAt?: string } = {},
  ): Promise<Repository> {
    const git = this.git(repository);
    let { defaultBranch } = this.get(repository.id);
    let head = await git.resolveObject(`heads/${defaultBranch}`, 'commit');
    if (!head) {
      const [first] = await git.listRefs('refs/heads/');
      if (first) {
        defaultBranch = first.name.slice('refs/heads/'.length);
        head = first.commit;
        await git.setHead(defaultBranch);
      }
    }
    const files = head ? await git.listTree(head, { recursive: true }) : [];
    return this.#store.collections.repositories.update(repository.id, {
      defaultBranch,
      pushedAt: options.pushedAt ?? timestamp(this.#clock()),
      updatedAt: options.pushedAt ?? timestamp(this.#clock()),
      size: await git.size(),
      languages: detectLanguages(files),
      license: await detectLicense(git, files),
    });
  }

  /** Notes the pushes that were taken right before the process died. */
  async catchUp(): Promise<void> {
    for (const repository of this.list()) {
      const isMissed =
        repository.pushedAt === undefined &&
        (await this.git(repository).listRefs('refs/heads/')).length > 0;
      if (isMissed) {
        await this.notePush(repository);
      }
    }
  }

  /** What an account may do with a repository, whatever its token's scopes. */
  permission(
    repository: Repository,
    accountId: number | undefined,
  ): Permission {
    let permission: Permission =
      repository.visibility === 'public' ? 'read' : 'none';
    if (accountId === undefined) {
      return permission;
    }
    if (repository.ownerId === accountId) {
      return 'admin';
    }
    const membership = this.#accounts.membership(repository.ownerId, accountId);
    if (membership) {
      if (membership.role === 'admin') {
        return 'admin';
      }
      permission = stronger(
        permission,
        this.owner(repository).baseRepositoryPermission ?? 'read',
      );
      const teams = new Set(
        this.#accounts.teamsOf(accountId).map(team => team.id),
      );
      for (const grant of this.#store.collections.teamRepositories.by(
        'repository',
        repository.id,
      )) {
        if (teams.has(grant.teamId)) {
          permission = stronger(permission, grant.permission);
        }
      }
    }
    const collaborator = this.collaborator(repository, accountId);
    return collaborator
      ? stronger(
          permission,
          this.grantable(repository, collaborator.permission),
        )
      : permission;
  }

  /**
   * What a collaborator gets where a permission is asked for: in repositories of people all have `write`
   * (https://docs.github.com/account-and-profile/setting-up-and-managing-your-personal-account-on-github/managing-user-account-settings/permission-levels-for-a-personal-account-repository).
   */
  grantable(repository: Repository, asked: Permission): Permission {
    return this.owner(repository).type === 'Organization' ? asked : 'write';
  }

  /** What a viewer may do with a repository: the account's permission within the token's scopes. */
  permissionOf(repository: Repository, viewer: Viewer): Permission {
    if (viewer.installation) {
      return installationPermission(repository, viewer.installation);
    }
    const granted = this.permission(repository, viewer.id);
    if (repository.visibility !== 'public') {
      return viewer.hasScope('repo') ? granted : 'none';
    }
    return viewer.hasScope('public_repo') || !permits(granted, 'triage')
      ? granted
      : 'read';
  }

  /** Whether a viewer may know that a repository is there. */
  isVisible(repository: Repository, viewer: Viewer): boolean {
    return permits(this.permissionOf(repository, viewer), 'read');
  }

  collaborator(repository: Repository, userId: number) {
    return this.#store.collections.collaborators.firstBy(
      'place',
      `${repository.id}/${userId}`,
    );
  }

  setCollaborator(
    repository: Repository,
    userId: number,
    permission: Permission,
  ): void {
    const before = this.collaborator(repository, userId);
    this.#store.collections.collaborators.put({
      id: before?.id ?? this.#store.nextId(),
      repositoryId: repository.id,
      userId,
      permission,
    });
  }

  setTeamPermission(
    repository: Repository,
    teamId: number,
    permission: Permission,
  ): void {
    const { teamRepositories } = this.#store.collections;
    const before = teamRepositories
      .by('repository', repository.id)
      .find(grant => grant.teamId === teamId);
    teamRepositories.put({
      id: before?.id ?? this.#store.nextId(),
      repositoryId: repository.id,
      teamId,
      permission,
    });
  }

  starOf(repository: Repository, userId: number): Star | undefined {
    return this.#store.collections.stars.firstBy(
      'place',
      `${repository.id}/${userId}`,
    );
  }

  /** Stars a repository; undefined when that was starred before. */
  star(
    repository: Repository,
    userId: number,
    starredAt?: string,
  ): Star | undefined {
    if (this.starOf(repository, userId)) {
      return undefined;
    }
    return this.#store.collections.stars.put({
      id: this.#store.nextId(),
      repositoryId: repository.id,
      userId,
      starredAt: starredAt ?? timestamp(this.#clock()),
    });
  }

  /** Takes a star back; false when there was none. */
  unstar(repository: Repository, userId: number): boolean {
    const star = this.starOf(repository, userId);
    if (star) {
      this.#store.collections.stars.delete(star.id);
    }
    return star !== undefined;
  }

  starCount(repository: Repository): number {
    return this.#store.collections.stars.countBy('repository', repository.id);
  }

  openIssueCount(repository: Repository): number {
    return this.#store.collections.issues
      .by('repository', repository.id)
      .filter(issue => issue.state === 'open').length;
  }

  branchProtection(
    repository: Repository,
    branch: string,
  ): BranchProtection | undefined {
    return this.#store.collections.branchProtections
      .by('repository', repository.id)
      .find(protection => protection.branch === branch);
  }

  setTopics(repository: Repository, topics: string[]): Repository {
    for (const topic of topics) {
      if (!/^[a-z0-9][a-z0-9-]{0,49}$/.test(topic)) {
        throw unprocessable(
          'Topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens.',
        );
      }
    }
    if (topics.length > 20) {
      throw unprocessable('A repository cannot have more than 20 topics.');
    }
    return this.update(repository, { topics: [...new Set(topics)] });
  }

  nodeId(repository: Repository): string {
    return nodeId('Repository', repository.id);
  }
}

/** What an app may do with a repository at most; each endpoint asks for a permission of its own besides. */
function installationPermission(
  repository: Repository,
  { installation, token }: ActingInstallation,
): Permission {
  const isReached =
    installation.accountId === repository.ownerId &&
    (installation.selection === 'all' ||
      installation.repositoryIds.includes(repository.id)) &&
    (token.repositoryIds?.includes(repository.id) ?? true);
  if (!isReached) {
    return repository.visibility === 'public' ? 'read' : 'none';
  }
  return Object.values(token.permissions).some(level => level !== 'read')
    ? 'admin'
    : 'read';
}
