import { parseArgs, type ParseArgsConfig } from 'node:util';

/** `parseArgs` that tells the user what is wrong in one line and ends with exit code 2. */
export function parseOptions<T extends ParseArgsConfig>(
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error(
      `${
        error instanceof Error ? error.message : error
      }\nAdd \`-- --help\` for what there is.`,
    );
    return process.exit(2);
  }
}
