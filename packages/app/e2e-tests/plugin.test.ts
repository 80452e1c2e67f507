import { expect, test } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { picture } from './screenshots';

const TOKEN_AUTH = '/catalog/default/envoygoplugin/token-auth';

test.describe('page of a plugin', () => {
  test('says what it is and shows its README', async ({ page }, testInfo) => {
    await page.goto('/envoy-go-plugins');
    await page.getByRole('link', { name: 'Token auth' }).click();
    await expect(page).toHaveURL(new RegExp(TOKEN_AUTH));
    await expect(
      page.getByRole('heading', { name: 'Token auth', exact: true }).first(),
    ).toBeVisible();
    await expect(page.getByText('>=1.38').first()).toBeVisible();
    await expect(page.getByText(/as of/i).first()).toBeVisible();
    await expectAccessible(page);
    await picture(page, testInfo, 'plugin');
  });

  test('makes the snippet from the form, and refuses what the schema refuses', async ({
    page,
    context,
  }, testInfo) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`${TOKEN_AUTH}/configuration`);
    const secret = page.getByLabel(/secret/i).first();
    await secret.fill('from the form');
    await expect(page.getByText(/"from the form"/).first()).toBeVisible();
    await page.getByRole('button', { name: /copy/i }).first().click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('secret: "from the form"');
    expect(copied).toContain('DynamicModuleFilter');
    await page.getByRole('tab', { name: 'Istio' }).click();
    await expect(page.getByText('EnvoyFilter').first()).toBeVisible();
    await expectAccessible(page);
    await picture(page, testInfo, 'configuration');
  });

  test('lists versions and discussions', async ({ page }, testInfo) => {
    await page.goto(`${TOKEN_AUTH}/versions`);
    await expect(page.getByText('v1.0.0').first()).toBeVisible();
    await expectAccessible(page);
    await picture(page, testInfo, 'versions');
    await page.goto(`${TOKEN_AUTH}/discussions`);
    await expect(page.getByRole('main')).toContainText(/issue|pull request/i);
    await expectAccessible(page);
    await picture(page, testInfo, 'discussions');
  });
});
