import { hostname } from 'node:os';
import { describeIsolation, SandboxUnavailableError } from '../isolation';
import { availablePlatforms } from '../release';
import type { DescribeResult } from '../rpc';
import { findToolchains } from '../toolchain';

/**
 * Tries out what a runner on this machine can.
 *
 * @throws SandboxUnavailableError when this machine does not let builds be isolated
 * @throws ToolchainUnavailableError when there is no Go
 */
export async function describeRunner(options: {
  version: string;
  concurrency: number;
  toolchains?: readonly string[];
  env: NodeJS.ProcessEnv;
}): Promise<DescribeResult> {
  const { available, measures } = await describeIsolation();
  if (!available) {
    throw new SandboxUnavailableError(
      `This machine cannot keep builds apart, so it builds none: ${measures[0].detail}`,
    );
  }
  const toolchains = await findToolchains(options.toolchains, options.env);
  return {
    version: options.version,
    hostname: hostname(),
    platforms: await availablePlatforms(options.env),
    go: toolchains.map(({ version }) => version),
    isolation: measures.map(measure => ({ ...measure })),
    concurrency: options.concurrency,
  };
}
