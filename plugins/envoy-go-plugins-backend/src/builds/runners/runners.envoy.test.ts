import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildStep } from '@envoy-go/build-runner';
import { waitFor } from '../../testing/waitFor';
import {
  descendants,
  isRunning,
  startRunner,
  type RunnerProcess,
} from './__testUtils__/runnerProcess';
import {
  packExample,
  startBuild,
  startWorld,
  TOKEN,
  type RunnerWorld,
} from './__testUtils__/runnerWorld';
import { RunnerLostError } from './RunnerPool';

// Real builds; the first of all runs compiles the standard library and gets an Envoy
jest.setTimeout(600_000);

const STEPS = [
  'source',
  'toolchain',
  'modules',
  'vet',
  'test',
  'build linux/amd64',
  'library linux/amd64',
  'vulnerabilities',
  'proof 1.40.0',
];

describe('build runners', () => {
  let world: RunnerWorld;
  let source: { archive: string; commit: string };
  const runners: RunnerProcess[] = [];

  beforeEach(async () => {
    world = await startWorld({ pingInterval: 500 });
    source = await packExample(world, 'token-auth');
  });

  afterEach(async () => {
    runners.forEach(runner => runner.kill('SIGKILL'));
    await Promise.all(runners.splice(0).map(({ ended }) => ended));
    await world.close();
  });

  const workOf = () => join(world.directory, 'work');

  function start(name: string, options: { token?: string } = {}) {
    const runner = startRunner({
      address: world.address,
      token: options.token ?? TOKEN,
      name,
      work: workOf(),
    });
    runners.push(runner);
    return runner;
  }

  async function connected(runner: RunnerProcess, name: string) {
    await waitFor(() => {
      if (!world.pool.list().some(({ name: other }) => other === name)) {
        throw new Error(`There is no ${name} yet:\n${runner.output()}`);
      }
    }, 60_000);
  }

  /** Files and folders of builds that are in the folder for work. */
  async function leftInWork(): Promise<string[]> {
    const names = await readdir(workOf(), { recursive: true });
    return names.filter(name => /^[^/]+\/build-/.test(name));
  }

  async function expectNoMounts() {
    await expect(readFile('/proc/self/mounts', 'utf8')).resolves.not.toMatch(
      world.directory,
    );
  }

  it('build a release and send all of it', async () => {
    const runner = start('one');
    await connected(runner, 'one');
    const build = startBuild(world, {
      id: 'b1',
      source,
      envoys: ['1.38.3', '1.40.0'],
    });
    const { report, ...rest } = await build.result;
    expect(report).toMatchObject({
      outcome: 'passed',
      commit: source.commit,
      plugin: { name: 'token-auth' },
    });
    const [library] = report.libraries;
    expect(library.file).toBe(join(build.out, 'linux-amd64/library.so'));
    const content = await readFile(library.file);
    expect(library.digest).toBe(
      `sha256:${createHash('sha256').update(content).digest('hex')}`,
    );
    expect(
      report.compatibility.map(({ envoy, outcome }) => [envoy, outcome]),
    ).toEqual([
      ['1.38.3', 'passed'],
      ['1.40.0', 'passed'],
    ]);
    expect(rest.modules).toContainEqual(
      expect.objectContaining({ path: 'go.uber.org/mock', version: 'v0.6.0' }),
    );
    expect(JSON.parse(rest.buildInfo[0].text)).toMatchObject({
      Path: 'github.com/envoy-plugins/token-auth/cmd/envoy-module',
    });
    expect(rest.vulnerabilities).toBeDefined();
    expect(lastStates(build.steps)).toMatchObject(
      Object.fromEntries(
        STEPS.filter(name => name !== 'vulnerabilities').map(name => [
          name,
          'passed',
        ]),
      ),
    );
    expect(build.log.join('\n')).toContain('token-auth');
    await expect(leftInWork()).resolves.toEqual([]);
    expect(world.pool.list()).toEqual([
      expect.objectContaining({
        name: 'one',
        platforms: expect.arrayContaining(['linux/amd64']),
        builds: [],
      }),
    ]);

    runner.kill('SIGTERM');
    await expect(runner.ended).resolves.toBe(0);
    await expect(readdir(workOf())).resolves.toEqual([]);
  });

  it.each([...STEPS, 'sending'])(
    'are killed at %s: nothing is left, and the next one builds',
    async step => {
      const runner = start('one');
      await connected(runner, 'one');
      const killed: number[] = [];
      const build = startBuild(world, { id: 'b1', source }, change => {
        if (
          step === 'sending'
            ? change.name === 'proof 1.40.0' && change.state === 'passed'
            : change.name === step && change.state === 'running'
        ) {
          killed.push(...descendants(runner.pid));
          runner.kill('SIGKILL');
        }
      });
      await expect(build.result).rejects.toThrow(RunnerLostError);
      await runner.ended;
      await waitFor(() => expect(killed.filter(isRunning)).toEqual([]));
      await expectNoMounts();
      await expect(filesIn(build.out)).resolves.toEqual([]);
      expect(world.pool.list()).toEqual([]);
      await waitFor(async () =>
        expect(await world.store.list()).toMatchObject([{ state: 'lost' }]),
      );

      const next = start('one');
      await connected(next, 'one');
      // Of the one that was killed nothing is left
      await expect(readdir(workOf())).resolves.toHaveLength(1);
      await expect(leftInWork()).resolves.toEqual([]);
      const again = startBuild(world, { id: 'b1', source });
      await waitFor(
        () => expect(lastStates(again.steps).modules).toBe('passed'),
        60_000,
      );
      again.cancel(new Error('It was seen to go on'));
      await expect(again.result).rejects.toThrow('It was seen to go on');
    },
  );

  it('build what one that was killed had', async () => {
    const first = start('one');
    await connected(first, 'one');
    const killed: number[] = [];
    const build = startBuild(world, { id: 'b1', source }, change => {
      if (change.name === 'test' && change.state === 'running') {
        killed.push(...descendants(first.pid));
        first.kill('SIGKILL');
      }
    });
    await expect(build.result).rejects.toMatchObject({ runner: 'one' });
    // Its sandbox was there before the step began
    expect(killed).not.toEqual([]);
    await first.ended;
    const second = start('two');
    await connected(second, 'two');
    const again = startBuild(world, { id: 'b1', source });
    await expect(again.result).resolves.toMatchObject({
      runner: { name: 'two' },
      report: { outcome: 'passed' },
    });
    await expect(filesIn(again.out)).resolves.toEqual(['library.so']);
  });

  it('stop what is cancelled, and when they are told to end', async () => {
    const runner = start('one');
    await connected(runner, 'one');
    const running: number[] = [];
    const cancelled = startBuild(world, { id: 'b1', source }, change => {
      if (change.name === 'test' && change.state === 'running') {
        running.push(...descendants(runner.pid));
        cancelled.cancel(new Error('Nobody wants it any more'));
      }
    });
    await expect(cancelled.result).rejects.toThrow('Nobody wants it any more');
    await waitFor(async () => expect(await leftInWork()).toEqual([]));
    await waitFor(() => expect(running.filter(isRunning)).toEqual([]));
    expect(world.pool.free()).toBe(1);

    const ended = startBuild(world, { id: 'b2', source }, change => {
      if (change.name === 'vet' && change.state === 'running') {
        runner.kill('SIGTERM');
      }
    });
    await expect(ended.result).rejects.toThrow(RunnerLostError);
    await expect(runner.ended).resolves.toBe(0);
    await expect(readdir(workOf())).resolves.toEqual([]);
    await expectNoMounts();
  });

  it('stop when the backend goes, and come back to the next', async () => {
    const runner = start('one');
    await connected(runner, 'one');
    const running: number[] = [];
    const build = startBuild(world, { id: 'b1', source }, change => {
      if (change.name === 'vet' && change.state === 'running') {
        running.push(...descendants(runner.pid));
        void world.stop();
      }
    });
    await expect(build.result).rejects.toThrow(RunnerLostError);
    await waitFor(() => expect(running.filter(isRunning)).toEqual([]));
    await waitFor(async () => expect(await leftInWork()).toEqual([]));

    const next = await startWorld({ listen: world.address });
    try {
      await waitFor(() => expect(next.pool.free()).toBe(1), 60_000);
    } finally {
      await next.close();
    }
  });

  it('say that their token is wrong, and end', async () => {
    const runner = start('one', { token: 'another that is long enough' });
    await expect(runner.ended).resolves.toBe(2);
    expect(runner.output()).toContain('The token is none of those');
    await expect(readdir(workOf())).resolves.toEqual([]);
  });
});

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, {
    recursive: true,
    withFileTypes: true,
  }).catch(() => []);
  return entries.filter(entry => entry.isFile()).map(({ name }) => name);
}

function lastStates(steps: BuildStep[]): Record<string, string> {
  return Object.fromEntries(steps.map(({ name, state }) => [name, state]));
}
