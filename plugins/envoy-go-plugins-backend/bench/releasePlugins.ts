import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Entity } from '@backstage/catalog-model';
import { parse } from 'yaml';

/** A plugin whose releases are measured: one of the examples, or a copy of one. */
export interface ReleasePlugin {
  name: string;
  filterName: string;
  /** Contents by path, without a licence. */
  files: Record<string, string>;
}

const EXAMPLES = resolve(__dirname, '../../../examples/plugins');
/** What an operator reads of a configuration that is none: of each release another text. */
const MESSAGE = 'the configuration is not valid JSON';

/** So many plugins: first each of the examples, then copies of them under other names. */
export async function releasePlugins(count: number): Promise<ReleasePlugin[]> {
  const examples = (await readdir(EXAMPLES)).sort();
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const example = examples[index % examples.length];
      const copy = Math.floor(index / examples.length);
      const name = copy === 0 ? example : `${example}-${copy + 1}`;
      const files = await readFolder(join(EXAMPLES, example));
      const description = files['catalog-info.yaml'].replace(
        `name: ${example}\n`,
        `name: ${name}\n`,
      );
      return {
        name,
        filterName: String(parse(description).spec.filterName),
        files: { ...files, 'catalog-info.yaml': description },
      };
    }),
  );
}

/** What a release changes: the library is another one after that. */
export function changedFiles(
  { name, files }: ReleasePlugin,
  version: string,
): Record<string, string> {
  const changed = files['config.go'].replace(
    `${MESSAGE}:`,
    `${MESSAGE} (${version}):`,
  );
  if (changed === files['config.go']) {
    throw new Error(`config.go of ${name} does not say "${MESSAGE}:"`);
  }
  return { 'config.go': changed };
}

/** A plugin as the catalog has it. */
export function toEntity(
  { name, files }: ReleasePlugin,
  github: { url: string; organization: string },
): Entity {
  const { metadata, ...entity }: Entity = parse(files['catalog-info.yaml']);
  return {
    ...entity,
    metadata: {
      ...metadata,
      annotations: {
        'github.com/project-slug': `${github.organization}/${name}`,
        'backstage.io/managed-by-location': `url:${github.url}/${github.organization}/${name}/tree/main/catalog-info.yaml`,
      },
    },
  };
}

async function readFolder(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => !path.startsWith(join(folder, 'build/')));
  return Object.fromEntries(
    await Promise.all(
      files.map(async path => [
        path.slice(folder.length + 1),
        await readFile(path, 'utf8'),
      ]),
    ),
  );
}
