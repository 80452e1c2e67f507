import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import licences from 'spdx-license-list/simple';
import { examples } from './writeLicence.examples';

/** What GitHub looks at to tell a licence: https://github.com/licensee/licensee */
const LICENCE_FILE = /^(un)?licen[cs]e|^copying/i;

/**
 * Creates the action `envoy-go-plugins:write-licence`: it writes `LICENSE` with the text of
 * a licence as SPDX has it (https://spdx.org/licenses), unless there is one already.
 *
 * @public
 */
export function createWriteLicenceAction(options: { now?: () => Date } = {}) {
  const { now = () => new Date() } = options;
  return createTemplateAction({
    id: 'envoy-go-plugins:write-licence',
    description:
      'Writes LICENSE with the text of a licence. Leaves alone what has a licence already: nobody but who has the copyright may change it.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        licence: z =>
          z.string({
            description: 'Its SPDX id, such as Apache-2.0 or MIT',
          }),
        holder: z =>
          z
            .string({
              description:
                'Who has the copyright, for the licences that name them; by default "The authors"',
            })
            .optional(),
        targetPath: z =>
          z
            .string({
              description:
                'The folder of the filter in the workspace; by default the workspace itself',
            })
            .optional(),
      },
      output: {
        written: z =>
          z.boolean({
            description: 'Whether there was none, so that it was written',
          }),
      },
    },
    async handler(ctx) {
      const { licence, targetPath = '.' } = ctx.input;
      const holder = ctx.input.holder?.trim() || 'The authors';
      if (/[\r\n]/.test(holder)) {
        throw new InputError(
          'Who has the copyright must be said in one line: take out the line breaks',
        );
      }
      const text = await textOf(licence);
      const directory = resolveSafeChildPath(ctx.workspacePath, targetPath);
      await mkdir(directory, { recursive: true });
      const present = (await readdir(directory)).find(name =>
        LICENCE_FILE.test(name),
      );
      if (present !== undefined) {
        ctx.logger.info(`It has a licence already: ${present} stays`);
        ctx.output('written', false);
        return;
      }
      await writeFile(
        resolveSafeChildPath(directory, 'LICENSE'),
        `${withHolder(text, `${now().getUTCFullYear()} ${holder}`).trim()}\n`,
      );
      ctx.logger.info(`Wrote LICENSE with the text of ${licence}`);
      ctx.output('written', true);
    },
  });
}

async function textOf(licence: string): Promise<string> {
  if (!licences.has(licence)) {
    throw new InputError(
      `"${licence}" is no licence that SPDX knows. Use an id of https://spdx.org/licenses, such as Apache-2.0`,
    );
  }
  // All texts at once are megabytes
  const file = require.resolve(`spdx-license-list/licenses/${licence}.json`);
  const { licenseText }: { licenseText: string } = JSON.parse(
    await readFile(file, 'utf8'),
  );
  return licenseText;
}

/** Puts in who has the copyright, where the licence begins with that. */
function withHolder(text: string, holder: string): string {
  let isFirst = true;
  return text.replace(/^Copyright \(c\) .*\n/gim, () => {
    const line = isFirst ? `Copyright (c) ${holder}\n` : '';
    isFirst = false;
    return line;
  });
}
