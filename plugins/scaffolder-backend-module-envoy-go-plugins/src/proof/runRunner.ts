import { isError } from '@backstage/errors';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ProofReport } from '@envoy-go/envoy-runner';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * What the compiler and Envoy may know of the backend's environment: where programs and caches
 * are, and nothing secret, for the plugin's code runs with it.
 */
const PASSED_ON =
  /^(PATH|HOME|TMPDIR|LANG|LC_.*|CC|CXX|GO[A-Z0-9]*|CGO_.*|XDG_CACHE_HOME|ENVOY_GO_CACHE|ENVOY_RUNNER_.*|PIP_INDEX_URL|HTTPS?_PROXY|https?_proxy|NO_PROXY|no_proxy|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS)$/;

/** How to start envoy-runner, without the arguments of the proof. */
export interface RunnerCommand {
  program: string;
  args: string[];
}

/**
 * Proves a plugin with envoy-runner in a process of its own: neither the plugin's code nor its
 * build may run in the backend.
 *
 * @throws Error when envoy-runner ends without a report, or does not end in time
 */
export async function runRunner(options: {
  command: RunnerCommand;
  directory: string;
  /** Versions of Envoy; when empty, envoy-runner chooses. */
  envoys: string[];
  logger: LoggerService;
  env: NodeJS.ProcessEnv;
  /** After which a proof counts as hanging, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal;
}): Promise<ProofReport> {
  const { command, directory, envoys, logger, env, timeoutMs, signal } =
    options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const child = spawn(
    command.program,
    [
      ...command.args,
      'prove',
      directory,
      '--json',
      ...envoys.flatMap(envoy => ['--envoy', envoy]),
    ],
    {
      cwd: directory,
      env: Object.fromEntries(
        Object.entries(env).filter(([name]) => PASSED_ON.test(name)),
      ),
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: AbortSignal.any([timeout, ...(signal ? [signal] : [])]),
    },
  );
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', line => {
    said.push(line);
    logger.info(line);
  });
  const output: Buffer[] = [];
  child.stdout.on('data', chunk => output.push(chunk));
  await new Promise<void>((resolve, reject) => {
    child.on('error', error =>
      reject(
        timeout.aborted && !signal?.aborted
          ? new Error(
              `The proof did not end within ${
                timeoutMs / 1000
              } s and was stopped; the log above shows how far it came. Run \`make prove\` in the repository to see where it hangs.`,
            )
          : error,
      ),
    );
    child.on('close', () => resolve());
  });
  try {
    return JSON.parse(Buffer.concat(output).toString('utf8'));
  } catch (error) {
    throw new Error(
      `envoy-runner ended without a report (${
        isError(error) ? error.message : error
      })${said.length > 0 ? `: ${said[said.length - 1]}` : ''}`,
    );
  }
}
