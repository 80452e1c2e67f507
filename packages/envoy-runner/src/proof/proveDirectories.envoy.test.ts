import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { resolveEnvoy } from '../envoy';
import { buildLibrary } from '../library';
import { useTemporaryDirectory } from '../testing/programs';
import { formatReport } from './formatReport';
import { proveDirectories } from './proveDirectories';
import type { ProofResult } from './ProofReport';

jest.setTimeout(180_000);

const PROBE = resolve(__dirname, '../../fixtures/probe-filter');
const temporaryDirectory = useTemporaryDirectory();

/** The probe filter with another proof. */
async function probeWith(proof: string): Promise<string> {
  const directory = await temporaryDirectory();
  await cp(PROBE, directory, { recursive: true });
  await writeFile(
    join(directory, 'envoy-proof.yaml'),
    `apiVersion: envoygo.dev/v1alpha1\nkind: EnvoyProof\n${proof}`,
  );
  return directory;
}

describe('proveDirectories', () => {
  let library: string;
  const libraryDirectory = join(tmpdir(), `envoy-runner-probe-${process.pid}`);

  beforeAll(async () => {
    library = join(libraryDirectory, 'probe.so');
    await buildLibrary({ directory: PROBE, output: library });
    // So that no test's time has a download in it.
    await Promise.all(['1.38.3', '1.40.0'].map(v => resolveEnvoy(v)));
  });
  afterAll(async () => {
    await rm(libraryDirectory, { recursive: true, force: true });
  });

  async function prove(
    proof: string,
    options: { requestTimeoutMs?: number; readyTimeoutMs?: number } = {},
  ): Promise<ProofResult> {
    const { results } = await proveDirectories({
      directories: [await probeWith(proof)],
      envoys: ['1.40.0'],
      library,
      ...options,
    });
    return results[0];
  }

  it('passes what answers as promised in each Envoy, and passes on what Envoy warns of', async () => {
    const progress: string[] = [];
    const report = await proveDirectories({
      directories: [PROBE],
      onProgress: line => progress.push(line),
    });
    expect(formatReport(report)).not.toContain('FAILED');
    expect(report).toMatchObject({
      outcome: 'passed',
      results: [
        {
          plugin: { name: 'probe-filter', directory: PROBE },
          envoy: { requested: '1.38.3', version: '1.38.3' },
          outcome: 'passed',
          warnings: [],
        },
        {
          envoy: { requested: '1.40.0', version: '1.40.0' },
          outcome: 'passed',
          warnings: [
            expect.stringMatching(
              /^Dynamic module ABI version .* is deprecated/,
            ),
          ],
        },
      ],
    });
    expect(progress).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Built probe-filter in/),
        expect.stringMatching(/^Envoy 1.38.3: .*sha256 [0-9a-f]{64}\)$/),
      ]),
    );
  });

  it('shows each difference of what does not', async () => {
    const { outcome, cases } = await prove(`
upstream: { status: 201, headers: { x-up: [a, b] }, body: hello }
cases:
  - name: one
    expect:
      status: 200
      headers: { x-up: a, x-no: { matches: '^1$' }, x-probed: { absent: true } }
      body: { json: { a: 1 } }
      upstream: none
      stats: { probe.counted: 2 }
  - name: two
    steps:
      - request: { repeat: 2 }
        expect: { body: bye }
      - request: { headers: { x-probe: deny } }
        expect: { upstream: {} }
  - name: three
    expect: { status: 201 }
`);
    expect(outcome).toBe('failed');
    expect(cases.map(found => [found.outcome, found.differences])).toEqual([
      [
        'failed',
        [
          { field: 'status', expected: '200', actual: '201' },
          { field: 'headers.x-up', expected: 'a', actual: 'a, b' },
          { field: 'headers.x-no', expected: 'matches ^1$', actual: 'absent' },
          {
            field: 'headers.x-probed',
            expected: 'absent',
            actual: 'response',
          },
          { field: 'body', expected: '{"a":1}', actual: 'hello' },
          { field: 'upstream', expected: 'none', actual: 'GET /' },
          { field: 'stats.probe.counted', expected: '+2', actual: '+1' },
        ],
      ],
      [
        'failed',
        [
          {
            step: 1,
            repetition: 1,
            field: 'body',
            expected: 'bye',
            actual: 'hello',
          },
          {
            step: 1,
            repetition: 2,
            field: 'body',
            expected: 'bye',
            actual: 'hello',
          },
          {
            step: 2,
            field: 'upstream',
            expected: 'called',
            actual: 'not called',
          },
        ],
      ],
      ['passed', []],
    ]);
  });

  it('tells a crash by its panic, and runs nothing after it', async () => {
    const result = await prove(`
cases:
  - { name: before, expect: { status: 200 } }
  - { name: crash, request: { headers: { x-probe: panic } }, expect: { status: 200 } }
  - { name: after, expect: { status: 200 } }
`);
    expect(result).toMatchObject({
      outcome: 'failed',
      reason: 'Envoy ended by SIGABRT',
      logTail: expect.arrayContaining([
        'panic: the probe was asked to panic',
        expect.stringContaining('probe.go:'),
      ]),
      cases: [
        { outcome: 'passed' },
        {
          outcome: 'failed',
          reason: 'Envoy ended by SIGABRT during this case',
        },
        { outcome: 'not-run' },
      ],
    });
    expect(result.logTail?.[0]).toBe('panic: the probe was asked to panic');
  });

  it('gives up on a request that hangs, and goes on', async () => {
    const result = await prove(
      `
cases:
  - { name: hang, request: { headers: { x-probe: hang } }, expect: { status: 200 } }
  - { name: after, expect: { status: 200 } }
`,
      { requestTimeoutMs: 1000 },
    );
    expect(result).toMatchObject({
      outcome: 'failed',
      cases: [
        { outcome: 'failed', reason: 'no reply within 1 s' },
        { outcome: 'passed' },
      ],
    });
  });

  it('gives up on a filter that blocks its thread for good', async () => {
    const result = await prove(
      `
cases:
  - { name: block, request: { headers: { x-probe: block } }, expect: { status: 200 } }
`,
      { requestTimeoutMs: 300 },
    );
    expect(result).toMatchObject({
      outcome: 'failed',
      cases: [{ outcome: 'failed', reason: 'no reply within 0.3 s' }],
    });
  });

  it('gives up on a filter that hangs while it is configured', async () => {
    const result = await prove(
      `
config: { onLoad: hang }
cases: [{ name: any, expect: { status: 200 } }]
`,
      { readyTimeoutMs: 1500 },
    );
    expect(result).toMatchObject({
      outcome: 'failed',
      reason: 'Envoy was not ready within 1.5 s',
      cases: [{ outcome: 'not-run' }],
    });
  });

  it('names the case whose configuration the filter refuses', async () => {
    const result = await prove(`
cases:
  - { name: fine, expect: { status: 200 } }
  - { name: refused, config: { onLoad: refuse }, expect: { status: 200 } }
`);
    const reason =
      'The filter refused its configuration: onLoad: the probe was asked to refuse its configuration';
    expect(result).toMatchObject({
      outcome: 'failed',
      reason,
      cases: [{ outcome: 'not-run' }, { outcome: 'failed', reason }],
    });
  });

  it('tells a panic while the filter is configured', async () => {
    const result = await prove(`
config: { onLoad: panic }
cases: [{ name: any, expect: { status: 200 } }]
`);
    expect(result).toMatchObject({
      outcome: 'failed',
      reason: 'Envoy ended by SIGABRT before it was ready',
    });
    expect(result.logTail?.[0]).toBe(
      'panic: the probe was asked to panic while it is configured',
    );
  });

  it('says that the library does not register the filter', async () => {
    const directory = await probeWith(
      'cases: [{ name: any, expect: { status: 200 } }]',
    );
    await writeFile(
      join(directory, 'catalog-info.yaml'),
      'apiVersion: envoygo.dev/v1alpha1\nkind: EnvoyGoPlugin\nspec: { runtime: dynamic-module, filterName: other }\n',
    );
    const { results } = await proveDirectories({
      directories: [directory],
      envoys: ['1.40.0'],
      library,
    });
    expect(results[0]).toMatchObject({
      outcome: 'failed',
      reason:
        "The library registers no filter named 'other', which is spec.filterName of catalog-info.yaml",
    });
  });

  it('says that a file is no library', async () => {
    const { results } = await proveDirectories({
      directories: [PROBE],
      envoys: ['1.40.0'],
      library: join(PROBE, 'probe.go'),
    });
    expect(results[0]).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/^Envoy cannot load the library: /),
    });
  });

  it('reports what could not run beside what could', async () => {
    const broken = await probeWith(
      'cases: [{ name: any, expect: { status: 200 } }]',
    );
    await writeFile(
      join(broken, 'broken.go'),
      'package probe\n\nvar x int = ""\n',
    );
    const nothing = await temporaryDirectory();
    const report = await proveDirectories({
      directories: [broken, nothing, PROBE],
      envoys: ['1.40.0', './no/envoy'],
    });
    expect(report.outcome).toBe('could-not-run');
    expect(
      report.results.map(({ outcome, reason }) => [outcome, reason]),
    ).toEqual([
      ['could-not-run', 'The library does not compile'],
      ['could-not-run', 'The library does not compile'],
      ['could-not-run', expect.stringContaining('no catalog-info.yaml')],
      ['could-not-run', expect.stringContaining('no catalog-info.yaml')],
      ['passed', undefined],
      ['could-not-run', expect.stringContaining('There is no Envoy at')],
    ]);
    expect(report.results[0].logTail).toEqual(
      expect.arrayContaining([expect.stringContaining('broken.go:3:13')]),
    );
  });

  it('says that a plugin admits no Envoy that is known', async () => {
    const directory = await probeWith(
      'cases: [{ name: any, expect: { status: 200 } }]',
    );
    await writeFile(
      join(directory, 'catalog-info.yaml'),
      'apiVersion: envoygo.dev/v1alpha1\nkind: EnvoyGoPlugin\nspec: { runtime: dynamic-module, filterName: probe, envoy: ">=7" }\n',
    );
    const { results } = await proveDirectories({
      directories: [directory],
      library,
    });
    expect(results).toEqual([
      expect.objectContaining({
        outcome: 'could-not-run',
        reason:
          "spec.envoy is '>=7', which admits no Envoy that is known here (1.38.3, 1.39.3, 1.40.0); say which to use with --envoy",
      }),
    ]);
  });

  it('runs many at once without one noticing the other', async () => {
    const directory = await probeWith(`
cases:
  - name: counts its own requests only
    request: { headers: { x-probe: seen } }
    expect: { body: '1', stats: { downstream_rq_2xx: 1 } }
`);
    const report = await proveDirectories({
      directories: Array.from({ length: 6 }, () => directory),
      envoys: ['1.40.0'],
      library,
      parallel: 6,
    });
    expect(report.outcome).toBe('passed');
    expect(report.results).toHaveLength(6);
  });

  it('leaves nothing behind, not even when it is told to stop', async () => {
    const directory = await temporaryDirectory();
    const before = process.env.TMPDIR;
    process.env.TMPDIR = directory;
    try {
      const stopped = new AbortController();
      await expect(
        proveDirectories({
          directories: [PROBE],
          envoys: ['1.40.0'],
          library,
          signal: stopped.signal,
          onReady: async () => stopped.abort(),
        }),
      ).rejects.toThrow('aborted');
      expect(await readdir(directory)).toEqual([]);
    } finally {
      process.env.TMPDIR = before ?? '';
      if (before === undefined) {
        delete process.env.TMPDIR;
      }
    }
  });
});
