import { spawn } from 'node:child_process';

/**
 * Sees to it that a process group does not outlive this process, however this one ends
 * (SIGKILL included): a shell holds the other end of a pipe of ours and kills the group
 * when the pipe closes without a word.
 *
 * @param groupId the process id of the group's first process
 * @returns a function to call when the group has ended by itself
 */
export function endWithUs(groupId: number): () => void {
  const guard = spawn(
    '/bin/sh',
    ['-c', 'read word || kill -KILL "-$1" 2>/dev/null', 'guard', `${groupId}`],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true },
  );
  // A guard that cannot be started, or was killed, is no reason to fail.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  return () => guard.stdin.end('ended\n');
}
