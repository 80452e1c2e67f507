import { promises as fs } from 'node:fs';
import { InputError } from '@backstage/errors';
import licenses from 'spdx-license-list/simple';

/**
 * The text of a licence.
 *
 * @param key - as GitHub has it, which is SPDX's id in small letters: `apache-2.0`
 * @throws InputError when there is no such licence
 */
export async function licenseText(key: string): Promise<string> {
  const id = [...licenses].find(
    license => license.toLowerCase() === key.toLowerCase(),
  );
  if (id === undefined) {
    throw new InputError(
      `"${key}" is no licence that SPDX knows; use a key such as apache-2.0`,
    );
  }
  // All texts at once are megabytes
  const file = require.resolve(`spdx-license-list/licenses/${id}.json`);
  const { licenseText: text }: { licenseText: string } = JSON.parse(
    await fs.readFile(file, 'utf8'),
  );
  return text;
}
