import { expect, test } from '@playwright/test';

test("signs in through GitHub's page", async ({ page, context }, testInfo) => {
  await page.goto('/envoy-go-plugins');
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Sign In' }).click();
  const github = await popup;
  await github
    .getByRole('button', { name: 'author', exact: false })
    .first()
    .click();
  await expect(
    page.getByRole('heading', { name: 'Envoy Go Plugins', level: 1 }),
  ).toBeVisible();
  await context.storageState({ path: testInfo.project.metadata.signedIn });
});
