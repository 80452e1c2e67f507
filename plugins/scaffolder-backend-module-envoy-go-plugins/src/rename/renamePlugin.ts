import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError, isError } from '@backstage/errors';
import { isEnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { PluginNames } from './PluginNames';
import { type NewPluginFacts, renameCatalogInfo } from './renameCatalogInfo';
import { renameGoFile } from './renameGoFile';
import { renameText } from './renameText';

/** What belongs to the old plugin's checkout only. */
const LEFT_BEHIND = ['.git', 'build'];

/** Files that name other modules only, by their hashes. */
const NOT_RENAMED = ['go.sum', 'LICENSE'];

async function readRequired(directory: string, name: string): Promise<string> {
  try {
    return await readFile(resolveSafeChildPath(directory, name), 'utf8');
  } catch (error) {
    if (isError(error) && error.code === 'ENOENT') {
      throw new InputError(
        `The example has no ${name}, so it is no plugin that one can start from.`,
      );
    }
    throw error;
  }
}

/**
 * Reads what the plugin in a folder is called, from its `catalog-info.yaml`, its `go.mod` and
 * its Go package.
 *
 * @throws InputError when the folder is no plugin in Go
 */
export async function readPluginNames(directory: string): Promise<PluginNames> {
  const entity = parse(await readRequired(directory, 'catalog-info.yaml'));
  if (!isEnvoyGoPluginEntity(entity)) {
    throw new InputError(
      'The catalog-info.yaml of the example describes no EnvoyGoPlugin; choose another example.',
    );
  }
  const { name, title, annotations } = entity.metadata;
  const modulePath = (await readRequired(directory, 'go.mod')).match(
    /^module\s+"?([^\s"]+)"?/m,
  )?.[1];
  if (!modulePath) {
    throw new InputError('The go.mod of the example names no module.');
  }
  const packageDirectory = resolveSafeChildPath(directory, entity.spec.package);
  for (const file of (await readdir(packageDirectory)).sort()) {
    if (!file.endsWith('.go') || file.endsWith('_test.go')) {
      continue;
    }
    const source = await readFile(
      resolveSafeChildPath(packageDirectory, file),
      'utf8',
    );
    const goPackage = source.match(/^package\s+([a-zA-Z_][a-zA-Z0-9_]*)/m)?.[1];
    if (goPackage) {
      return {
        name,
        title: title ?? name,
        filterName: entity.spec.filterName,
        goPackage,
        modulePath,
        projectSlug: annotations?.['github.com/project-slug'] ?? name,
      };
    }
  }
  throw new InputError(
    `The example has no Go package in "${entity.spec.package}", where its catalog-info.yaml says it is.`,
  );
}

async function filesOf(directory: string, below = ''): Promise<string[]> {
  const entries = await readdir(resolveSafeChildPath(directory, below || '.'), {
    withFileTypes: true,
  });
  const files: string[] = [];
  for (const entry of entries) {
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      files.push(...(await filesOf(directory, path)));
    } else if (entry.isFile()) {
      files.push(path);
    }
  }
  return files;
}

/**
 * Turns a copy of one plugin into another one: renames the Go module and package, the filter,
 * the entity, the library and the counters in every text file, and leaves the rest alone.
 *
 * @param directory - the copy, which is changed in place
 * @returns the paths of the files that changed, sorted
 * @throws InputError when the folder is no plugin in Go
 */
export async function renamePlugin(
  directory: string,
  to: PluginNames,
  facts: NewPluginFacts = {},
): Promise<string[]> {
  const from = await readPluginNames(directory);
  for (const name of LEFT_BEHIND) {
    await rm(resolveSafeChildPath(directory, name), {
      recursive: true,
      force: true,
    });
  }
  const changed: string[] = [];
  for (const file of (await filesOf(directory)).sort()) {
    const path = resolveSafeChildPath(directory, file);
    const content = await readFile(path);
    if (NOT_RENAMED.includes(file) || content.includes(0)) {
      continue;
    }
    const before = content.toString('utf8');
    let after: string;
    if (file === 'catalog-info.yaml') {
      after = renameCatalogInfo(before, from, to, facts);
    } else if (file.endsWith('.go')) {
      after = renameGoFile(before, from, to);
    } else if (file === 'README.md') {
      after = renameText(before, from, to).replace(
        new RegExp(`^# .*$`, 'm'),
        () => `# ${to.title}`,
      );
    } else {
      after = renameText(before, from, to);
    }
    if (after !== before) {
      const { mode } = await lstat(path);
      await writeFile(path, after, { mode });
      changed.push(file);
    }
  }
  return changed;
}
