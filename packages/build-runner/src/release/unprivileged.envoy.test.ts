import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, resolveEnvoy } from '@envoy-go/envoy-runner';
import { quote } from '../isolation/holdScript';
import { useTemporaryDirectory } from '../testing/temporaryDirectory';
import type { BuildReport } from './BuildReport';

const CHECKOUT = resolve(__dirname, '../../../..');
const NOBODY = 65534;
const HANDED_ON =
  /^(GOPROXY|GOSUMDB|GONOSUMDB|https?_proxy|no_proxy|SSL_CERT_.*)$/i;
const run = promisify(execFile);

// The first of all runs compiles the standard library and gets an Envoy
jest.setTimeout(600_000);

describe('build-runner for a user who is not root', () => {
  const temporaryDirectory = useTemporaryDirectory();
  const isRoot = process.getuid?.() === 0;

  /**
   * The script that begins in a mount namespace of its own, and goes on as `nobody`, when
   * we are root. What is ours is seen in `directory`, wherever it is and whoever may
   * read the folders above it.
   */
  async function asNobody(directory: string, command: string[]) {
    const cache = cacheDirectory();
    const envoy = await resolveEnvoy('1.40.0');
    const seen = new Map([
      [CHECKOUT, 'checkout'],
      [dirname(process.execPath), 'node'],
      [envoy.executable, 'envoy/envoy'],
    ]);
    for (const kept of ['go-build', 'tools']) {
      const names = await readdir(join(cache, kept)).catch(() => []);
      for (const name of names.filter(found => /^(1|govuln)/.test(found))) {
        seen.set(join(cache, kept, name), `cache/${kept}/${name}`);
      }
    }
    const own = [
      'home',
      'tmp',
      'out',
      'envoy',
      'cache',
      'cache/go-build',
      'cache/tools',
    ];
    for (const folder of own) {
      await mkdir(join(directory, folder), { recursive: true });
    }
    await cp(join(cache, 'modules'), join(directory, 'cache/modules'), {
      recursive: true,
    }).catch(() => undefined);
    const env = {
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => HANDED_ON.test(name)),
      ),
      HOME: join(directory, 'home'),
      TMPDIR: join(directory, 'tmp'),
      ENVOY_GO_CACHE: join(directory, 'cache'),
      ENVOY_RUNNER_ENVOYS: `${directory}/envoy/envoy`,
      // Of no matter here
      GOVULNDB: 'file:///none',
      PATH: `${directory}/node:${process.env.PATH}`,
    };
    const script = [
      'set -eu',
      'place() {',
      '  if [ -d "$1" ]; then mkdir "$2"; else : >"$2"; fi',
      '  mount --bind "$1" "$2"',
      '}',
      `cd ${quote(directory)}`,
      'chmod 0755 .',
      ...(isRoot ? [`chown -R ${NOBODY}:${NOBODY} ${own.join(' ')}`] : []),
      ...[...seen].map(([source, target]) =>
        isRoot
          ? `place ${quote(source)} ${quote(target)}`
          : `ln -s ${quote(source)} ${quote(target)}`,
      ),
      [
        'exec',
        ...(isRoot
          ? [
              'setpriv',
              ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
            ]
          : []),
        ...['env', '-i'],
        ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
        ...command,
      ]
        .map(quote)
        .join(' '),
    ].join('\n');
    return script;
  }

  it('builds from the sources of this repository, and proves', async () => {
    const directory = await temporaryDirectory();
    const script = await asNobody(directory, [
      'node',
      'checkout/packages/build-runner/bin/build-runner',
      'build',
      'checkout/examples/plugins/token-auth',
      ...['--envoy', '1.40.0'],
      ...['--platform', 'linux/amd64'],
      ...['--out', 'out'],
      '--json',
    ]);
    const [program, ...args] = [
      ...(isRoot ? ['unshare', '--mount'] : []),
      ...['sh', '-c', script],
    ];
    const { stdout, stderr } = await run(program, args, {
      maxBuffer: 64 * 1024 * 1024,
    }).catch(error => error);
    expect(stdout || stderr).toMatch(/^\{/);
    const report: BuildReport = JSON.parse(stdout);
    expect(
      report.compatibility.map(({ envoy, outcome, reason, cases }) => ({
        envoy,
        outcome,
        reason,
        failed: cases.filter(({ differences }) => differences.length > 0),
      })),
    ).toEqual([
      { envoy: '1.40.0', outcome: 'passed', reason: undefined, failed: [] },
    ]);
    expect(report.outcome).toBe('passed');
    const library = join(directory, 'out/linux-amd64/libtoken-auth.so');
    expect((await stat(library)).uid).toBe(
      isRoot ? NOBODY : process.getuid?.(),
    );
    // Nothing of the sandboxes is left, nor of the compiler of the prover
    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
    expect((await readFile(library)).subarray(1, 4).toString()).toBe('ELF');
  });
});
