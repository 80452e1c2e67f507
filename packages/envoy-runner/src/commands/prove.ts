import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { InputError } from '@backstage/errors';
import { formatReport, proveDirectories } from '../proof';

export interface ProveCommandOptions {
  envoy?: string[];
  library?: string;
  source: 'wheel' | 'image' | 'any';
  parallel: number;
  timeout: number;
  startTimeout: number;
  json?: boolean;
  pause?: boolean;
  verbose?: boolean;
}

/** For somebody with a debugger. */
const LONG_MS = 24 * 3600_000;

/** `envoy-runner prove`: resolves with the exit code. */
export async function prove(
  directories: string[],
  options: ProveCommandOptions,
  signal: AbortSignal,
): Promise<number> {
  if (options.library && directories.length > 1) {
    throw new InputError(
      `--library is the library of one plugin, but ${directories.length} folders are given; prove them one by one`,
    );
  }
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const report = await proveDirectories({
    directories,
    envoys: options.envoy,
    library: options.library,
    source: options.source,
    parallel: options.pause ? 1 : options.parallel,
    requestTimeoutMs: options.pause ? LONG_MS : options.timeout * 1000,
    readyTimeoutMs: options.startTimeout * 1000,
    proofTimeoutMs: options.pause ? LONG_MS : undefined,
    signal,
    onProgress: say,
    onLogLine: options.verbose ? say : undefined,
    onReady: options.pause
      ? async (envoy, plugin, resolved) => {
          const terminal = createInterface({
            input: process.stdin,
            output: process.stderr,
          });
          const question = `${plugin.name} runs in Envoy ${resolved.version}, process ${envoy.pid} (dlv attach ${envoy.pid}). Press Enter to send the cases.`;
          // Where nobody can press Enter, the input ends.
          await Promise.race([
            terminal.question(question, { signal }),
            once(terminal, 'close'),
          ]);
          terminal.close();
        }
      : undefined,
  });
  process.stdout.write(
    options.json
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : `${formatReport(report)}\n`,
  );
  return { passed: 0, failed: 1, 'could-not-run': 2 }[report.outcome];
}
