import path from 'node:path';
import { GitRepositories } from './git/GitRepositories';
import { Pushes } from './git/Pushes';
import { OAuth } from './oauth/OAuth';
import { Clock } from './server/clock';
import { RateLimiter, RateLimits } from './server/RateLimiter';
import { Urls } from './server/Urls';
import { Transfers } from './changes/Transfers';
import { Apps } from './apps/Apps';
import { RefRules } from './rules/RefRules';
import { Accounts } from './state/Accounts';
import { Discussions } from './state/Discussions';
import { OrganizationInvitations } from './state/OrganizationInvitations';
import { Releases } from './state/Releases';
import { Repositories } from './state/Repositories';
import { Store } from './state/Store';
import { DeliveryQueue } from './webhooks/DeliveryQueue';
import { Webhooks } from './webhooks/Webhooks';

/** The parts of an emulator that requests are answered from, and that tests look into. */
export class Emulator {
  readonly store: Store;
  readonly clock: Clock;
  readonly urls: Urls;
  readonly git: GitRepositories;
  readonly accounts: Accounts;
  readonly invitations: OrganizationInvitations;
  readonly repositories: Repositories;
  readonly rules: RefRules;
  readonly discussions: Discussions;
  readonly releases: Releases;
  readonly webhooks: Webhooks;
  readonly deliveries: DeliveryQueue;
  readonly pushes: Pushes;
  readonly oauth: OAuth;
  readonly apps: Apps;
  readonly transfers: Transfers;
  readonly rateLimiter: RateLimiter;

  constructor(options: {
    stateDir: string;
    store: Store;
    clock: Clock;
    urls: Urls;
    rateLimits?: Partial<RateLimits>;
    /** How long a webhook may take to answer, in milliseconds. */
    deliveryTimeout: number;
    /** How long after its answer a transfer is made, in milliseconds. */
    transferDelay: number;
  }) {
    const { store, clock } = options;
    this.store = store;
    this.clock = clock;
    this.urls = options.urls;
    this.git = new GitRepositories(
      path.join(options.stateDir, 'repos'),
      store.collections.plantedRefs,
    );
    this.accounts = new Accounts({ store, clock });
    this.invitations = new OrganizationInvitations({ store, clock });
    this.repositories = new Repositories({
      store,
      clock,
      accounts: this.accounts,
      git: this.git,
    });
    this.rules = new RefRules({
      store,
      accounts: this.accounts,
      repositories: this.repositories,
    });
    this.discussions = new Discussions({
      store,
      clock,
      repositories: this.repositories,
    });
    this.releases = new Releases({
      store,
      clock,
      repositories: this.repositories,
      assetFolder: path.join(options.stateDir, 'assets'),
    });
    this.deliveries = new DeliveryQueue({
      store,
      clock,
      timeout: options.deliveryTimeout,
    });
    this.webhooks = new Webhooks({ store, clock, queue: this.deliveries });
    this.pushes = new Pushes(this);
    this.oauth = new OAuth({ store, clock });
    this.transfers = new Transfers(this, { delay: options.transferDelay });
    this.apps = new Apps({ store, clock, accounts: this.accounts });
    this.rateLimiter = new RateLimiter({
      clock,
      limits: options.rateLimits,
      installationLimit: (id, base) => this.apps.rateLimit(id, base),
    });
  }
}
