import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeTemporaryFolder } from '../process';

/** A library where Envoy finds it. */
export interface StagedLibrary {
  /** For `ENVOY_DYNAMIC_MODULES_SEARCH_PATH`. */
  modulesPath: string;
  /** For `dynamic_module_config.name`. */
  moduleName: string;
  remove(): Promise<void>;
}

/**
 * Makes a library of any name loadable as a dynamic module: Envoy wants it to be called
 * `lib<name>.so`.
 */
export async function stageLibrary(library: string): Promise<StagedLibrary> {
  const { path: modulesPath, remove } = await makeTemporaryFolder('modules');
  const moduleName = 'plugin';
  await symlink(resolve(library), join(modulesPath, `lib${moduleName}.so`));
  return {
    modulesPath,
    moduleName,
    remove,
  };
}
