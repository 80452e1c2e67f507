import path from 'node:path';
import type { Page, TestInfo } from '@playwright/test';

/** The pictures that the README shows. */
const IN_README = ['marketplace', 'plugin', 'version'];

/**
 * Takes a picture of the page. It goes to the output of the run; with
 * UPDATE_SCREENSHOTS=1 those of the README go to docs/images instead.
 */
export async function picture(
  page: Page,
  testInfo: TestInfo,
  name: string,
): Promise<void> {
  const folder =
    process.env.UPDATE_SCREENSHOTS === '1' && IN_README.includes(name)
      ? path.resolve(__dirname, '../../../docs/images')
      : testInfo.outputDir;
  await page.screenshot({
    path: path.join(folder, `${name}.png`),
    animations: 'disabled',
  });
}
