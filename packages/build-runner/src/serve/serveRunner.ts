import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CoreClosingError,
  DuplicatePluginError,
  type MountOptions,
  type Plugin,
} from '@envoy-go/plugin-rpc';
import { createBuildRunnerPlugin, type DescribeResult } from '../rpc';
import { RunnerBuilds } from './RunnerBuilds';
import { WorkFolder } from './WorkFolder';

/** @public */
export interface ServeRunnerOptions {
  /** Unique among the runners of a backend. */
  name: string;
  description: DescribeResult;
  mount: Omit<MountOptions, 'signal'>;
  /** Folder that runners on this machine share. */
  workDirectory: string;
  toolchains?: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Milliseconds that builds may still take when it is to end. */
  graceMs: number;
  /** Told what happens, a line each. */
  onLine: (line: string) => void;
  /** Ends it: what runs is finished within the grace, or stopped. */
  signal: AbortSignal;
}

/** So long another one of that name may still be there: the one that we were before. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 1_000;

/**
 * A runner that is mounted on a backend and builds for it, until the signal is aborted.
 * When the backend goes, it comes back to it.
 *
 * @throws PluginRpcError when the backend does not take it
 *
 * @public
 */
export async function serveRunner(options: ServeRunnerOptions): Promise<void> {
  const { description, onLine, signal } = options;
  const work = await WorkFolder.open(options.workDirectory);
  const stopped = new AbortController();
  const builds = new RunnerBuilds({
    description,
    workDirectory: work.path,
    toolchains: options.toolchains,
    env: options.env,
    signal: stopped.signal,
  });
  const plugin = createBuildRunnerPlugin(builds, {
    name: options.name,
    // What was cancelled may still be on its way out when the next one comes
    concurrency: 2 * description.concurrency + 8,
    labels: { hostname: description.hostname },
  });
  try {
    let last = '';
    plugin.on('state', ({ state, reason }) => {
      const line = `${state}: ${reason}`;
      // The same of every attempt is said once
      if (line !== last) {
        onLine(line);
      }
      last = line;
    });
    const sentAway = new Promise<never>((_, reject) => {
      plugin.on('state', ({ state, reason }) => {
        if (state === 'shut down' && plugin.isRemoved) {
          reject(new Error(`The backend sent this runner away: ${reason}`));
        }
      });
    });
    sentAway.catch(() => {});
    await mount(plugin, { ...options.mount, signal });
    await Promise.race([
      sentAway,
      signal.aborted ? undefined : once(signal, 'abort'),
    ]);
    await plugin.unmount('it was told to end', { grace: options.graceMs });
  } finally {
    stopped.abort(new Error('The runner ends'));
    await builds.idle();
    await work.close();
  }
}

async function mount(plugin: Plugin, options: MountOptions): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await plugin.mount(options);
      return;
    } catch (error) {
      if (options.signal?.aborted) {
        return;
      }
      const mayPass =
        error instanceof CoreClosingError ||
        (error instanceof DuplicatePluginError && Date.now() < until);
      if (!mayPass) {
        throw error;
      }
      await sleep(AGAIN_MS, undefined, { signal: options.signal }).catch(
        () => undefined,
      );
    }
  }
}
