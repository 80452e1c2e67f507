import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { valid } from 'semver';
import { isError, NotFoundError } from '@backstage/errors';
import {
  KNOWN_ENVOYS,
  resolveEnvoy,
  selectEnvoyVersions,
  type ResolvedEnvoy,
  type ResolveEnvoyOptions,
} from '../envoy';
import { BuildError, buildLibrary } from '../library';
import { readPlugin, type PluginDescription } from '../plugin';
import { makeTemporaryFolder, type EnvoyProcess } from '../process';
import type { EnvoyProof } from './EnvoyProof';
import { limitTo } from './limitTo';
import {
  combineOutcomes,
  type ProofReport,
  type ProofResult,
  type ProofRun,
} from './ProofReport';
import { readProof } from './readProof';
import { runProof } from './runProof';

/** @public */
export interface ProveDirectoriesOptions {
  /** Folders of plugins. */
  directories: string[];
  /**
   * Versions or paths of Envoys. When empty, the lowest and the highest known version
   * that the plugin's `spec.envoy` admits.
   */
  envoys?: string[];
  /** A built library to use instead of building one; for a single folder. */
  library?: string;
  /** Where Envoys come from. */
  source?: ResolveEnvoyOptions['source'];
  /** How many builds and proofs go on at once; 2 by default. */
  parallel?: number;
  requestTimeoutMs?: number;
  readyTimeoutMs?: number;
  proofTimeoutMs?: number;
  env?: NodeJS.ProcessEnv;
  /** Gets lines for people about what is going on. */
  onProgress?: (line: string) => void;
  /** Called for each Envoy when it is ready, before the first case. */
  onReady?: (
    envoy: EnvoyProcess,
    plugin: PluginDescription,
    resolved: ResolvedEnvoy,
  ) => Promise<void>;
  /** Gets every line of the Envoys' logs. */
  onLogLine?: (line: string) => void;
  signal?: AbortSignal;
}

interface PreparedPlugin {
  description: PluginDescription;
  proof: EnvoyProof;
  library: string;
}

type Prepared<T> = { value: T } | { problem: string; output?: string[] };

/**
 * Builds plugins and proves each in each Envoy.
 *
 * What is wrong with one plugin or one Envoy is a result of its own and stops no other.
 *
 * @throws the signal's reason when it is aborted
 *
 * @public
 */
export async function proveDirectories(
  options: ProveDirectoriesOptions,
): Promise<ProofReport> {
  const startedAt = performance.now();
  const temporary = await makeTemporaryFolder('libraries');
  try {
    const limit = limitTo(options.parallel ?? 2);
    const envoys = new Map<string, Promise<Prepared<ResolvedEnvoy>>>();
    const getEnvoy = (requested: string) => {
      const known = envoys.get(requested) ?? prepareEnvoy(requested, options);
      envoys.set(requested, known);
      return known;
    };
    const results = await Promise.all(
      options.directories.map(async (directory, index) => {
        const plugin = await limit(() =>
          preparePlugin(
            directory,
            join(temporary.path, `${index}.so`),
            options,
          ),
        );
        const requested = await chooseEnvoys(directory, options.envoys ?? []);
        return Promise.all(
          requested.map(async envoy => {
            const resolved = await getEnvoy(envoy);
            return limit(() =>
              prove(directory, plugin, envoy, resolved, options),
            );
          }),
        );
      }),
    );
    const flat = results.flat();
    return {
      outcome: combineOutcomes(flat.map(({ outcome }) => outcome)),
      results: flat,
      durationMs: Math.round(performance.now() - startedAt),
    };
  } finally {
    await temporary.remove();
  }
}

async function chooseEnvoys(
  directory: string,
  given: string[],
): Promise<string[]> {
  if (given.length > 0) {
    return [...new Set(given)];
  }
  const range = await readPlugin(directory).then(
    ({ envoy }) => envoy,
    () => '*',
  );
  const chosen = selectEnvoyVersions(range);
  // A range that admits no known version gets one result, which says so.
  return chosen.length > 0 ? chosen : [range];
}

async function preparePlugin(
  directory: string,
  output: string,
  options: ProveDirectoriesOptions,
): Promise<Prepared<PreparedPlugin>> {
  try {
    const description = await readPlugin(directory);
    const proof = await readProof(description.proofPath);
    if (options.library) {
      const library = resolve(options.library);
      if (!(await stat(library).catch(() => undefined))?.isFile()) {
        throw new NotFoundError(`There is no library at ${library}`);
      }
      return { value: { description, proof, library } };
    }
    const startedAt = performance.now();
    await buildLibrary({
      directory: description.directory,
      output,
      env: options.env,
      signal: options.signal,
    });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    options.onProgress?.(`Built ${description.name} in ${seconds} s`);
    return { value: { description, proof, library: output } };
  } catch (error) {
    options.signal?.throwIfAborted();
    return {
      problem: messageOf(error),
      output: error instanceof BuildError ? error.output : undefined,
    };
  }
}

async function prepareEnvoy(
  requested: string,
  options: ProveDirectoriesOptions,
): Promise<Prepared<ResolvedEnvoy>> {
  if (!options.envoys?.length && !valid(requested)) {
    return {
      problem: `spec.envoy is '${requested}', which admits no Envoy that is known here (${KNOWN_ENVOYS.map(
        ({ version }) => version,
      ).join(', ')}); say which to use with --envoy`,
    };
  }
  try {
    const envoy = await resolveEnvoy(requested, {
      source: options.source,
      env: options.env,
      signal: options.signal,
      onDownload: (version, source) =>
        options.onProgress?.(`Downloading Envoy ${version} (${source})`),
    });
    options.onProgress?.(describeEnvoy(envoy));
    return { value: envoy };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { problem: messageOf(error) };
  }
}

async function prove(
  directory: string,
  plugin: Prepared<PreparedPlugin>,
  requested: string,
  envoy: Prepared<ResolvedEnvoy>,
  options: ProveDirectoriesOptions,
): Promise<ProofResult> {
  const run = await proveOrSayWhyNot(plugin, envoy, options);
  const found = 'value' in envoy ? envoy.value : undefined;
  return {
    plugin:
      'value' in plugin
        ? {
            name: plugin.value.description.name,
            directory: plugin.value.description.directory,
          }
        : {
            name: basename(resolve(directory)),
            directory: resolve(directory),
          },
    envoy: {
      requested,
      ...(found && {
        version: found.version,
        executable: found.executable,
        source: found.source,
        sha256: found.sha256,
      }),
    },
    ...run,
  };
}

async function proveOrSayWhyNot(
  plugin: Prepared<PreparedPlugin>,
  envoy: Prepared<ResolvedEnvoy>,
  options: ProveDirectoriesOptions,
): Promise<ProofRun> {
  const couldNotRun = (reason: string, logTail?: string[]): ProofRun => ({
    outcome: 'could-not-run',
    reason,
    ...(logTail?.length ? { logTail } : {}),
    warnings: [],
    cases: [],
    durationMs: 0,
  });
  if ('problem' in plugin) {
    return couldNotRun(plugin.problem, plugin.output);
  }
  if ('problem' in envoy) {
    return couldNotRun(envoy.problem);
  }
  const { description, proof, library } = plugin.value;
  try {
    return await runProof({
      proof,
      library,
      filterName: description.filterName,
      executable: envoy.value.executable,
      requestTimeoutMs: options.requestTimeoutMs,
      readyTimeoutMs: options.readyTimeoutMs,
      proofTimeoutMs: options.proofTimeoutMs,
      onLogLine: options.onLogLine,
      onReady: async process =>
        options.onReady?.(process, description, envoy.value),
      signal: options.signal,
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    return couldNotRun(messageOf(error));
  }
}

/**
 * Which Envoy is used, in one line.
 *
 * @public
 */
export function describeEnvoy(envoy: ResolvedEnvoy): string {
  const origin = envoy.cached
    ? `cached, from the ${envoy.source}`
    : `from the ${envoy.source}`;
  return `Envoy ${envoy.version}: ${envoy.executable} (${origin}, sha256 ${envoy.sha256})`;
}

function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}
