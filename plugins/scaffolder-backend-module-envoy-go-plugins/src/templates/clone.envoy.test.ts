import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  SCOPES,
  startGitHub,
  type TestGitHub,
} from '../__testUtils__/startGitHub';
import { type Portal, startPortal } from '../__testUtils__/startPortal';
import { runProgram } from '../__testUtils__/runProgram';

const ENVOY_RUNNER = resolve(
  __dirname,
  '../../../../packages/envoy-runner/bin/envoy-runner',
);

describe('a clone of what the template made', () => {
  let github: TestGitHub;
  let portal: Portal;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'envoy-go-clone-'));
    github = await startGitHub();
    const { host, apiBaseUrl, portalToken } = github;
    portal = await startPortal({ host, apiBaseUrl, token: portalToken });
  }, 60_000);

  afterAll(async () => {
    await portal?.stop();
    await github?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('passes make test build prove in Envoy 1.38.3 and 1.40.0', async () => {
    const task = await portal.create({
      template: 'envoy-go-filter',
      values: {
        name: 'geo-fence',
        description: 'Refuses requests from elsewhere',
        owner: 'group:default/gateway',
        category: 'access',
        countsMetrics: true,
        configFields: [
          { name: 'countries', type: 'string[]', required: true },
          { name: 'timeout', type: 'duration', default: '1m30s' },
        ],
        repoUrl: `${github.host}?owner=acme&repo=geo-fence`,
      },
      token: await github.createToken('author', SCOPES),
    });
    expect({ status: task.status, log: task.log }).toMatchObject({
      status: 'completed',
    });

    const clone = join(folder, 'geo-fence');
    await runProgram(
      'git',
      ['clone', '-q', `${github.url}/acme/geo-fence`, clone],
      { cwd: folder },
    );
    const { stdout } = await runProgram('make', ['test', 'build', 'prove'], {
      cwd: clone,
      env: { ...process.env, ENVOY_RUNNER, NODE_OPTIONS: '' },
    });
    expect(stdout).toContain('2 passed, 0 failed, 0 could not run');
    expect(stdout).toMatch(/Envoy 1\.38\.3\s+Envoy 1\.40\.0/);

    const { stdout: changes } = await runProgram('git', ['status', '--short'], {
      cwd: clone,
    });
    expect(changes).toBe('');
    const { stdout: author } = await runProgram('git', ['log', '--format=%s'], {
      cwd: clone,
    });
    expect(author).toBe('Start from the template for Envoy filters in Go\n');
  }, 300_000);

  it('says how to debug it, and what else can be made', async () => {
    const clone = join(folder, 'geo-fence');
    const { stdout: help } = await runProgram('make', [], { cwd: clone });
    expect(help.match(/^make \w+/gm)).toEqual([
      'make help',
      'make all',
      'make test',
      'make build',
      'make prove',
      'make run',
      'make debug',
      'make clean',
    ]);
    const { stdout: debug } = await runProgram('make', ['debug'], {
      cwd: clone,
    });
    expect(debug).toContain('dlv attach PID');
    expect(debug).toContain(
      'break github.com/acme/geo-fence.(*filter).OnRequestHeaders',
    );
    await runProgram('make', ['clean'], { cwd: clone });
  }, 30_000);
});
