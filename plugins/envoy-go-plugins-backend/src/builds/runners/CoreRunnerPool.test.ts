import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createBuildRunnerPlugin,
  sourceOfCaller,
  type BuildArgs,
  type BuildPart,
  type BuildResult,
  type DescribeResult,
} from '@envoy-go/build-runner';
import type { CallContext, Plugin } from '@envoy-go/plugin-rpc';
import { waitFor } from '../../testing/waitFor';
import {
  startBuild,
  startWorld,
  TOKEN,
  type RunnerWorld,
} from './__testUtils__/runnerWorld';
import { NoRunnerError, RunnerLostError } from './RunnerPool';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const LIBRARY = Buffer.from('a library');
const DIGEST = `sha256:${createHash('sha256').update(LIBRARY).digest('hex')}`;

const DESCRIPTION: DescribeResult = {
  version: '1.2.3',
  hostname: 'builder',
  platforms: ['linux/amd64'],
  go: ['1.26.8'],
  isolation: [{ name: 'network', strength: 'full', detail: 'None.' }],
  concurrency: 1,
};

const REPORT = {
  outcome: 'passed',
  commit: COMMIT,
  plugin: { name: 'p', module: 'example.com/p', filterName: 'p' },
  go: '1.26.8',
  steps: [
    { name: 'source', state: 'passed' },
    { name: 'vulnerabilities', state: 'failed', reason: 'GO-2024-2611' },
  ],
  libraries: [
    {
      platform: 'linux/amd64',
      digest: DIGEST,
      bytes: LIBRARY.length,
      needed: ['libc.so.6'],
      hooks: [],
    },
  ],
  compatibility: [
    {
      requested: '1.40.0',
      envoy: '1.40.0',
      platform: 'linux/amd64',
      outcome: 'passed',
      warnings: [],
      cases: [],
      durationMs: 5,
    },
  ],
  durationMs: 10,
};

const RESULT: BuildResult = {
  report: JSON.stringify(REPORT),
  modules: JSON.stringify([{ path: 'example.com/p' }]),
  buildInfo: { 'linux/amd64': '{}' },
  licenceSpdx: 'MIT',
  vulnerabilities: JSON.stringify({
    outcome: 'failed',
    vulnerabilities: [
      {
        id: 'GO-2024-2611',
        aliases: ['CVE-2024-24786'],
        summary: 'It never ends',
        module: 'stdlib',
        reached: true,
        url: 'https://evil.example.com',
      },
    ],
  }),
};

const FILE: BuildPart = { kind: 'file', name: 'linux/amd64', data: LIBRARY };

/** Sends what it has to, and what it answers. */
type Build = (
  args: BuildArgs,
  ctx: CallContext,
  part: (part: BuildPart) => Promise<void>,
) => BuildResult | Promise<BuildResult>;

const sendsAll: Build = async (_, __, part) => {
  await part({ kind: 'step', name: 'source', state: 'running' });
  await part({ kind: 'log', name: 'source', lines: ['a \u001b[31mred', ''] });
  await part(FILE);
  await part({ kind: 'file', name: 'licence', data: Buffer.from('MIT') });
  return RESULT;
};

describe('CoreRunnerPool', () => {
  let world: RunnerWorld;
  const plugins: Plugin[] = [];

  beforeEach(async () => {
    world = await startWorld({
      limits: { libraryBytes: 1000, logBytes: 5000 },
    });
  });

  afterEach(async () => {
    await Promise.all(plugins.splice(0).map(plugin => plugin.unmount()));
    await world.close();
  });

  async function mount(
    name: string,
    answer: Build,
    description: Partial<DescribeResult> = {},
  ): Promise<Plugin> {
    const plugin = createBuildRunnerPlugin(
      { build: answer, describe: () => ({ ...DESCRIPTION, ...description }) },
      { name },
    );
    plugins.push(plugin);
    await plugin.mount({ address: world.address, token: TOKEN });
    await waitFor(() =>
      expect(world.pool.list()).toContainEqual(
        expect.objectContaining({ name }),
      ),
    );
    return plugin;
  }

  async function build(id = 'b1') {
    const archive = join(world.directory, 'source.tar.gz');
    await writeFile(archive, Buffer.alloc(200_000, 'source'));
    return startBuild(world, { id, source: { archive, commit: COMMIT } });
  }

  it('hands on what a runner tells, and where its files are', async () => {
    await mount('one', sendsAll);
    const { result, taken, steps, log, out } = await build();
    const { report, ...rest } = await result;
    expect(report.libraries).toEqual([
      expect.objectContaining({
        file: join(out, 'linux-amd64/library.so'),
        digest: DIGEST,
      }),
    ]);
    await expect(readFile(report.libraries[0].file)).resolves.toEqual(LIBRARY);
    expect(rest).toEqual({
      runner: { name: 'one', version: '1.2.3' },
      licence: { path: join(out, 'LICENCE'), spdx: 'MIT' },
      modules: [{ path: 'example.com/p' }],
      buildInfo: [{ platform: 'linux/amd64', text: '{}' }],
      vulnerabilities: {
        outcome: 'failed',
        vulnerabilities: [
          expect.objectContaining({
            id: 'GO-2024-2611',
            url: 'https://pkg.go.dev/vuln/GO-2024-2611',
          }),
        ],
      },
    });
    expect(taken).toEqual(['one']);
    expect(steps).toEqual([{ name: 'source', state: 'running' }]);
    expect(log).toEqual(['a [31mred', '']);
  });

  it('gives a runner the source of its own builds alone', async () => {
    const received: string[] = [];
    const asks = async (ctx: CallContext, id: string) => {
      const hash = createHash('sha256');
      await sourceOfCaller(ctx).source(
        { build: id },
        ({ data }) => void hash.update(data),
      );
      return hash.digest('hex');
    };
    await mount('one', async (args, ctx, part) => {
      received.push(await asks(ctx, args.build), args.sourceSha256);
      received.push(await asks(ctx, 'b2').catch(String));
      return sendsAll(args, ctx, part);
    });
    await (
      await build()
    ).result;
    expect(received[0]).toBe(received[1]);
    expect(received[2]).toMatch('The runner one has no build "b2"');
  });

  it('takes the least busy runner, and none that is not free', async () => {
    const ends: (() => void)[] = [];
    const waits: Build = async (...args) => {
      await new Promise<void>(resolve => void ends.push(resolve));
      return sendsAll(...args);
    };
    const freed = jest.fn();
    world.pool.onFree(freed);
    await mount('one', waits, { concurrency: 2 });
    await mount('two', waits, { concurrency: 1 });
    expect(freed).toHaveBeenCalledTimes(2);
    expect(world.pool.free()).toBe(3);
    const builds = [await build('a'), await build('b'), await build('c')];
    expect(builds.map(({ taken }) => taken)).toEqual([
      ['one'],
      ['two'],
      ['one'],
    ]);
    expect(world.pool.free()).toBe(0);
    await expect((await build('d')).result).rejects.toThrow(NoRunnerError);
    expect(await world.store.list()).toEqual([
      expect.objectContaining({ name: 'one', state: 'connected' }),
      expect.objectContaining({ name: 'two', state: 'connected' }),
    ]);
    await waitFor(async () =>
      expect((await world.store.list()).map(({ builds: ids }) => ids)).toEqual([
        ['a', 'c'],
        ['b'],
      ]),
    );
    await waitFor(() => expect(ends).toHaveLength(3));
    ends.forEach(end => end());
    await Promise.all(builds.map(({ result }) => result));
    expect(world.pool.free()).toBe(3);
    expect(freed).toHaveBeenCalledTimes(5);
  });

  it('stops a build whose signal is aborted', async () => {
    let stopped: AbortSignal | undefined;
    await mount('one', async (_, ctx) => {
      stopped = ctx.signal;
      return new Promise<BuildResult>(() => {});
    });
    const { result, cancel } = await build();
    await waitFor(() => expect(stopped).toBeDefined());
    cancel(new Error('Nobody wants it any more'));
    await expect(result).rejects.toThrow('Nobody wants it any more');
    await waitFor(() => expect(stopped?.aborted).toBe(true));
    expect(world.pool.free()).toBe(1);
  });

  it('says that a runner was lost that leaves in the middle', async () => {
    const plugin = await mount('one', async (_, __, part) => {
      await part(FILE);
      return new Promise<BuildResult>(() => {});
    });
    const { result, taken, out } = await build();
    await waitFor(async () =>
      expect(taken.length && (await readdir(out))).toBeTruthy(),
    );
    await plugin.unmount('enough', { grace: 0 });
    await expect(result).rejects.toThrow(RunnerLostError);
    await expect(readdir(join(out, 'linux-amd64'))).resolves.toEqual([]);
    expect(world.pool.list()).toEqual([]);
    await waitFor(async () => {
      expect(await world.store.list()).toMatchObject([{ state: 'lost' }]);
      expect(await world.store.hasRunners()).toBe(false);
    });
  });

  it('hands on why a runner could not even try, and keeps it', async () => {
    await mount('one', () => {
      throw new Error('no space left on device');
    });
    await expect((await build()).result).rejects.toThrow('no space left');
    expect(world.pool.free()).toBe(1);
  });

  const reporting =
    (change: object, ...parts: BuildPart[]): Build =>
    async (_, __, part) => {
      for (const sent of parts) {
        await part(sent);
      }
      return {
        ...RESULT,
        report: JSON.stringify({ ...REPORT, ...change }),
      };
    };
  const [library] = REPORT.libraries;

  it.each<[string, Build, RegExp]>([
    [
      'a library with another digest',
      reporting(
        {
          libraries: [{ ...library, digest: `sha256:${'0'.repeat(64)}` }],
        },
        FILE,
      ),
      /library for linux\/amd64 is not the one that it says/,
    ],
    [
      'a library of another size',
      reporting({ libraries: [{ ...library, bytes: 5 }] }, FILE),
      /9 bytes, sha256:[0-9a-f]+ instead of 5 bytes/,
    ],
    ['no library', reporting({}), /0 files where there should be 1/],
    [
      'a library that is too large',
      reporting({}, { ...FILE, data: Buffer.alloc(600) }, FILE, {
        ...FILE,
        data: Buffer.alloc(600),
      }),
      /larger than 1000 bytes/,
    ],
    [
      'a file with a path',
      reporting({}, { ...FILE, name: '../../etc/passwd' }),
      /a file "..\/..\/etc\/passwd" that nobody asked for/,
    ],
    [
      'a library for what was not asked for',
      reporting({}, { ...FILE, name: 'linux/arm64' }),
      /a file "linux\/arm64" that nobody asked for/,
    ],
    [
      'a file again',
      reporting({}, FILE, { ...FILE, name: 'licence' }, FILE),
      /a file "linux\/amd64" twice/,
    ],
    [
      'files of what did not pass',
      reporting({ outcome: 'failed' }, FILE),
      /files of a build that did not pass/,
    ],
    [
      'another commit',
      reporting({ commit: 'f'.repeat(40) }, FILE),
      /it built the commit f+/,
    ],
    [
      'that all passed, when a step did not',
      reporting({ steps: [{ name: 'test', state: 'failed' }] }, FILE),
      /says that all passed, which did not/,
    ],
    [
      'a report without steps',
      reporting({ steps: undefined }, FILE),
      /its report is not as it has to be: steps/,
    ],
    [
      'a report that is no JSON',
      () => ({ ...RESULT, report: '{' }),
      /its report is no JSON/,
    ],
    [
      'log without end',
      async (_, __, part) => {
        for (;;) {
          await part({ kind: 'log', name: 'test', lines: ['x'.repeat(100)] });
        }
      },
      /more than 5000 bytes of log/,
    ],
    [
      'empty lines without end',
      async (_, __, part) => {
        for (;;) {
          await part({
            kind: 'log',
            name: 'test',
            lines: Array(100).fill(''),
          });
        }
      },
      /more than 5000 bytes of log/,
    ],
    [
      'steps without end',
      async (_, __, part) => {
        for (;;) {
          await part({ kind: 'step', name: 'test', state: 'running' });
        }
      },
      /more than 1000 changes of steps/,
    ],
    [
      'a step that has no name',
      reporting({}, { kind: 'step', name: '\n<script>', state: 'running' }),
      /its step is not as it has to be: name/,
    ],
  ])('sends a runner away that sends %s', async (_, evil, message) => {
    const plugin = await mount('one', evil);
    const { result, out } = await build();
    const error = await result.catch(thrown => thrown);
    expect(error).toBeInstanceOf(RunnerLostError);
    expect(error.message).toMatch(message);
    await waitFor(() => expect(plugin.isRemoved).toBe(true));
    expect(world.pool.list()).toEqual([]);
    const left = await readdir(out, {
      recursive: true,
      withFileTypes: true,
    }).catch(() => []);
    expect(left.filter(entry => entry.isFile())).toEqual([]);
  });

  it.each([
    ['endless concurrency', { concurrency: 10_000 }],
    ['an unknown platform', { platforms: ['../linux'] }],
  ])('sends a runner away that claims %s', async (_, description) => {
    await expect(
      Promise.race([
        mount('one', sendsAll, description),
        waitFor(() =>
          expect(world.logged.join()).toMatch(
            /one is sent away: it could not say what it is/,
          ),
        ).then(() => Promise.reject(new Error('sent away'))),
      ]),
    ).rejects.toThrow('sent away');
  });

  it.each([
    ['a wrong token', 'one', 'another token', 'none of those'],
    ['a name that is none', '../one', TOKEN, 'must have 1 to 128 characters'],
  ])('does not take a runner with %s', async (_, name, token, message) => {
    const plugin = createBuildRunnerPlugin(
      { build: sendsAll, describe: () => DESCRIPTION },
      { name },
    );
    await expect(
      plugin.mount({ address: world.address, token }),
    ).rejects.toThrow(message);
  });

  it('does not take two runners of one name', async () => {
    await mount('one', sendsAll);
    const second = createBuildRunnerPlugin(
      { build: sendsAll, describe: () => DESCRIPTION },
      { name: 'one' },
    );
    await expect(
      second.mount({ address: world.address, token: TOKEN }),
    ).rejects.toThrow(/one/);
  });
});
