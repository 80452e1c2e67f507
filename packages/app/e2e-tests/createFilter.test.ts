import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { repositoryUrl } from './github';
import { picture } from './screenshots';

const run = promisify(execFile);
const NAME = 'first-filter';
const ENTITY_DELAY_MS = 10_000;

test('one form makes a filter that is in the catalog and runs in real Envoys', async ({
  page,
}, testInfo) => {
  test.setTimeout(420_000);

  await page.goto('/envoy-go-plugins');
  await page
    .getByRole('link', { name: 'Create a filter' })
    .or(page.getByRole('button', { name: 'Create a filter' }))
    .first()
    .click();

  // What it is
  await page.getByRole('textbox', { name: /^Name/ }).fill(NAME);
  await page
    .getByRole('textbox', { name: /^Description/ })
    .fill('Marks each request it sees');
  const owner = page.getByRole('textbox', { name: /^Owner/ });
  await owner.fill('gateway');
  await page
    .getByRole('option', { name: /gateway/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Next' }).click();

  // What it needs
  await page.getByRole('checkbox', { name: 'It reads bodies' }).check();
  await page.getByRole('checkbox', { name: 'It counts' }).check();
  await page.getByRole('button', { name: 'Next' }).click();

  // Its configuration
  await page.getByRole('button', { name: /Add (a )?field/ }).click();
  await page.getByRole('textbox', { name: /^Name/ }).fill('maxRequests');
  await picture(page, testInfo, 'create-configuration');
  await page.getByRole('button', { name: 'Next' }).click();

  // Where it goes; the portal asks GitHub for the right to create it in the author's name
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Log in' }).click();
  await (await popup).getByRole('button', { name: 'author' }).first().click();
  await page.getByRole('textbox', { name: 'Owner' }).fill('envoy-plugins');
  await page.getByRole('textbox', { name: 'Owner' }).press('Tab');
  await expect(page.getByRole('textbox', { name: 'Repository' })).toHaveValue(
    NAME,
  );
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Create' }).click();

  await expect(page.getByText(/Created\. Clone it/)).toBeVisible({
    timeout: 90_000,
  });
  const ended = Date.now();
  await picture(page, testInfo, 'created');

  // In the marketplace within ten seconds of the task's end
  await page.goto(`/envoy-go-plugins?q=${NAME}`);
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('link', { name: NAME })).toBeVisible({
      timeout: 1_500,
    });
  }).toPass({ timeout: ENTITY_DELAY_MS });
  expect(Date.now() - ended).toBeLessThan(ENTITY_DELAY_MS);

  // On the author's machine
  const folder = await mkdtemp(path.join(tmpdir(), 'first-filter-'));
  try {
    await run('git', [
      'clone',
      '--quiet',
      repositoryUrl(`envoy-plugins/${NAME}.git`),
      folder,
    ]);
    const { stdout } = await run(
      'make',
      ['test', 'build', 'prove', 'ENVOY_VERSIONS=1.38.3 1.40.0'],
      { cwd: folder, maxBuffer: 16 * 1024 * 1024 },
    );
    expect(stdout).toContain('1.38.3');
    expect(stdout).toContain('1.40.0');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
