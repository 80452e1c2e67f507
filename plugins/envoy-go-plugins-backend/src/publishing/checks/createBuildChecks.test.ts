import type {
  Build,
  Vulnerability,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  PublishCheckContext,
  PublishCheckReport,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { InMemoryBuilds } from '../../testing/InMemoryBuilds';
import { testPlugin } from '../../testing/testPlugin';
import { waitFor } from '../../testing/waitFor';
import { createBuildChecks } from './createBuildChecks';
import { RequestBuilds } from './RequestBuilds';

const ENVOYS = ['1.38.3', '1.39.3', '1.40.0'];
const COMMIT = 'c0ffee0'.padEnd(40, '0');
const ID = 'r1@c0ffee0';

function contextOf(
  changes: Partial<PublishCheckContext> = {},
): PublishCheckContext & { shown: string[] } {
  const shown: string[] = [];
  return {
    host: 'github.com',
    repository: { id: 7, owner: 'jo', repo: 'marker' },
    target: { owner: 'envoy-plugins', repo: 'marker' },
    source: {
      commit: COMMIT,
      files: [],
      read: async () => undefined,
      urlOf: path => `https://github.com/jo/marker/blob/${COMMIT}/${path}`,
    },
    description: testPlugin('marker', { spec: { envoy: '>=1.38' } }),
    previousRelease: async () => undefined,
    request: {
      id: 'r1',
      author: 'user:default/jo',
      askedAt: new Date(Date.now() - 1_000),
    },
    progress: text => void shown.push(text),
    signal: new AbortController().signal,
    shown,
    ...changes,
  };
}

function setUp(options: { envoys?: string[] } = {}) {
  const builds = new InMemoryBuilds();
  const checks = createBuildChecks({
    builds: new RequestBuilds({ builds, pollMs: 5, runnerPatienceMs: 30 }),
    envoys: options.envoys ?? ENVOYS,
  });
  const run = (context = contextOf()) =>
    Promise.all(
      checks.map(
        async (check): Promise<[string, PublishCheckReport]> => [
          check.id,
          await check.run(context),
        ],
      ),
    ).then(Object.fromEntries<PublishCheckReport>);
  const ordered = () => waitFor(() => expect(builds.all()).toHaveLength(1));
  const after = async (end: () => Build, context = contextOf()) => {
    const reports = run(context);
    await ordered();
    end();
    return reports;
  };
  return { builds, checks, run, ordered, after };
}

function outcomes(reports: Record<string, PublishCheckReport>) {
  return Object.fromEntries(
    Object.entries(reports).map(([id, { outcome }]) => [id, outcome]),
  );
}

const CVE: Vulnerability = {
  id: 'GO-2026-0001',
  aliases: ['CVE-2026-1'],
  summary: 'It loops for ever',
  module: 'example.com/loops',
  version: 'v1.0.0',
  fixedIn: 'v1.0.1',
  reached: true,
  url: 'https://pkg.go.dev/vuln/GO-2026-0001',
};

describe('the checks that read a build', () => {
  it('pass with a build that passes, ordered for all of them', async () => {
    const { builds, after } = setUp();
    const reports = await after(() => builds.end(ID));
    expect(outcomes(reports)).toEqual({
      builds: 'passed',
      'unit-tests': 'passed',
      proof: 'passed',
      vulnerabilities: 'passed',
    });
    expect(Object.values(reports).map(({ buildId }) => buildId)).toEqual([
      ID,
      ID,
      ID,
      ID,
    ]);
    expect(reports.builds.summary).toBe('It compiles for linux/amd64.');
    expect(reports.proof.summary).toBe(
      'Its proof passes in Envoy 1.38.3, 1.39.3, 1.40.0.',
    );
    expect(builds.all()).toHaveLength(1);
    expect(builds.orders[0]).toMatchObject({
      kind: 'request',
      requestId: 'r1',
      requestedBy: 'user:default/jo',
      commit: COMMIT,
      repository: 'jo/marker',
    });
  });

  it('say what they know while the build goes on', async () => {
    const { builds, checks, ordered } = setUp();
    const context = contextOf();
    const [compiles, tests] = checks;
    const [compiled, tested] = [compiles.run(context), tests.run(context)];
    await ordered();
    builds.reach(ID, 'test');
    await waitFor(() =>
      expect(context.shown).toContain('Builds: test, step 5 of 11.'),
    );
    builds.reach(ID, 'build linux/amd64');
    await expect(tested).resolves.toMatchObject({ outcome: 'passed' });
    builds.reach(ID, 'proof 1.38.3');
    await expect(compiled).resolves.toMatchObject({ outcome: 'passed' });
  });

  it('say behind how many builds it waits', async () => {
    const { builds, run } = setUp();
    for (const requestId of ['a', 'b']) {
      const { id, author, askedAt } = { ...contextOf().request, id: requestId };
      await builds.order({
        kind: 'request',
        plugin: { namespace: 'default', name: requestId },
        host: 'github.com',
        repositoryId: 1,
        repository: 'jo/x',
        commit: COMMIT,
        requestId: id,
        requestedBy: `${author} ${askedAt}`,
      });
    }
    const context = contextOf();
    const reports = run(context);
    await waitFor(() =>
      expect(context.shown).toContain('Is queued behind 2 builds.'),
    );
    builds.end(ID);
    await reports;
  });

  it.each([
    ['modules', ['failed', 'could-not-run', 'could-not-run', 'could-not-run']],
    ['vet', ['could-not-run', 'failed', 'could-not-run', 'could-not-run']],
    ['test', ['could-not-run', 'failed', 'could-not-run', 'could-not-run']],
    [
      'build linux/amd64',
      ['failed', 'passed', 'could-not-run', 'could-not-run'],
    ],
    [
      'library linux/amd64',
      ['failed', 'passed', 'could-not-run', 'could-not-run'],
    ],
  ])('tell whose doing it is when "%s" fails', async (at, expected) => {
    const { builds, after } = setUp();
    const reports = await after(() =>
      builds.end(ID, { at, reason: 'undefined: x' }),
    );
    expect(Object.values(outcomes(reports))).toEqual(expected);
    const failed = Object.values(reports).find(
      ({ outcome }) => outcome === 'failed',
    );
    expect(failed?.summary).toContain(`"${at}" failed: undefined: x.`);
    expect(failed?.findings[0].mend).toBeDefined();
  });

  it.each(['source', 'modules', 'test', 'build linux/amd64'])(
    'never pass for what could not run at "%s"',
    async at => {
      const { builds, after } = setUp();
      const reports = await after(() =>
        builds.end(ID, { at, as: 'could-not-run', reason: 'No network' }),
      );
      expect(Object.values(outcomes(reports))).not.toContain('failed');
      expect(outcomes(reports).builds).toBe('could-not-run');
      expect(outcomes(reports).proof).toBe('could-not-run');
    },
  );

  it('could not run when the build is cancelled', async () => {
    const { builds, after } = setUp();
    const reports = await after(() => {
      builds.end(ID);
      return builds.change(ID, { state: 'cancelled', reason: 'Enough' });
    });
    for (const report of Object.values(reports)) {
      expect(report).toMatchObject({
        outcome: 'could-not-run',
        summary: 'The build was cancelled: Enough. Check again.',
      });
    }
  });

  it('show what differs, in which Envoy', async () => {
    const { builds, after } = setUp();
    const { proof } = await after(() => {
      const { proofs } = builds.end(ID);
      return builds.change(ID, {
        state: 'failed',
        proofs: [
          proofs[0],
          {
            ...proofs[1],
            outcome: 'failed',
            cases: [
              {
                name: 'refuses',
                outcome: 'failed',
                differences: ['status: expected 403, got 200'],
              },
            ],
          },
          proofs[2],
        ],
      });
    });
    expect(proof).toMatchObject({
      outcome: 'failed',
      summary: 'Its proof fails in Envoy 1.39.3.',
      findings: [
        {
          severity: 'problem',
          message:
            'Envoy 1.39.3: the case "refuses" fails: status: expected 403, got 200',
        },
      ],
    });
  });

  it('miss an Envoy that was not proven', async () => {
    const { builds, after } = setUp();
    const { proof } = await after(() =>
      builds.change(ID, { proofs: builds.end(ID).proofs.slice(0, 2) }),
    );
    expect(proof).toMatchObject({
      outcome: 'could-not-run',
      summary: expect.stringContaining('could not run in Envoy 1.40.0'),
    });
  });

  it('want only the Envoys that the description claims', async () => {
    const { builds, after } = setUp();
    const claims = (envoy: string) =>
      contextOf({ description: testPlugin('marker', { spec: { envoy } }) });
    const { proof } = await after(
      () => builds.change(ID, { proofs: builds.end(ID).proofs.slice(2) }),
      claims('>=1.40'),
    );
    expect(proof.outcome).toBe('passed');
  });

  it('fail for an Envoy that nobody has', async () => {
    const { builds, after } = setUp();
    const { proof } = await after(
      () => builds.end(ID),
      contextOf({
        description: testPlugin('marker', { spec: { envoy: '>=9' } }),
      }),
    );
    expect(proof).toMatchObject({
      outcome: 'failed',
      summary: expect.stringContaining('claims Envoy ">=9"'),
    });
  });

  it('fail for a vulnerability that is reached, and say what to upgrade', async () => {
    const { builds, after } = setUp();
    const { vulnerabilities } = await after(() =>
      builds.end(ID, {
        vulnerabilities: {
          outcome: 'failed',
          vulnerabilities: [
            { ...CVE, id: 'GO-2', reached: false, fixedIn: undefined },
            CVE,
            { ...CVE, id: 'GO-3', module: 'stdlib', fixedIn: 'v1.26.9' },
          ],
          databaseAt: '2026-11-01T00:00:00Z',
        },
      }),
    );
    expect(vulnerabilities).toMatchObject({
      outcome: 'failed',
      summary: 'Its code reaches 2 known vulnerabilities.',
      lookedAt: ['govulncheck, database of 2026-11-01'],
      findings: [
        {
          severity: 'problem',
          message: expect.stringContaining('GO-2026-0001 (CVE-2026-1)'),
          mend: 'Run "go get example.com/loops@v1.0.1 && go mod tidy", and commit.',
          url: CVE.url,
        },
        {
          severity: 'problem',
          mend: 'Raise the version of Go in go.mod to 1.26.9 or newer, and commit.',
        },
        { severity: 'notice', mend: expect.stringContaining('no version') },
      ],
    });
  });

  it('pass with vulnerabilities that are not reached, but never without having looked', async () => {
    const { builds, after } = setUp();
    const reported = async (
      vulnerabilities: Build['vulnerabilities'],
    ): Promise<PublishCheckReport> =>
      (await after(() => builds.end(ID, { vulnerabilities }))).vulnerabilities;
    await expect(
      reported({
        outcome: 'passed',
        vulnerabilities: [{ ...CVE, reached: false }],
      }),
    ).resolves.toMatchObject({
      outcome: 'passed',
      findings: [{ severity: 'notice' }],
    });
    await expect(
      reported({
        outcome: 'could-not-run',
        reason: 'No database',
        vulnerabilities: [],
      }),
    ).resolves.toMatchObject({
      outcome: 'could-not-run',
      summary:
        'govulncheck could not run: No database. Check again once that is mended.',
    });
    await expect(reported(undefined)).resolves.toMatchObject({
      outcome: 'could-not-run',
    });
  });

  it('could not run without a runner, and say what to do', async () => {
    const { builds, run } = setUp();
    builds.runners = 0;
    const reports = await run();
    for (const report of Object.values(reports)) {
      expect(report).toMatchObject({
        outcome: 'could-not-run',
        summary: expect.stringMatching(
          /An administrator starts one.*check again\.$/,
        ),
      });
    }
    expect(builds.all()).toEqual([]);
  });

  it('wait for a runner that is restarted', async () => {
    const { builds, run } = setUp();
    builds.runners = 0;
    const context = contextOf();
    const reports = run(context);
    await waitFor(() =>
      expect(context.shown).toContain('Waits for a runner to connect.'),
    );
    builds.runners = 1;
    await waitFor(() => expect(builds.all()).toHaveLength(1));
    builds.end(ID);
    expect(outcomes(await reports).builds).toBe('passed');
  });

  it('could not run where the portal builds nothing', async () => {
    const checks = createBuildChecks({ builds: undefined, envoys: ENVOYS });
    for (const check of checks) {
      await expect(check.run(contextOf())).resolves.toMatchObject({
        outcome: 'could-not-run',
        summary: expect.stringContaining('envoyGoPlugins.builds'),
      });
    }
  });

  it('have what ended badly built once more when asked anew, and only then', async () => {
    const { builds, run, after } = setUp();
    await after(() => builds.end(ID, { at: 'test' }));
    // Another worker takes over what was asked before
    expect(outcomes(await run())['unit-tests']).toBe('failed');
    expect(builds.retries).toEqual([]);
    const again = run(
      contextOf({
        request: {
          ...contextOf().request,
          askedAt: new Date(Date.now() + 1_000),
        },
      }),
    );
    await waitFor(() => expect(builds.retries).toEqual([ID]));
    builds.end(ID, { endedAt: new Date(Date.now() + 2_000).toISOString() });
    expect(outcomes(await again)['unit-tests']).toBe('passed');
  });
});
