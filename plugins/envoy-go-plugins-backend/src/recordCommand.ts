import type { LoggerService } from '@backstage/backend-plugin-api';
import { ConfigSources } from '@backstage/config-loader';
import { InputError, NotFoundError, isError } from '@backstage/errors';
import { openDatabase } from '@envoy-go/event-intake';
import { Command } from 'commander';
import {
  DatabaseAuditRecordStore,
  type RecordVerification,
  exportRecord,
  verifyExport,
} from './audit';

const REPORTED_ELSEWHERE: LoggerService = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => REPORTED_ELSEWHERE,
};

/**
 * The command `envoy-go-plugins-record`: verifies the record of the portal's database, or
 * one that was exported. Exit code 0 when all of it is as it was written, 1 when it is not,
 * 2 when that could not be found out.
 */
export async function main(args: string[] = process.argv): Promise<void> {
  const program = new Command('envoy-go-plugins-record').description(
    'The record of who did what: verifies and exports it.',
  );
  const withConfig = (command: Command) =>
    command.option(
      '--config <file>',
      "the portal's configuration; may be given several times (default: app-config.yaml and app-config.local.yaml)",
      (file: string, files: string[]) => [...files, file],
      [],
    );
  withConfig(
    program
      .command('verify')
      .description(
        'finds records that were changed, removed or put in, in the database or in an export',
      )
      .option('--export <file>', 'a whole record, exported as lines of JSON')
      .option(
        '--hash <hash>',
        'the hash that the record once ended with, or had at its end at least',
      ),
  ).action(async (options: VerifyOptions) => {
    process.exitCode = await verify(options);
  });
  withConfig(
    program
      .command('export')
      .description('writes the record to the standard output'),
  ).action(async ({ config }: { config: string[] }) => {
    await withStore(config, async store => {
      const { lines } = exportRecord(store.all({}), 'jsonl');
      for await (const line of lines) {
        process.stdout.write(line);
      }
    });
  });
  try {
    await program.parseAsync(args);
  } catch (error) {
    process.stderr.write(`${isError(error) ? error.message : error}\n`);
    process.exitCode = 2;
  }
  // The manager of databases has timers that would keep this running
  process.stdout.write('', () => process.exit());
}

interface VerifyOptions {
  config: string[];
  export?: string;
  hash?: string;
}

async function verify(options: VerifyOptions): Promise<number> {
  const { config, hash } = options;
  if (hash !== undefined && !/^[0-9a-f]{64}$/.test(hash)) {
    throw new InputError(
      `--hash: found "${hash}", allowed are the 64 hex digits that a verification ends with`,
    );
  }
  const found =
    options.export === undefined
      ? await withStore(config, store => store.verify(hash))
      : await verifyExport(options.export, hash);
  process.stdout.write(describe(found));
  return found.problems.length === 0 ? 0 : 1;
}

async function withStore<T>(
  config: string[],
  act: (store: DatabaseAuditRecordStore) => Promise<T>,
): Promise<T> {
  const portal = await ConfigSources.toConfig(
    ConfigSources.default({
      argv: config.flatMap(file => ['--config', file]),
      watch: false,
    }),
  );
  const db = await openDatabase({
    config: portal,
    logger: REPORTED_ELSEWHERE,
  });
  try {
    if (!(await db.schema.hasTable('audit_chain'))) {
      throw new NotFoundError(
        'The database has no record that could be verified: start the portal with this version of the plugin once',
      );
    }
    return await act(new DatabaseAuditRecordStore(db));
  } finally {
    await db.destroy();
    portal.close();
  }
}

function describe({ records, hash, problems }: RecordVerification): string {
  return [
    ...problems.map(({ message }) => message),
    problems.length === 0
      ? `${records} records, all as they were written`
      : `${records} records; what is wrong with them: ${problems.length}`,
    `The last one's hash: ${hash}`,
    '',
  ].join('\n');
}
