import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

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
  const modulesPath = await mkdtemp(join(tmpdir(), 'envoy-runner-modules-'));
  const moduleName = 'plugin';
  await symlink(resolve(library), join(modulesPath, `lib${moduleName}.so`));
  return {
    modulesPath,
    moduleName,
    remove: () => rm(modulesPath, { recursive: true, force: true }),
  };
}
