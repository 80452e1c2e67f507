import { chmod, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError, isError } from '@backstage/errors';
import {
  describeSandboxExit,
  type Sandbox,
  type SandboxMount,
  type StepLimits,
} from '../isolation';
import { readFindings } from './readFindings';
import type { VulnerabilityReport } from './VulnerabilityReport';

const PROGRAM = '/scan/govulncheck';
const LIBRARY = '/scan/library.so';
const SYMBOLS = '/scan/symbols.json';
const DATABASE = '/scan/database';
const SYMBOLS_BYTES = 256 * 1024 * 1024;

/**
 * Asks govulncheck about a library. First its symbols are read, by a program without a
 * network; then those alone are compared with the database, by one that has a network
 * where the database is on it. No code of the plugin runs in either.
 *
 * @throws Error when it could not be asked: one sentence
 */
export async function scanLibrary(options: {
  /** Path of govulncheck. */
  program: string;
  library: string;
  /** `https://…` or `file:///…`; see https://go.dev/doc/security/vuln/database */
  database: string;
  /** Empty folder for the scan's own use. */
  directory: string;
  createSandbox: (options: {
    name: string;
    mounts: SandboxMount[];
    network: boolean;
  }) => Promise<Sandbox>;
  /** How a database on the network is reached. */
  network: { env: Record<string, string>; mounts: SandboxMount[] };
  limits?: Partial<StepLimits>;
  onLine: (line: string) => void;
  signal?: AbortSignal;
}): Promise<Omit<VulnerabilityReport, 'reason'>> {
  const { database, library, network } = options;
  const folder = await databaseFolder(database);
  const tool = { source: options.program, target: PROGRAM };
  // Those who scan it are other users
  await chmod(library, 0o644);
  const extracting = await options.createSandbox({
    name: 'symbols',
    mounts: [tool, { source: library, target: LIBRARY }],
    network: false,
  });
  const symbols = await runScan(
    extracting,
    ['-mode=extract', LIBRARY],
    {},
    options,
  );
  const file = join(options.directory, 'symbols.json');
  await writeFile(file, symbols);
  await chmod(file, 0o644);
  const comparing = await options.createSandbox({
    name: 'compare',
    mounts: [
      tool,
      { source: file, target: SYMBOLS },
      ...(folder === undefined
        ? network.mounts
        : [{ source: folder, target: DATABASE }]),
    ],
    network: folder === undefined,
  });
  const printed = await askDatabase(
    database,
    comparing,
    [
      '-mode=binary',
      '-format=json',
      `-db=${folder === undefined ? database : `file://${DATABASE}`}`,
      SYMBOLS,
    ],
    folder === undefined ? network.env : {},
    options,
  );
  return readFindings(printed.toString('utf8'));
}

async function askDatabase(
  database: string,
  ...scan: Parameters<typeof runScan>
): Promise<Buffer> {
  try {
    return await runScan(...scan);
  } catch (error) {
    // Of one that is not reached, govulncheck says that its format is unknown
    throw isError(error) && /unrecognized vulndb format/.test(error.message)
      ? new Error(
          `At ${withoutSecrets(
            database,
          )} no database of vulnerabilities answers, or it is none`,
        )
      : error;
  }
}

/** The address without the user and password that may be in it. */
function withoutSecrets(address: string): string {
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}

async function runScan(
  sandbox: Sandbox,
  args: string[],
  env: Record<string, string>,
  options: {
    limits?: Partial<StepLimits>;
    onLine: (line: string) => void;
    signal?: AbortSignal;
  },
): Promise<Buffer> {
  const output: Buffer[] = [];
  const said: string[] = [];
  try {
    const exit = await sandbox.run({
      program: PROGRAM,
      args,
      env: { ...env, GOTELEMETRY: 'off' },
      limits: { ...options.limits, outputBytes: SYMBOLS_BYTES },
      onOutput: chunk => output.push(chunk),
      onLine: line => {
        said.push(line);
        options.onLine(line);
      },
      signal: options.signal,
    });
    if (exit.killed !== undefined || exit.code !== 0) {
      throw new Error(
        said.filter(line => line.trim()).at(-1) ??
          `govulncheck ended with ${exit.killed ?? describeSandboxExit(exit)}`,
      );
    }
    return Buffer.concat(output);
  } finally {
    await sandbox.close();
  }
}

/** The folder of a database that is not on the network. */
async function databaseFolder(database: string): Promise<string | undefined> {
  const url = URL.canParse(database) ? new URL(database) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') {
    return undefined;
  }
  if (url?.protocol !== 'file:') {
    throw new InputError(
      `GOVULNDB is "${database}"; it must be an address that begins with https://, http:// or file://`,
    );
  }
  const path = fileURLToPath(url);
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) {
    throw new InputError(
      `There is no database of vulnerabilities at ${path}, where GOVULNDB says`,
    );
  }
  return path;
}
