import { spawn } from 'node:child_process';
import { endWithUs } from '../portal/endWithUs.ts';
import type { CheckResult } from './Check.ts';

export interface CommandResult {
  code: number;
  stdout: string;
  /** Standard output and error in the order in which they came. */
  output: string;
}

const alive = new Set<number>();
process.on('exit', () => {
  for (const pid of alive) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
});

/** Runs a program to its end and gathers what it prints. */
export async function runCommand(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid !== undefined) alive.add(child.pid);
    const release = child.pid === undefined ? () => {} : endWithUs(child.pid);
    let stdout = '';
    let output = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', chunk => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', code => {
      if (child.pid !== undefined) alive.delete(child.pid);
      release();
      resolve({ code: code ?? 1, stdout, output });
    });
  });
}

/** A program that passes or fails as a whole. */
export async function commandCheck(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<CheckResult> {
  const { code, output } = await runCommand(command, args, options);
  return code === 0
    ? { passed: 1, failed: 0, output }
    : { passed: 0, failed: 1, output };
}

/** The sum of several results. */
export function addResults(results: CheckResult[]): CheckResult {
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    output: results
      .filter(({ failed }) => failed > 0)
      .map(({ output }) => output)
      .join('\n'),
  };
}
