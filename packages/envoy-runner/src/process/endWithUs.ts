import { spawn } from 'node:child_process';

/**
 * Sees to it that a process does not outlive this one, however this one ends (SIGKILL
 * included).
 *
 * @returns a function to call when the process has ended by itself
 */
export function endWithUs(pid: number): () => void {
  return whenWeEnd('kill -KILL "$1" 2>/dev/null', String(pid));
}

/**
 * Sees to it that a folder does not outlive this process, however this one ends.
 *
 * @returns a function to call when the folder has been removed
 */
export function removeWithUs(directory: string): () => void {
  return whenWeEnd('rm -rf -- "$1"', directory);
}

/**
 * Has a shell hold the other end of a pipe of ours and run a command on `$1` when the pipe
 * closes without a word.
 */
function whenWeEnd(command: string, argument: string): () => void {
  const guard = spawn(
    '/bin/sh',
    ['-c', `read word || ${command}`, 'guard', argument],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true },
  );
  // A guard that cannot be started, or was killed, is no reason to fail.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  return () => guard.stdin.end('ended\n');
}
