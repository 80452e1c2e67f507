import { ChildProcess } from 'node:child_process';

/** The first line a process prints. */
export async function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
      const end = text.indexOf('\n');
      if (end >= 0) {
        resolve(text.slice(0, end));
      }
    });
    child.once('exit', code =>
      reject(new Error(`A process ended before it printed a line (${code})`)),
    );
  });
}

/** Ends a process and waits until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}
