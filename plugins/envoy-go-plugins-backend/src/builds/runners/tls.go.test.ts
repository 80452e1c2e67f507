import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBuildRunnerPlugin } from '@envoy-go/build-runner';
import type { MountOptions } from '@envoy-go/plugin-rpc';
import { waitFor } from '../../testing/waitFor';
import {
  type Authority,
  certify,
  type Identity,
  makeAuthority,
} from './__testUtils__/certificates';
import { startRunner, type RunnerProcess } from './__testUtils__/runnerProcess';
import {
  startWorld,
  TOKEN,
  type RunnerWorld,
} from './__testUtils__/runnerWorld';

jest.setTimeout(120_000);

describe('build runners that mount with TLS', () => {
  let authority: Authority;
  let portal: Identity;
  let world: RunnerWorld;
  const runners: RunnerProcess[] = [];

  beforeAll(async () => {
    authority = await makeAuthority('authority');
    portal = await certify(authority, 'portal.test');
  });

  afterEach(async () => {
    runners.forEach(runner => runner.kill('SIGKILL'));
    await Promise.all(runners.splice(0).map(({ ended }) => ended));
    await world.close();
  });

  async function file(name: string, text: string): Promise<string> {
    const path = join(world.directory, name);
    await writeFile(path, text);
    return path;
  }

  function start(name: string, ...args: string[]): RunnerProcess {
    const runner = startRunner({
      address: world.address,
      token: TOKEN,
      name,
      work: join(world.directory, 'work'),
      args,
    });
    runners.push(runner);
    return runner;
  }

  const mounted = () => world.pool.list().map(({ name }) => name);

  async function expectMounted(runner: RunnerProcess, name: string) {
    await waitFor(() => {
      if (!mounted().includes(name)) {
        throw new Error(`There is no ${name} yet:\n${runner.output()}`);
      }
    }, 60_000);
  }

  /** Tries to mount once. */
  function tryToMount(name: string, tls?: MountOptions['tls']): Promise<void> {
    const plugin = createBuildRunnerPlugin(
      {
        build: () => {
          throw new Error('Nothing is built here');
        },
        describe: () => ({
          version: '1.2.3',
          hostname: 'builder',
          platforms: ['linux/amd64'],
          go: ['1.26.8'],
          isolation: [],
          concurrency: 1,
        }),
      },
      { name, reconnect: false },
    );
    return plugin.mount({
      address: world.address,
      token: TOKEN,
      tls,
      timeout: 2000,
    });
  }

  it('mount when the portal is who it has to be, and not otherwise', async () => {
    world = await startWorld({ tls: portal });
    const pem = authority.certificate.toString('pem');
    const ca = await file('ca.pem', pem);
    const right = start('right', '--tls-ca', ca, '--tls-name', 'portal.test');
    await expectMounted(right, 'right');

    const stranger = await makeAuthority('authority');
    const strange = Buffer.from(stranger.certificate.toString('pem'));
    for (const tls of [
      undefined,
      { serverName: 'portal.test' },
      { ca: strange, serverName: 'portal.test' },
      { ca: Buffer.from(pem), serverName: 'elsewhere.test' },
    ]) {
      await expect(tryToMount('wrong', tls)).rejects.toThrow();
    }
    expect(mounted()).toEqual(['right']);
    expect(world.logged.join('\n')).not.toMatch('without TLS');
  });

  it('show a certificate where the portal wants one', async () => {
    const pem = authority.certificate.toString('pem');
    world = await startWorld({ tls: { ...portal, clientCa: pem } });
    const own = await certify(authority, 'right');
    const right = start(
      'right',
      ...['--tls-ca', await file('ca.pem', pem), '--tls-name', 'portal.test'],
      ...['--tls-cert', await file('own.pem', own.certificate)],
      ...['--tls-key', await file('own.key', own.key)],
    );
    await expectMounted(right, 'right');

    const trust = { ca: Buffer.from(pem), serverName: 'portal.test' };
    const forged = await certify(await makeAuthority('authority'), 'right');
    for (const tls of [
      trust,
      {
        ...trust,
        cert: Buffer.from(forged.certificate),
        key: Buffer.from(forged.key),
      },
    ]) {
      await expect(tryToMount('wrong', tls)).rejects.toThrow();
    }
    expect(mounted()).toEqual(['right']);
  });
});
