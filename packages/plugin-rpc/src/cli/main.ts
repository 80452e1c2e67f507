import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { createPlugin, Language } from '../codegen';

const DEFAULT_FOLDER = '.plugin-rpc';

/** Where the command line prints, and what it finds beside itself. */
export interface Surroundings {
  /** The folder of the Go library. */
  goLibrary: string;
  out: (text: string) => void;
  err: (text: string) => void;
}

interface CreateArguments {
  file?: string;
  dir?: string;
  lang?: Language;
  out: string;
  goLibrary: string;
}

/**
 * The command line of plugin-rpc.
 *
 * @param args - what follows the program's name
 * @returns the exit code: 0 when all is well, 1 when a definition is wrong, 2 when the
 * command line is
 */
export async function run(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  let failed = false;
  const program = new Command('plugin-rpc')
    .description('Tools of the plugin framework plugin-rpc.')
    .exitOverride()
    .configureOutput({
      writeOut: surroundings.out,
      writeErr: surroundings.err,
    });
  program
    .command('create')
    .description(
      'Make typed code out of NAME-VERSION.yaml: a core client and a plugin in TypeScript, a plugin in Go.',
    )
    .addOption(
      new Option('-f, --file <file>', 'one definition').conflicts('dir'),
    )
    .option(
      '-d, --dir <dir>',
      `all definitions in a folder (default: ${DEFAULT_FOLDER})`,
    )
    .addOption(
      new Option('--lang <language>', 'one language (default: all)').choices([
        'ts',
        'go',
      ]),
    )
    .option(
      '-o, --out <dir>',
      'folder that gets NAME-VERSION/LANGUAGE',
      DEFAULT_FOLDER,
    )
    .addOption(
      new Option('--go-library <dir>', 'the Go library').default(
        surroundings.goLibrary,
        'the one of this package',
      ),
    )
    .action(async (options: CreateArguments) => {
      failed = !(await create(options, surroundings));
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof Error && 'exitCode' in error) {
      // Of the command line itself, which has said so.
      return error.exitCode === 0 ? 0 : 2;
    }
    throw error;
  }
  return failed ? 1 : 0;
}

async function create(
  options: CreateArguments,
  surroundings: Surroundings,
): Promise<boolean> {
  const languages: Language[] = options.lang ? [options.lang] : ['ts', 'go'];
  let good = true;
  try {
    for (const file of await definitionsOf(options)) {
      const { out, goLibrary } = options;
      try {
        const outcomes = await createPlugin({
          file,
          languages,
          out,
          goLibrary,
        });
        for (const { path, outcome } of outcomes) {
          surroundings.out(`${outcome.padEnd(9)} ${path}\n`);
        }
      } catch (error) {
        surroundings.err(`${messageOf(error)}\n`);
        good = false;
      }
    }
  } catch (error) {
    surroundings.err(`${messageOf(error)}\n`);
    return false;
  }
  return good;
}

async function definitionsOf(options: CreateArguments): Promise<string[]> {
  if (options.file !== undefined) {
    return [options.file];
  }
  const folder = options.dir ?? DEFAULT_FOLDER;
  const names = await readdir(folder).catch(error => {
    if (error.code === 'ENOENT') {
      return [];
    }
    throw error;
  });
  const files = names.filter(name => name.endsWith('.yaml')).sort();
  if (files.length === 0) {
    throw new Error(
      `There is no NAME-VERSION.yaml in ${folder}; write one, or name it with -f FILE or its folder with -d DIR`,
    );
  }
  return files.map(name => join(folder, name));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
