import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { PluginDefinition } from './PluginDefinition';
import { readDefinition } from './readDefinition';
import { writeGo, writeGoHandlers, writeGoMain, writeGoMod } from './writeGo';
import {
  writeTypeScript,
  writeTypeScriptHandlers,
  writeTypeScriptMain,
} from './writeTypeScript';

export type Language = 'ts' | 'go';

/** What was done to a file: people's own are kept, whatever is in them. */
export interface FileOutcome {
  path: string;
  outcome: 'made' | 'changed' | 'unchanged' | 'kept';
}

export interface CreateOptions {
  /** A NAME-VERSION.yaml. */
  file: string;
  languages: readonly Language[];
  /** Folder that gets NAME-VERSION/LANGUAGE. */
  out: string;
  /** The Go library's folder. */
  goLibrary: string;
}

interface PlannedFile {
  name: string;
  text: string;
  /** Whether it is people's own once it is there. */
  once: boolean;
}

/**
 * Makes the code of one definition. Doing it again changes nothing.
 *
 * @throws DefinitionError
 */
export async function createPlugin(
  options: CreateOptions,
): Promise<FileOutcome[]> {
  const definition = readDefinition(
    options.file,
    await readFile(options.file, 'utf8'),
  );
  const outcomes: FileOutcome[] = [];
  for (const language of options.languages) {
    const folder = join(
      options.out,
      `${definition.name}-${definition.version}`,
      language,
    );
    const planned =
      language === 'ts'
        ? planTypeScript(definition)
        : await planGo(definition, folder, options.goLibrary);
    for (const file of planned) {
      outcomes.push(await write(join(folder, file.name), file));
    }
  }
  return outcomes;
}

function planTypeScript(definition: PluginDefinition): PlannedFile[] {
  return [
    {
      name: `${definition.name}.generated.ts`,
      text: writeTypeScript(definition),
      once: false,
    },
    {
      name: 'handlers.ts',
      text: writeTypeScriptHandlers(definition),
      once: true,
    },
    { name: 'plugin.ts', text: writeTypeScriptMain(definition), once: true },
  ];
}

async function planGo(
  definition: PluginDefinition,
  folder: string,
  library: string,
): Promise<PlannedFile[]> {
  const libraryPath = relative(resolve(folder), resolve(library))
    .split(sep)
    .join('/');
  const fromLibrary = (name: string) => readFile(join(library, name), 'utf8');
  return [
    { name: 'generated.go', text: writeGo(definition), once: false },
    { name: 'handlers.go', text: writeGoHandlers(definition), once: true },
    { name: 'main.go', text: writeGoMain(), once: true },
    {
      name: 'go.mod',
      text: writeGoMod(definition, await fromLibrary('go.mod'), libraryPath),
      once: true,
    },
    { name: 'go.sum', text: await fromLibrary('go.sum'), once: true },
  ];
}

async function write(
  path: string,
  { text, once }: PlannedFile,
): Promise<FileOutcome> {
  const present = await readFile(path, 'utf8').catch(error => {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
  if (present !== undefined && once) {
    return { path, outcome: 'kept' };
  }
  if (present === text) {
    return { path, outcome: 'unchanged' };
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return { path, outcome: present === undefined ? 'made' : 'changed' };
}
