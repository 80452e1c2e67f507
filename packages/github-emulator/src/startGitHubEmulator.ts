import { ConflictError } from '@backstage/errors';
import { createServer, Server } from 'node:http';
import { Changes } from './changes/Changes';
import { PlantOptions, plantRepositories } from './changes/plantRepositories';
import { Repository } from './state/repositoryRecords';
import { Installations } from './changes/Installations';
import { Emulator } from './Emulator';
import { Faults } from './faults/Faults';
import { Validation } from './rest/RestApi';
import { applyCredentials, plantSeed } from './seed/plantSeed';
import { Seed } from './seed/Seed';
import { Clock } from './server/clock';
import { createApp } from './server/createApp';
import { RateLimits } from './server/RateLimiter';
import { LoggedRequest, RequestLog, Usage } from './server/RequestLog';
import { Urls } from './server/Urls';
import { prepareStateFolder } from './state/StateFolder';
import { Store } from './state/Store';
import { Violation } from './truth/TruthCheck';
import { Webhooks } from './webhooks/Webhooks';

/** How an emulator is started. */
export interface GitHubEmulatorOptions {
  /** Where its state is kept: an empty folder, or one of an emulator before. */
  stateDir: string;
  /** The port to listen on; 0, the default, takes a free one. */
  port?: number;
  /** The address to listen on; 127.0.0.1 unless said otherwise. */
  host?: string;
  /** What to begin with. Accounts and repositories are made once, tokens and applications at every start. */
  seed?: Seed;
  /** Forgets the state of the folder first. */
  fresh?: boolean;
  /** What to do when a REST request or answer contradicts GitHub's description; `throw` answers 500. Default `throw`. */
  validate?: Validation;
  /** Tells the time; the system's clock unless said otherwise. */
  clock?: Clock;
  /** Rate limits other than github.com's. */
  rateLimits?: Partial<RateLimits>;
  /** How long a webhook may take to answer, in milliseconds; 10,000 as GitHub has it unless said otherwise. */
  deliveryTimeout?: number;
  /** How long after its answer a transfer is made, in milliseconds; 50 unless said otherwise. */
  transferDelay?: number;
}

/** An emulator that runs. */
export interface GitHubEmulator {
  /** Its web pages: `http://localhost:PORT`. */
  url: string;
  /** Its REST API: `http://localhost:PORT/api/v3`. */
  apiBaseUrl: string;
  /** `localhost:PORT`, as `integrations.github[].host` wants it. */
  host: string;
  /** What is behind it, for tests to look into and to change. */
  state: Emulator;
  /** The webhooks and what was delivered to them. */
  hooks: Webhooks;
  /** Resolves when every transfer until now was made, and every event until now was attempted to be delivered. */
  deliveriesSettled(): Promise<void>;
  /** Makes a personal token for an account, with all scopes unless said otherwise. */
  createToken(login: string, scopes?: string[]): Promise<string>;
  /** What contradicted GitHub's description since the start. */
  violations(): Violation[];
  /** The last 10,000 requests, oldest first. */
  requests(): LoggedRequest[];
  /** How much was asked for since the start, or since {@link GitHubEmulator.resetUsage}. */
  usage(): Usage;
  resetUsage(): void;
  /** Makes many repositories in seconds. */
  plant(options: PlantOptions): Promise<Repository[]>;
  /** Changes repositories by code, with or without telling webhooks. */
  changes: Changes;
  /** What owners of accounts do with apps: install, suspend, select repositories. */
  installations: Installations;
  /** Makes requests go wrong. */
  faults: Faults;
  /** Changes some rate limits while it runs; `{ core: 0, graphql: 0 }` leaves nothing to ask for. */
  setRateLimits(limits: Partial<RateLimits>): void;
  /** Brings back the rate limits of the start; with `forget` nothing is used of them. */
  restoreRateLimits(options?: { forget?: boolean }): void;
  /** Stops listening, lets open requests end, and saves the state. */
  close(): Promise<void>;
}

const ALL_SCOPES = [
  'repo',
  'workflow',
  'admin:org',
  'admin:org_hook',
  'user',
  'delete_repo',
  'gist',
  'notifications',
];

const DELIVERY_TIMEOUT = 10_000;

const TRANSFER_DELAY = 50;

const KEPT_REQUESTS = 10_000;

/**
 * Starts GitHub on this machine.
 *
 * @throws ConflictError when the port is in use, or the folder holds something else
 */
export async function startGitHubEmulator(
  options: GitHubEmulatorOptions,
): Promise<GitHubEmulator> {
  await prepareStateFolder(options.stateDir, { fresh: options.fresh });
  const store = await Store.open(options.stateDir);
  const server = createServer();
  // A body may be large and a clone may take long: git itself decides when it is over.
  server.requestTimeout = 0;
  try {
    const port = await listen(
      server,
      options.port ?? 0,
      options.host ?? '127.0.0.1',
    );
    const host = `localhost:${port}`;
    const url = `http://${host}`;
    const log = new RequestLog({ kept: KEPT_REQUESTS });
    const faults = new Faults();
    const emulator = new Emulator({
      stateDir: options.stateDir,
      store,
      clock: options.clock ?? (() => new Date()),
      urls: new Urls(url),
      rateLimits: options.rateLimits,
      deliveryTimeout: options.deliveryTimeout ?? DELIVERY_TIMEOUT,
      transferDelay: options.transferDelay ?? TRANSFER_DELAY,
    });
    await emulator.git.prepare();
    await emulator.repositories.catchUp();
    await emulator.pushes.catchUp();
    if (options.seed) {
      if (store.collections.accounts.size === 0) {
        await plantSeed(emulator, options.seed);
      }
      applyCredentials(emulator, options.seed);
      await store.saved();
    }
    await emulator.deliveries.open();
    emulator.transfers.open();
    server.on(
      'request',
      createApp({
        emulator,
        log,
        faults,
        validation: options.validate ?? 'throw',
      }),
    );
    return {
      url,
      apiBaseUrl: `${url}/api/v3`,
      host,
      state: emulator,
      hooks: emulator.webhooks,
      deliveriesSettled: async () => {
        await emulator.transfers.settled();
        await emulator.deliveries.settled();
      },
      createToken: async (login, scopes = ALL_SCOPES) => {
        const account = emulator.accounts.find(login);
        if (!account) {
          throw new ConflictError(
            `There is no account ${login} to make a token for`,
          );
        }
        const { token } = emulator.oauth.createToken(account.id, scopes);
        await store.saved();
        return token;
      },
      violations: () => log.violations(),
      requests: () => log.requests(),
      usage: () => log.usage(),
      resetUsage: () => log.resetUsage(),
      plant: given => plantRepositories(emulator, given),
      changes: new Changes(emulator),
      installations: new Installations(emulator),
      faults,
      setRateLimits: limits => emulator.rateLimiter.setLimits(limits),
      restoreRateLimits: given => emulator.rateLimiter.restore(given),
      close: async () => {
        await stop(server);
        emulator.git.shared.close();
        emulator.transfers.close();
        await emulator.deliveries.close();
        await store.close();
      },
    };
  } catch (error) {
    await stop(server);
    // A seed that was planted by half would pass for one that was planted.
    await store.abandon();
    throw error;
  }
}

async function listen(
  server: Server,
  port: number,
  host: string,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => {
      reject(
        'code' in error && error.code === 'EADDRINUSE'
          ? new ConflictError(
              `Port ${port} is in use; stop what uses it or choose another with --port`,
            )
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) {
    return;
  }
  await new Promise<void>(resolve => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // Clients that keep their connections open do not keep the server.
    setTimeout(() => server.closeAllConnections(), 1000).unref();
  });
}
