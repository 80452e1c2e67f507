import { ConfigSources } from '@backstage/config-loader';
import { isError } from '@backstage/errors';
import { Command, InvalidArgumentError, Option } from 'commander';
import { startEventIntake } from './process';
import { createLogger } from './process/createLogger';

/**
 * The command line of event-intake: runs until SIGTERM or SIGINT, then answers what is
 * under way and ends. Exit code 2 when it could not start.
 */
export async function main(args: string[] = process.argv): Promise<void> {
  const program = new Command('event-intake')
    .description(
      "Takes in what GitHub's webhooks deliver, into the database of the portal, while the portal itself may be down.",
    )
    .option(
      '--config <file>',
      "the portal's configuration; may be given several times (default: app-config.yaml and app-config.local.yaml)",
      (file: string, files: string[]) => [...files, file],
      [],
    )
    .addOption(
      new Option('--port <n>', 'port to listen on')
        .env('EVENT_INTAKE_PORT')
        .default(7010)
        .argParser(toPort),
    )
    .addOption(
      new Option('--host <address>', 'address to listen on')
        .env('EVENT_INTAKE_HOST')
        .default('127.0.0.1'),
    )
    .action(run);
  try {
    await program.parseAsync(args);
  } catch (error) {
    process.stderr.write(`${isError(error) ? error.message : error}\n`);
    process.exit(2);
  }
}

async function run(options: {
  config: string[];
  port: number;
  host: string;
}): Promise<void> {
  const now = () => new Date();
  const logger = createLogger(line => process.stdout.write(line), now);
  const config = await ConfigSources.toConfig(
    ConfigSources.default({
      argv: options.config.flatMap(file => ['--config', file]),
      watch: false,
    }),
  );
  const { port, host } = options;
  const intake = await startEventIntake({ config, port, host, logger, now });
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) {
      process.exit(130);
    }
    stopping = true;
    logger.info(`${signal}: answers what is under way, and ends`);
    intake.stop().then(
      () => process.exit(0),
      error => {
        logger.error('The intake did not end in order', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function toPort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  }
  return port;
}
