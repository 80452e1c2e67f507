import { execFile } from 'node:child_process';

/**
 * Runs a program to its end.
 *
 * @throws Error with all that it said, when it fails
 */
export async function runProgram(
  program: string,
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { ...options, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error) {
          reject(new Error([error.message, stdout, stderr].join('\n')));
        } else {
          resolve({ stdout, stderr });
        }
      },
    );
  });
}
