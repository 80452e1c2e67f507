import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startProcess } from './processes.ts';

// A program with a child of its own, which prints its process id and stays.
const WITH_CHILD = 'sleep 60 & echo "child $!"; wait';

function start(t: TestContext, command: string, args: string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'envoy-go-scripts-'));
  const lines: string[] = [];
  const logFile = path.join(folder, 'logs', 'program.log');
  const running = startProcess({
    name: 'program',
    command,
    args,
    cwd: folder,
    env: process.env,
    logFile,
    onLine: line => lines.push(line),
  });
  t.after(async () => {
    await running.stop();
    rmSync(folder, { recursive: true });
  });
  return { running, lines, logFile };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `${what}, but not within 10 s`);
    await pause(10);
  }
}

/** Whether a process runs; one that is only not yet reaped does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const childOf = (output: string) => Number(/^child (\d+)$/m.exec(output)?.[1]);

test('keeps what a program printed last, and how it ended', async t => {
  const { running, lines, logFile } = start(t, 'sh', [
    '-c',
    'seq 1 50; printf unfinished >&2; exit 3',
  ]);
  assert.deepEqual(await running.ended, { code: 3, signal: null });
  assert.equal(lines.length, 50);
  assert.match(readFileSync(logFile, 'utf8'), /^1\n2\n/);
  assert.deepEqual(running.lastLines().slice(0, 2), ['11', '12']);
  assert.equal(running.lastLines().at(-1), 'unfinished');
});

test('says that there is no such program', async t => {
  const { running } = start(t, '/no/such/program', []);
  assert.equal((await running.ended).code, 127);
  assert.match(running.lastLines().join(), /ENOENT/);
});

test('stops a program and what that has started', async t => {
  const { running, lines } = start(t, 'sh', ['-c', WITH_CHILD]);
  await until('the child starts', () => lines.length > 0);
  const child = childOf(lines[0]);
  assert.ok(isRunning(child));
  await running.stop();
  await until('the child ends', () => !isRunning(child));
});

test('takes all of it along when it is killed itself', async t => {
  const module = JSON.stringify(path.join(import.meta.dirname, 'processes.ts'));
  const folder = mkdtempSync(path.join(tmpdir(), 'envoy-go-scripts-'));
  const logFile = path.join(folder, 'program.log');
  const parent = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { startProcess } from ${module};
       startProcess({
         name: 'program', command: 'sh', args: ['-c', ${JSON.stringify(
           WITH_CHILD,
         )}],
         cwd: '/', env: process.env, logFile: ${JSON.stringify(logFile)},
         onLine: line => console.log(line),
       });`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => {
    parent.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const [printed] = await once(parent.stdout, 'data');
  const child = childOf(String(printed));
  assert.ok(isRunning(child));
  parent.kill('SIGKILL');
  await until('the child ends', () => !isRunning(child));
});
