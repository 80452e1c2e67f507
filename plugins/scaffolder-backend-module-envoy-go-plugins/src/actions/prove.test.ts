import {
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import type { ProofReport } from '@envoy-go/envoy-runner';
import { inputOfExample } from '../__testUtils__/inputOfExample';
import { runAction } from '../__testUtils__/runAction';
import { createProveAction } from './prove';
import { examples } from './prove.examples';

type Input = { targetPath?: string; envoys?: string[] };

function reportOf(outcome: ProofReport['outcome']): ProofReport {
  return {
    outcome,
    durationMs: 1,
    results: [
      {
        plugin: { name: 'token-auth', directory: '/x' },
        envoy: { requested: '1.40.0', version: '1.40.0' },
        outcome,
        ...(outcome === 'could-not-run'
          ? { reason: 'There is no go on the PATH' }
          : {}),
        warnings: [],
        durationMs: 1,
        cases: [],
      },
    ],
  };
}

describe('envoy-go-plugins:prove', () => {
  const workspace = createMockDirectory();
  const logger = mockServices.logger.mock();

  beforeEach(() => {
    jest.clearAllMocks();
    workspace.setContent({ filter: {} });
  });

  /** A stand-in for envoy-runner: a program that does what the script says. */
  const runnerThat = (script: string) => ({
    program: process.execPath,
    args: ['-e', script, '--'],
  });

  const runnerThatReports = (report: ProofReport) =>
    runnerThat(
      `process.stderr.write(JSON.stringify({
        args: process.argv.slice(1), env: process.env, cwd: process.cwd(),
      }) + '\\n');
      process.stdout.write(${JSON.stringify(JSON.stringify(report))});
      process.exitCode = ${report.outcome === 'passed' ? 0 : 1};`,
    );

  const run = (
    input: Input,
    options: Parameters<typeof createProveAction>[0],
    signal?: AbortSignal,
  ) =>
    runAction(createProveAction(options), {
      input,
      workspacePath: workspace.path,
      logger,
      signal,
    });

  const logged = () => logger.info.mock.calls.map(([line]) => line);

  describe.each(examples)('$description', example => {
    it('proves in a process of its own, which knows no secret', async () => {
      const input = inputOfExample<Input>(example, 'envoy-go-plugins:prove');
      await expect(
        run(input, {
          allowed: true,
          command: runnerThatReports(reportOf('passed')),
          env: { PATH: process.env.PATH, GOFLAGS: '-x', GITHUB_TOKEN: 'x' },
        }),
      ).resolves.toEqual({ outcome: 'passed' });

      const [said, ...table] = logged();
      const directory = input.targetPath
        ? workspace.resolve(input.targetPath)
        : workspace.path;
      expect(JSON.parse(said)).toEqual({
        args: [
          'prove',
          directory,
          '--json',
          ...(input.envoys ?? []).flatMap(envoy => ['--envoy', envoy]),
        ],
        env: { PATH: process.env.PATH, GOFLAGS: '-x' },
        cwd: directory,
      });
      expect(table.join('\n')).toContain('Plugin      Envoy 1.40.0');
    });
  });

  it('fails the task when the proof fails', async () => {
    await expect(
      run(
        {},
        { allowed: true, command: runnerThatReports(reportOf('failed')) },
      ),
    ).rejects.toThrow(
      'The filter does not do what its envoy-proof.yaml says; the log above shows the difference.',
    );
    expect(logged().join('\n')).toContain('FAILED');
  });

  it('says why when it could not run, and lets the task go on', async () => {
    await expect(
      run(
        {},
        {
          allowed: true,
          command: runnerThatReports(reportOf('could-not-run')),
        },
      ),
    ).resolves.toEqual({ outcome: 'could-not-run' });
    expect(logged().join('\n')).toContain('There is no go on the PATH');
  });

  it('runs nothing where the portal does not allow it', async () => {
    await expect(
      run({}, { allowed: false, command: runnerThat('process.exit(1)') }),
    ).resolves.toEqual({ outcome: 'could-not-run' });
    expect(logger.warn).toHaveBeenCalledWith(
      'Not proven: this portal does not build plugins. Run `make prove` in the repository, or have envoyGoPlugins.scaffolder.prove set to true in app-config.',
    );
    expect(logged()).toEqual([]);
  });

  it('says what envoy-runner said last when it ended without a report', async () => {
    await expect(
      run(
        {},
        { allowed: true, command: runnerThat('throw new Error("no disk")') },
      ),
    ).rejects.toThrow('envoy-runner ended without a report');
  });

  it('stops the process when the task is cancelled', async () => {
    const cancelled = new AbortController();
    logger.info.mockImplementationOnce(() => cancelled.abort());
    await expect(
      run(
        {},
        {
          allowed: true,
          command: runnerThat(
            'console.error("started"); setInterval(() => {}, 1000)',
          ),
        },
        cancelled.signal,
      ),
    ).rejects.toThrow('aborted');
  });

  it('says so when the proof hangs', async () => {
    await expect(
      run(
        {},
        {
          allowed: true,
          command: runnerThat('setInterval(() => {}, 1000)'),
          timeoutMs: 50,
        },
      ),
    ).rejects.toThrow('The proof did not end within 0.05 s and was stopped');
  });

  it.each(['--library=/etc/passwd', '/bin/sh', '1.40.0 --json'])(
    'refuses %j, which is no version of Envoy',
    async envoy => {
      await expect(run({ envoys: [envoy] }, { allowed: true })).rejects.toThrow(
        'is no version of Envoy',
      );
    },
  );

  it('does not leave the workspace', async () => {
    await expect(run({ targetPath: '..' }, { allowed: true })).rejects.toThrow(
      'Relative path is not allowed',
    );
  });
});
