import { assertError } from '@backstage/errors';
import { Command, InvalidArgumentError } from 'commander';
import { Validation } from '../rest/RestApi';
import { readSeed } from '../seed/readSeed';
import { startGitHubEmulator } from '../startGitHubEmulator';

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  }
  return port;
}

function readValidation(text: string): Validation {
  if (text !== 'throw' && text !== 'record' && text !== 'off') {
    throw new InvalidArgumentError('Choose throw, record or off.');
  }
  return text;
}

interface CliOptions {
  port: number;
  state: string;
  seed?: string;
  fresh?: boolean;
  validate: Validation;
}

async function run(options: CliOptions): Promise<void> {
  const emulator = await startGitHubEmulator({
    stateDir: options.state,
    port: options.port,
    fresh: options.fresh,
    validate: options.validate,
    seed: options.seed ? await readSeed(options.seed) : undefined,
  });
  process.stdout.write(`GitHub emulator ready at ${emulator.url}\n`);
  let stopping = false;
  const stop = () => {
    if (!stopping) {
      stopping = true;
      emulator.close().then(
        () => process.exit(0),
        error => fail(error),
      );
    }
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function fail(error: unknown): never {
  assertError(error);
  process.stderr.write(`github-emulator: ${error.message}\n`);
  process.exit(1);
}

/** Runs the command line. */
export async function main(args: string[]): Promise<void> {
  const command = new Command('github-emulator')
    .description('GitHub on localhost, for the demo portal and for tests')
    .option(
      '--port <number>',
      'port to listen on; 0 takes a free one',
      readPort,
      4010,
    )
    .requiredOption('--state <folder>', 'where the state is kept')
    .option(
      '--seed <place>',
      'a github.yaml, or the folder it is in, that an empty emulator begins with',
    )
    .option('--fresh', 'forget the state first')
    .option(
      '--validate <mode>',
      "what to do when an answer contradicts GitHub's own description: throw, record or off",
      readValidation,
      'off' as const,
    )
    .action(async (options: CliOptions) => {
      try {
        await run(options);
      } catch (error) {
        fail(error);
      }
    });
  await command.parseAsync(args, { from: 'user' });
}
