import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CheckContext, CheckResult } from './Check.ts';
import { runCommand } from './command.ts';

/** How long a test or hook may take where it does not say: machines may be busy. */
const TEST_TIMEOUT_MS = 60_000;

/**
 * Runs jest over the workspace and counts tests; a suite that could not run counts as one
 * failure.
 */
export async function runJest(
  { root, workDir, env }: CheckContext,
  name: string,
  args: string[],
): Promise<CheckResult> {
  const file = path.join(workDir, `jest-${name}.json`);
  const { code, output } = await runCommand(
    'backstage-cli',
    [
      'repo',
      'test',
      '--json',
      '--outputFile',
      file,
      '--testTimeout',
      String(TEST_TIMEOUT_MS),
      ...args,
    ],
    { cwd: root, env },
  );
  if (!existsSync(file)) return { passed: 0, failed: 1, output };
  const report: {
    numPassedTests: number;
    numFailedTests: number;
    numRuntimeErrorTestSuites: number;
    testResults: { status: string; message: string }[];
  } = JSON.parse(readFileSync(file, 'utf8'));
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    // jest can fail without a failed test, through an open handle for example.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    output:
      failed > 0
        ? report.testResults
            .filter(({ status }) => status === 'failed')
            .map(({ message }) => message)
            .join('\n')
        : output,
  };
}
