import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { ProofRun, ResolvedEnvoy } from '@envoy-go/envoy-runner';
import {
  DEFAULT_STEP_LIMITS,
  Sandbox,
  superviseStep,
  type StepLimits,
} from '../isolation';
import { envoyWrapper } from './envoyWrapper';
import type { ProofRequest } from './ProofRequest';

/** What {@link proveRelease} is told. */
export interface ProveReleaseOptions {
  /** Empty folder for the proof's own use. */
  directory: string;
  /** The plugin's folder. */
  source: string;
  /** The library on the machine. */
  library: string;
  envoy: ResolvedEnvoy;
  limits?: Partial<StepLimits>;
  onLine: (line: string) => void;
  signal?: AbortSignal;
}

const ENVOY = '/envoy/envoy';
const SCRATCH = { bytes: 256 * 1024 * 1024, files: 10_000 };

/**
 * Proves a library in one Envoy. Envoy, with the plugin in it, runs in a sandbox of its
 * own; who sends the requests and judges the answers does not, but for its network.
 */
export async function proveRelease(
  options: ProveReleaseOptions,
): Promise<ProofRun> {
  const { directory, envoy, signal } = options;
  const limits = { ...DEFAULT_STEP_LIMITS, ...options.limits };
  await mkdir(directory, { recursive: true });
  const sandbox = await Sandbox.create({
    directory,
    mounts: [{ source: envoy.executable, target: ENVOY }],
    scratch: SCRATCH,
  });
  try {
    const shared = '/scratch/proof';
    const library = `${shared}/plugin.so`;
    // Nothing of the plugin has run in this sandbox yet: there is no link to follow.
    await copyFile(options.library, `${sandbox.outerRoot}${library}`);
    await chmod(`${sandbox.outerRoot}${library}`, 0o755);
    const executable = join(directory, 'envoy');
    await writeFile(
      executable,
      envoyWrapper({
        outerRoot: sandbox.outerRoot,
        user: sandbox.user,
        directory,
        executable: ENVOY,
        enter: sandbox.enter(
          {
            program: 'env',
            args: [],
            cwd: '/scratch/work',
            // As envoy-runner has it: Envoy hands Go memory to C and back.
            env: { GODEBUG: 'cgocheck=0' },
          },
          limits,
          true,
        ),
      }),
    );
    await chmod(executable, 0o755);
    const request: ProofRequest = {
      directory: options.source,
      library,
      executable,
    };
    const output: Buffer[] = [];
    const exit = await superviseStep(
      [
        ...sandbox.enterNetwork(),
        process.execPath,
        proverProgram(),
        'prove-inside',
        JSON.stringify(request),
      ],
      {
        onLine: options.onLine,
        onOutput: chunk => output.push(chunk),
        outerEnv: {
          PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(
            delimiter,
          ),
          // The prover is ours; what it starts gets none of this. In a user namespace
          // our home folder is not known to be ours.
          HOME:
            sandbox.user === undefined
              ? `${sandbox.outerRoot}${shared}`
              : homedir(),
          TMPDIR: `${sandbox.outerRoot}${shared}`,
          ...(sandbox.user === undefined && compilerCache(directory)),
        },
        signal,
      },
      limits,
    );
    if (exit.killed !== undefined) {
      return run('failed', `The proof was stopped: ${exit.killed}`);
    }
    return readRun(Buffer.concat(output).toString('utf8'), exit.code);
  } finally {
    await sandbox.close();
  }
}

/**
 * Where SWC, which compiles the prover when it runs from its sources, unpacks itself. By
 * itself it refuses every folder, for in a user namespace `/` belongs to nobody it knows;
 * this one is as safe as the program beside it that stands in for Envoy.
 */
function compilerCache(directory: string): Record<string, string> {
  return {
    SWC_NATIVE_BINDING_CACHE: join(directory, 'compiler'),
    SWC_NATIVE_BINDING_CACHE_SKIP_SECURITY_CHECK: '1',
  };
}

function proverProgram(): string {
  return join(
    dirname(require.resolve('@envoy-go/build-runner/package.json')),
    'bin/build-runner',
  );
}

function readRun(text: string, code: number): ProofRun {
  try {
    return JSON.parse(text) as ProofRun;
  } catch {
    return run('could-not-run', `The prover ended with code ${code}`);
  }
}

function run(outcome: ProofRun['outcome'], reason: string): ProofRun {
  return { outcome, reason, warnings: [], cases: [], durationMs: 0 };
}
