import { NotFoundError } from '@backstage/errors';
import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Finds a file of a package that the package itself does not export.
 *
 * @throws NotFoundError when the package is not installed
 */
export function packageFile(name: string, file: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    const candidate = path.join(folder, name, file);
    if (existsSync(candidate)) {
      return candidate;
    }
  }
  throw new NotFoundError(
    `There is no ${file} of ${name}; run yarn install in the repository`,
  );
}
