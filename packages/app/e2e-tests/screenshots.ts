import path from 'node:path';
import type { Page, TestInfo } from '@playwright/test';

/**
 * Takes a picture of the page for the README. With UPDATE_SCREENSHOTS=1 it goes to
 * docs/images, else to the output of the run.
 */
export async function picture(
  page: Page,
  testInfo: TestInfo,
  name: string,
): Promise<void> {
  const folder =
    process.env.UPDATE_SCREENSHOTS === '1'
      ? path.resolve(__dirname, '../../../docs/images')
      : testInfo.outputDir;
  await page.screenshot({
    path: path.join(folder, `${name}.png`),
    animations: 'disabled',
  });
}
