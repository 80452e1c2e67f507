import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CustomErrorBase } from '@backstage/errors';
import { isProgramMissing, runProgram } from '../process';

/**
 * A library that could not be built. The message is one sentence; `output` is what the
 * compiler said.
 *
 * @public
 */
export class BuildError extends CustomErrorBase {
  readonly output: string[];

  constructor(message: string, output: string[] = []) {
    super(message);
    this.output = output;
  }
}

/** @public */
export interface BuildLibraryOptions {
  /** The plugin's folder, with its go.mod and `cmd/envoy-module`. */
  directory: string;
  /** Where to put the library. */
  output: string;
  /** Keep what a debugger needs: no optimisation, no inlining, full paths. */
  debug?: boolean;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/**
 * Builds a plugin's shared library: `go build -buildmode=c-shared ./cmd/envoy-module`.
 *
 * @throws BuildError when Go or a C compiler is missing, or the plugin does not compile
 *
 * @public
 */
export async function buildLibrary(
  options: BuildLibraryOptions,
): Promise<void> {
  const { directory, output, debug, env = process.env, signal } = options;
  const main = await stat(join(directory, 'cmd', 'envoy-module')).catch(
    () => undefined,
  );
  if (!main?.isDirectory()) {
    throw new BuildError(
      `${directory} has no folder cmd/envoy-module with the library's main package`,
    );
  }
  let result;
  try {
    result = await runProgram(
      'go',
      [
        'build',
        ...(debug ? ['-gcflags=all=-N -l'] : ['-trimpath']),
        '-buildmode=c-shared',
        '-o',
        output,
        './cmd/envoy-module',
      ],
      {
        cwd: directory,
        env: {
          ...env,
          CGO_ENABLED: '1',
          // Whose the working copy is does not matter to a library that is thrown away.
          GOFLAGS: `${env.GOFLAGS ?? ''} -buildvcs=false`.trim(),
        },
        timeoutMs: 900_000,
        signal,
      },
    );
  } catch (error) {
    if (isProgramMissing(error)) {
      throw new BuildError(
        'There is no go on the PATH to build the library with; install Go 1.25 or later, or give a built one with --library',
      );
    }
    throw error;
  }
  if (result.code !== 0) {
    const lines = `${result.stdout}${result.stderr}`.trimEnd().split('\n');
    const compiler = /C compiler "([^"]+)" not found/.exec(result.stderr)?.[1];
    throw compiler
      ? new BuildError(
          `There is no C compiler '${compiler}', which Go needs to build a shared library; install gcc or clang`,
        )
      : new BuildError('The library does not compile', lines.slice(0, 40));
  }
}
