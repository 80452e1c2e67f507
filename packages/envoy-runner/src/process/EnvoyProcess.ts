import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CustomErrorBase, NotFoundError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import { ENVOY_LOG_FORMAT, EnvoyLog } from './EnvoyLog';
import { endWithUs } from './endWithUs';
import {
  makeTemporaryFolder,
  type TemporaryFolder,
} from './makeTemporaryFolder';
import { requestAdmin } from './requestAdmin';

/** @public */
export interface EnvoyProcessOptions {
  /** Path of the Envoy to run. */
  executable: string;
  /** Bootstrap as {@link renderBootstrap} makes it; its admin port may be 0. */
  bootstrap: JsonObject;
  /** Folder with the `lib<name>.so` of dynamic modules. */
  modulesPath?: string;
  /** Worker threads; 1 by default. */
  concurrency?: number;
  /** Envoy's log level; `warning` by default. */
  logLevel?: string;
  /** For example `dynamic_modules:debug`; `dynamic_modules:info` by default. */
  componentLogLevel?: string;
  /** Milliseconds within which Envoy must be ready; 20 s by default. */
  readyTimeoutMs?: number;
  /** Milliseconds Envoy has to end after SIGTERM before it is killed; 3 s by default. */
  stopTimeoutMs?: number;
  /** Milliseconds the admin interface has to answer one request; 5 s by default. */
  adminTimeoutMs?: number;
  /** Gets every line of Envoy's log. */
  onLogLine?: (line: string) => void;
  /** Stops the start. */
  signal?: AbortSignal;
}

/**
 * How an Envoy ended.
 *
 * @public
 */
export interface EnvoyExit {
  /** Exit code; undefined when a signal ended it. */
  code?: number;
  signal?: NodeJS.Signals;
}

/**
 * An Envoy that did not become ready, or ended though nobody asked it to. Its message is
 * one sentence; `logTail` holds what Envoy said last.
 *
 * @public
 */
export class EnvoyProcessError extends CustomErrorBase {
  readonly logTail: string[];
  readonly warnings: string[];

  constructor(message: string, log: EnvoyLog) {
    super(message);
    this.logTail = log.tail();
    this.warnings = log.warnings();
  }
}

interface ListenerAddress {
  host: string;
  port: number;
}

// For example http.admin.downstream_rq_2xx, listener.127.0.0.1_80.http.x.downstream_rq_2xx.
const NOT_COUNTED = /^((http|listener)\.admin\.|listener\..*\.http\.)/;
const POLL_MS = 10;
const LOG_END_MS = 500;

/**
 * A running Envoy. Neither it nor its files outlive this process.
 *
 * @public
 */
export class EnvoyProcess {
  readonly #child: ChildProcess;
  readonly #folder: TemporaryFolder;
  readonly #options: EnvoyProcessOptions;
  readonly #exited: Promise<EnvoyExit>;
  readonly #listeners = new Map<string, ListenerAddress>();
  readonly #log: EnvoyLog;
  #exit: EnvoyExit | undefined;
  #adminUrl = '';
  #stopping: Promise<void> | undefined;

  /**
   * Starts an Envoy and waits until it is ready to take requests.
   *
   * @throws EnvoyProcessError when Envoy refuses its configuration, dies or is not ready
   * in time; it is stopped then
   */
  static async start(options: EnvoyProcessOptions): Promise<EnvoyProcess> {
    options.signal?.throwIfAborted();
    const folder = await makeTemporaryFolder('envoy');
    const bootstrapPath = join(folder.path, 'bootstrap.json');
    await writeFile(bootstrapPath, JSON.stringify(options.bootstrap));
    const envoy = new EnvoyProcess(options, folder, bootstrapPath);
    try {
      await envoy.#waitUntilReady();
      return envoy;
    } catch (error) {
      await envoy.stop();
      throw error;
    }
  }

  private constructor(
    options: EnvoyProcessOptions,
    folder: TemporaryFolder,
    bootstrapPath: string,
  ) {
    this.#options = options;
    this.#folder = folder;
    this.#log = new EnvoyLog({ onLine: options.onLogLine });
    this.#child = spawn(
      options.executable,
      [
        '--config-path',
        bootstrapPath,
        '--admin-address-path',
        join(folder.path, 'admin-address'),
        '--concurrency',
        String(options.concurrency ?? 1),
        // Neither shared memory nor sockets that a second Envoy could meet.
        '--disable-hot-restart',
        '--log-level',
        options.logLevel ?? 'warning',
        '--component-log-level',
        options.componentLogLevel ?? 'dynamic_modules:info',
        '--log-format',
        ENVOY_LOG_FORMAT,
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        // Ctrl-C in a terminal is for us to handle; Envoy is stopped in order.
        detached: true,
        env: {
          ...process.env,
          // Envoy hands Go memory to C and back in ways that Go's checker refuses.
          GODEBUG: 'cgocheck=0',
          ...(options.modulesPath
            ? { ENVOY_DYNAMIC_MODULES_SEARCH_PATH: options.modulesPath }
            : {}),
        },
      },
    );
    const ended =
      this.#child.pid === undefined ? () => {} : endWithUs(this.#child.pid);
    [this.#child.stdout, this.#child.stderr].forEach(stream => {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => this.#log.write(text));
    });
    this.#exited = new Promise(resolve => {
      const settle = (exit: EnvoyExit) => {
        ended();
        this.#log.end();
        this.#exit ??= exit;
        resolve(exit);
      };
      this.#child.once('error', error => {
        this.#log.write(`${error.message}\n`);
        settle({});
      });
      const settleWith = (code: number | null, name: NodeJS.Signals | null) =>
        settle({ code: code ?? undefined, signal: name ?? undefined });
      // 'close' comes after the last of the log has been read; but somebody else may hold
      // the other end of the pipe for longer than we want to wait.
      this.#child.once('close', settleWith);
      this.#child.once('exit', (code, name) => {
        ended();
        setTimeout(() => {
          this.#child.stdout?.destroy();
          this.#child.stderr?.destroy();
          settleWith(code, name);
        }, LOG_END_MS).unref();
      });
    });
  }

  /** Envoy's process id. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Where the admin interface answers, for example `http://127.0.0.1:41234`. */
  get adminUrl(): string {
    return this.#adminUrl;
  }

  /** What Envoy said. */
  get log(): EnvoyLog {
    return this.#log;
  }

  /** How Envoy ended; undefined while it runs. */
  get exit(): EnvoyExit | undefined {
    return this.#exit;
  }

  /** Resolves when Envoy has ended, for whatever reason. */
  get exited(): Promise<EnvoyExit> {
    return this.#exited;
  }

  /**
   * The real address of a listener of the bootstrap.
   *
   * @throws {@link @backstage/errors#NotFoundError} when there is none of that name
   */
  listenerAddress(name: string): { host: string; port: number } {
    const address = this.#listeners.get(name);
    if (!address) {
      throw new NotFoundError(
        `Envoy has no listener '${name}'; it has ${
          [...this.#listeners.keys()].join(', ') || 'none'
        }`,
      );
    }
    return address;
  }

  /**
   * The counters that have ever been counted, by their full name. Left out are those of
   * the admin interface itself, and those that count per listener what others count.
   */
  async counters(): Promise<Map<string, number>> {
    const { stats } = await this.#admin<{
      stats: { name?: string; value?: number }[];
    }>('/stats?format=json&type=Counters&usedonly');
    return new Map(
      stats.flatMap(({ name, value }) =>
        name === undefined || value === undefined || NOT_COUNTED.test(name)
          ? []
          : [[name, value] as const],
      ),
    );
  }

  /** A gauge's value; 0 when Envoy has none of that name. */
  async gauge(name: string): Promise<number> {
    const { stats } = await this.#admin<{
      stats: { name?: string; value?: number }[];
    }>(
      `/stats?format=json&type=Gauges&filter=${encodeURIComponent(
        `^${name.replaceAll('.', '\\.')}$`,
      )}`,
    );
    return stats.find(stat => stat.name === name)?.value ?? 0;
  }

  /** Asks Envoy to end, kills it when it does not, and removes what it left on disk. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#log.ignoreWarnings();
    if (!this.#exit) {
      this.#child.kill('SIGTERM');
      const patience = new AbortController();
      await Promise.race([
        this.#exited,
        delay(this.#options.stopTimeoutMs ?? 3000, undefined, {
          signal: patience.signal,
        }).catch(() => {}),
      ]);
      patience.abort();
      if (!this.#exit) {
        this.#child.kill('SIGKILL');
        await this.#exited;
      }
    }
    await this.#folder.remove();
  }

  async #waitUntilReady(): Promise<void> {
    const timeoutMs = this.#options.readyTimeoutMs ?? 20_000;
    const deadline = Date.now() + timeoutMs;
    while (!(await this.#isReady(deadline))) {
      this.#options.signal?.throwIfAborted();
      if (this.#exit) {
        throw new EnvoyProcessError(
          `Envoy ended ${describeExit(this.#exit)} before it was ready`,
          this.#log,
        );
      }
      if (Date.now() >= deadline) {
        throw new EnvoyProcessError(
          `Envoy was not ready within ${timeoutMs / 1000} s`,
          this.#log,
        );
      }
      await Promise.race([delay(POLL_MS), this.#exited]);
    }
    const { listener_statuses: statuses = [] } = await this.#admin<{
      listener_statuses?: {
        name: string;
        local_address?: {
          socket_address?: { address: string; port_value: number };
        };
      }[];
    }>('/listeners?format=json');
    for (const { name, local_address: local } of statuses) {
      if (local?.socket_address) {
        const { address, port_value: port } = local.socket_address;
        this.#listeners.set(name, { host: address, port });
      }
    }
  }

  async #isReady(deadline: number): Promise<boolean> {
    if (!this.#adminUrl) {
      const address = await readFile(
        join(this.#folder.path, 'admin-address'),
        'utf8',
      ).catch(() => '');
      if (!/:\d+$/.test(address.trim())) {
        return false;
      }
      this.#adminUrl = `http://${address.trim()}`;
    }
    const remaining = Math.max(1, deadline - Date.now());
    const reply = await Promise.race([
      requestAdmin(this.#adminUrl, '/ready', remaining).catch(() => undefined),
      this.#exited.then(() => undefined),
    ]);
    return reply?.status === 200;
  }

  async #admin<T>(path: string): Promise<T> {
    try {
      const { body } = await requestAdmin(
        this.#adminUrl,
        path,
        this.#options.adminTimeoutMs ?? 5000,
      );
      return JSON.parse(body) as T;
    } catch {
      throw new EnvoyProcessError(
        this.#exit
          ? `Envoy ended ${describeExit(this.#exit)}`
          : `Envoy's admin interface does not answer`,
        this.#log,
      );
    }
  }
}

/**
 * For example "by SIGABRT" or "with exit code 1".
 *
 * @public
 */
export function describeExit(exit: EnvoyExit): string {
  if (exit.signal) {
    return `by ${exit.signal}`;
  }
  return exit.code === undefined
    ? 'without having started'
    : `with exit code ${exit.code}`;
}
