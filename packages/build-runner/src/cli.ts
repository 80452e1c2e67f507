import { Command, InvalidArgumentError } from 'commander';
import { isError } from '@backstage/errors';
import type { BuildReport, Platform } from './release';

/**
 * The command line of build-runner. Sets the exit code: 0 when all is well, 1 when a
 * release failed, 2 when something could not run.
 */
export async function main(args: string[] = process.argv): Promise<void> {
  const aborted = new AbortController();
  let interrupted: NodeJS.Signals | undefined;
  const interrupt = (name: NodeJS.Signals) => {
    interrupted ??= name;
    aborted.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', interrupt);
  try {
    await createProgram(aborted.signal).parseAsync(args);
  } catch (error) {
    if (interrupted) {
      process.exitCode = interrupted === 'SIGINT' ? 130 : 143;
    } else {
      process.stderr.write(`${isError(error) ? error.message : error}\n`);
      process.exitCode = 2;
    }
  }
}

function createProgram(signal: AbortSignal): Command {
  const program = new Command('build-runner').description(
    'Builds releases of Envoy filters written in Go in isolation, and proves them.',
  );
  program
    .command('build')
    .description('build and prove one release')
    .argument('<source>', 'archive (.tar.gz) or folder')
    .requiredOption('--out <folder>', 'where to put the libraries')
    .option('--envoy <version|path>', 'Envoy to prove it in (several)', collect)
    .option(
      '--platform <platform>',
      'linux/amd64, linux/arm64',
      collectPlatform,
    )
    .option('--toolchain <goroot>', 'Go that may be used (several)', collect)
    .option('--module-cache <folder>', 'where modules are kept')
    .option('--commit <sha>', 'commit that the archive must be of')
    .option('--json', 'print the report as JSON')
    .option('--quiet', 'do not print what the steps say')
    .action(async (source, options) => {
      const { buildRelease } = await loaded(import('./release'));
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const report = await buildRelease({
        source,
        out: options.out,
        envoys: options.envoy,
        platforms: options.platform,
        toolchains: options.toolchain,
        moduleCache: options.moduleCache,
        commit: options.commit,
        signal,
        onStep: ({ name, state, reason, durationMs }) => {
          if (state !== 'queued') {
            const seconds =
              durationMs === undefined
                ? ''
                : ` (${(durationMs / 1000).toFixed(1)} s)`;
            say(`${name}: ${state}${seconds}${reason ? `: ${reason}` : ''}`);
          }
        },
        onLog: options.quiet ? undefined : ({ line }) => say(`  ${line}`),
      });
      process.stdout.write(
        options.json
          ? `${JSON.stringify(report, undefined, 2)}\n`
          : formatReport(report),
      );
      process.exitCode = { passed: 0, failed: 1, 'could-not-run': 2 }[
        report.outcome
      ];
    });
  program
    .command('serve')
    .description('mount onto a backend, and build for it until told to end')
    .requiredOption(
      '--core <address>',
      'HOST:PORT or unix:/PATH of the backend',
    )
    .option(
      '--name <name>',
      'unique among its runners (default: the host name)',
    )
    .option(
      '--token-file <file>',
      'file with the token, read for each mount (default: BUILD_RUNNER_TOKEN)',
    )
    .option('--concurrency <builds>', 'builds at once', parseCount, 1)
    .option('--toolchain <goroot>', 'Go that may be used (several)', collect)
    .option('--work <folder>', 'folder for what is being built')
    .option(
      '--grace <seconds>',
      'how long builds may still take when it is told to end',
      parseSeconds,
      30,
    )
    .option('--tls', 'encrypt, and trust the authorities of the system')
    .option('--tls-ca <file>', "encrypt, and trust the core's authority: PEM")
    .option('--tls-cert <file>', 'certificate of this runner: PEM')
    .option('--tls-key <file>', 'its private key: PEM')
    .option(
      '--tls-name <name>',
      "name in the core's certificate when it is not the address",
    )
    .action(async options => {
      const { serveCommand } = await loaded(import('./serve'));
      await serveCommand({
        ...options,
        env: process.env,
        signal,
        onLine: line => process.stdout.write(`${line}\n`),
      });
    });
  program
    .command('isolation')
    .description('say how builds can be isolated on this machine')
    .action(async () => {
      const { describeIsolation } = await loaded(import('./isolation'));
      const { available, measures } = await describeIsolation();
      for (const { name, strength, detail } of measures) {
        process.stdout.write(`${name}  ${strength}  ${detail}\n`);
      }
      process.exitCode = available ? 0 : 2;
    });
  program
    .command('prove-inside', { hidden: true })
    .argument('<request>')
    .action(async request => {
      const { proveInside } = await loaded(import('./proof'));
      await proveInside(JSON.parse(request));
    });
  return program;
}

function formatReport(report: BuildReport): string {
  const lines = [
    ...report.libraries.map(
      ({ platform, file, digest }) => `${platform}  ${digest}  ${file}`,
    ),
    ...report.compatibility.map(
      row =>
        `Envoy ${row.envoy ?? row.requested}  ${row.outcome} ${
          row.cases.filter(({ outcome }) => outcome === 'passed').length
        }/${row.cases.length}`,
    ),
    ...(report.vulnerabilities?.vulnerabilities ?? []).map(
      ({ id, module, reached, fixedIn }) =>
        `${id}  ${module}  ${reached ? 'reached' : 'not reached'}${
          fixedIn ? `, fixed in ${fixedIn}` : ''
        }`,
    ),
    `${report.outcome}${report.reason ? `: ${report.reason}` : ''} (${(
      report.durationMs / 1000
    ).toFixed(1)} s)`,
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * A lazily loaded module. Node's `import()` of a CommonJS file puts what it exports under
 * `default`.
 */
async function loaded<T extends object>(
  loading: Promise<T & { default?: T }>,
): Promise<T> {
  const namespace = await loading;
  return namespace.default ?? namespace;
}

function parseCount(value: string): number {
  if (!/^[1-9]\d?$/.test(value)) {
    throw new InvalidArgumentError('It must be a number from 1 to 64.');
  }
  return Math.min(64, Number(value));
}

function parseSeconds(value: string): number {
  if (!/^\d{1,5}$/.test(value)) {
    throw new InvalidArgumentError('It must be a number of seconds.');
  }
  return Number(value);
}

function collect(value: string, all: string[] = []): string[] {
  return [...all, value];
}

function collectPlatform(value: string, all: Platform[] = []): Platform[] {
  if (value !== 'linux/amd64' && value !== 'linux/arm64') {
    throw new InvalidArgumentError('It must be linux/amd64 or linux/arm64.');
  }
  return [...all, value];
}
