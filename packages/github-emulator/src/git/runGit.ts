import { ServiceUnavailableError } from '@backstage/errors';
import { spawn, ChildProcessWithoutNullStreams } from 'node:child_process';

/** A git command that ended with a code other than 0. */
export class GitCommandError extends Error {
  readonly code: number;
  readonly stderr: string;

  constructor(args: string[], code: number, stderr: string) {
    super(`git ${args[0]} ended with code ${code}: ${stderr.trim()}`);
    this.name = 'GitCommandError';
    this.code = code;
    this.stderr = stderr;
  }
}

/** How a git command is run. */
export interface GitOptions {
  /** The bare repository it works on. */
  repository?: string;
  /** What it reads from standard input. */
  input?: Buffer | string;
  /** Further environment variables. */
  environment?: Record<string, string>;
}

/**
 * The environment of every git here: none of the configuration of the user or of the machine.
 *
 * @param extra - further variables
 * @param configuration - settings of git for this one process
 */
export function gitEnvironment(
  extra: Record<string, string> = {},
  configuration: Record<string, string> = {},
): NodeJS.ProcessEnv {
  const settings = Object.entries({
    // The state folder may belong to another user than the one that runs the emulator.
    'safe.directory': '*',
    ...configuration,
  });
  return {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    TZ: 'UTC',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], at) => [
        [`GIT_CONFIG_KEY_${at}`, key],
        [`GIT_CONFIG_VALUE_${at}`, value],
      ]),
    ),
    ...extra,
  };
}

/** Starts git, never through a shell. */
export function spawnGit(
  args: string[],
  options: GitOptions = {},
): ChildProcessWithoutNullStreams {
  return spawn(
    'git',
    options.repository ? ['--git-dir', options.repository, ...args] : args,
    { env: gitEnvironment(options.environment), stdio: 'pipe' },
  );
}

/**
 * Runs git and returns what it printed.
 *
 * @throws GitCommandError when it ends with a code other than 0
 * @throws ServiceUnavailableError when git cannot be started
 */
export async function runGit(
  args: string[],
  options: GitOptions = {},
): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const child = spawnGit(args, options);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', chunk => stdout.push(chunk));
    child.stderr.on('data', chunk => stderr.push(chunk));
    child.on('error', error =>
      reject(
        new ServiceUnavailableError(
          `git could not be started (${error.message}); install git 2.38 or newer`,
        ),
      ),
    );
    child.on('close', code => {
      if (code === 0) {
        resolve(Buffer.concat(stdout));
      } else {
        reject(
          new GitCommandError(
            args,
            code ?? -1,
            Buffer.concat(stderr).toString(),
          ),
        );
      }
    });
    // A git that ends early does not read all of its input; its code says why.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
  });
}
