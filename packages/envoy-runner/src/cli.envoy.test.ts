import { spawn, type ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { runProgram, type RunProgramOptions } from './process';
import { useTemporaryDirectory } from './testing/programs';

jest.setTimeout(180_000);

const BIN = resolve(__dirname, '../bin/envoy-runner');
const PROBE = resolve(__dirname, '../fixtures/probe-filter');
const temporaryDirectory = useTemporaryDirectory();

const envoyRunner = (args: string[], options?: RunProgramOptions) =>
  runProgram(process.execPath, [BIN, ...args], options);

describe('envoy-runner prove', () => {
  it('works from any folder and ends with 0 when all passed', async () => {
    const result = await envoyRunner(['prove', PROBE, '--envoy', '1.40'], {
      cwd: await temporaryDirectory(),
    });
    expect(result.stdout).toMatch(/probe-filter +passed 10\/10/);
    expect(result.stdout).toContain('1 passed, 0 failed, 0 could not run');
    expect(result.stderr).toContain('Built probe-filter in');
    expect(result.code).toBe(0);
  });

  it('prints nothing but JSON when asked for it, and tells by its exit code what could not run', async () => {
    const result = await envoyRunner([
      'prove',
      PROBE,
      '--envoy',
      './no/envoy',
      '--json',
    ]);
    expect(JSON.parse(result.stdout)).toMatchObject({
      outcome: 'could-not-run',
      results: [{ plugin: { name: 'probe-filter' } }],
    });
    expect(result.code).toBe(2);
  });

  it('refuses one library for several plugins', async () => {
    const result = await envoyRunner([
      'prove',
      PROBE,
      PROBE,
      '--library',
      'x.so',
    ]);
    expect(result.stderr).toContain('--library is the library of one plugin');
    expect(result.code).toBe(2);
  });
});

describe('envoy-runner get', () => {
  it('prints the path, and where it came from', async () => {
    const result = await envoyRunner(['get', '1.40.0']);
    expect(result.code).toBe(0);
    expect(result.stdout.trim()).toMatch(/\/envoy\/1\.40\.0\/envoy$/);
    expect(result.stderr).toMatch(
      /Envoy 1\.40\.0, (cached, )?from the (wheel|image), sha256 [0-9a-f]{64}/,
    );
  });
});

describe('envoy-runner run', () => {
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach(child => child.kill('SIGKILL')));

  async function run(args: string[] = []) {
    const temporary = await temporaryDirectory();
    const child = spawn(
      process.execPath,
      [BIN, 'run', PROBE, '--envoy', '1.40.0', ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, TMPDIR: temporary },
      },
    );
    children.push(child);
    let output = '';
    const ended = new Promise<number | null>(done => child.on('close', done));
    await new Promise<void>((ready, fail) => {
      const take = (chunk: Buffer) => {
        output += chunk;
        if (output.includes('Ctrl-C stops it.')) {
          ready();
        }
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      ended.then(() => fail(new Error(output)));
    });
    return {
      child,
      ended,
      output,
      temporary,
      envoyPid: Number(/process (\d+)/.exec(output)?.[1]),
      port: Number(/answers on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]),
    };
  }

  it('prints a curl that works, and stops Envoy when it is interrupted', async () => {
    const { child, ended, output, envoyPid } = await run();
    const curl = output.split('\n').find(line => line.startsWith('  curl'));
    const { stdout } = await runProgram('sh', ['-c', curl ?? 'false']);
    expect(stdout).toContain('x-probed: response');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(await isRunning(envoyPid)).toBe(false);
  });

  it('takes Envoy and all files along when it is killed', async () => {
    const { child, ended, envoyPid, temporary } = await run([
      '--debug',
      '--print-config',
    ]);
    const left = async () => ({
      envoy: await isRunning(envoyPid),
      folders: (await readdir(temporary)).filter(name =>
        name.startsWith('envoy-runner-'),
      ).length,
    });
    expect(await left()).toEqual({ envoy: true, folders: 3 });
    child.kill('SIGKILL');
    await ended;
    const nothing = { envoy: false, folders: 0 };
    const deadline = Date.now() + 10_000;
    while (!isDeepStrictEqual(await left(), nothing) && Date.now() < deadline) {
      await delay(10);
    }
    expect(await left()).toEqual(nothing);
  });

  it('says that a port is in use', async () => {
    const { port } = await run();
    const second = await envoyRunner(['run', PROBE, '--port', String(port)]);
    expect(second.stderr).toContain(
      `Port ${port} is in use; choose another with --port, or leave it out for a free one`,
    );
    expect(second.code).toBe(2);
  });

  it('ends when Envoy does', async () => {
    const { ended, port, child } = await run();
    let errors = '';
    child.stderr.on('data', chunk => {
      errors += chunk;
    });
    await runProgram('curl', [
      '-s',
      '-H',
      'x-probe: panic',
      `http://127.0.0.1:${port}/`,
    ]);
    expect(await ended).toBe(1);
    expect(errors).toContain('Envoy ended by SIGABRT');
  });
});

/** Whether a process runs; one that is only not yet reaped does not. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(join('/proc', String(pid), 'stat'), 'utf8').catch(
    () => '',
  );
  return stat !== '' && !/^\d+ \(.*\) Z/.test(stat);
}
