import { expect, test } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { picture } from './screenshots';

const EXAMPLES = [
  'Body transform',
  'Callout auth',
  'CORS guard',
  'Header auth',
  'Local rate limit',
  'Token auth',
];

test.describe('marketplace', () => {
  test('lists the six examples with right counts', async ({
    page,
  }, testInfo) => {
    // Right after the portal's start the catalog may still be reading the organisation.
    await expect(async () => {
      await page.goto('/envoy-go-plugins');
      await expect(page.getByText('1–6 of 6 plugins').first()).toBeVisible({
        timeout: 5_000,
      });
      await expect(page.getByText(/no release yet/)).toHaveCount(0);
    }).toPass({ timeout: 60_000 });
    for (const title of EXAMPLES) {
      await expect(page.getByRole('link', { name: title })).toBeVisible();
    }
    await expect(
      page.getByRole('checkbox', { name: /^authz\b.*2/ }),
    ).toBeVisible();
    await expect(
      page.getByRole('checkbox', { name: /^authn\b.*1/ }),
    ).toBeVisible();
    await expectAccessible(page);
    await picture(page, testInfo, 'marketplace');
  });

  test('keeps search and ticks in the address, and goes back', async ({
    page,
  }) => {
    await page.goto('/envoy-go-plugins');
    await page.getByRole('checkbox', { name: /^authz\b/ }).check();
    await expect(page).toHaveURL(/category=authz/);
    await expect(page.getByText('1–2 of 2 plugins').first()).toBeVisible();

    await page
      .getByRole('searchbox')
      .or(page.getByRole('textbox', { name: /search/i }))
      .first()
      .fill('callout');
    await expect(page.getByText('1–1 of 1 plugin').first()).toBeVisible();
    await expect(
      page.getByRole('link', { name: 'Callout auth' }),
    ).toBeVisible();

    await page.reload();
    await expect(page.getByText('1–1 of 1 plugin').first()).toBeVisible();
    await expect(
      page.getByRole('checkbox', { name: /^authz\b/ }),
    ).toBeChecked();

    await page.goto('/envoy-go-plugins?q=no-such-plugin');
    await expect(page.getByText(/No plugin matches/).first()).toBeVisible();
  });

  test('is as readable in the dark', async ({ page }, testInfo) => {
    await page.addInitScript(() =>
      window.localStorage.setItem('theme', 'dark'),
    );
    await page.goto('/envoy-go-plugins');
    await expect(page.getByRole('link', { name: 'Token auth' })).toBeVisible();
    await expectAccessible(page);
    await picture(page, testInfo, 'marketplace-dark');
  });

  test("is found through the portal's own search", async ({ page }) => {
    // The index is made anew every minute.
    await expect(async () => {
      await page.goto('/search?query=bucket');
      await expect(
        page.getByRole('link', { name: /Local rate limit/ }).first(),
      ).toBeVisible({ timeout: 5_000 });
    }).toPass({ timeout: 100_000 });
  });
});
