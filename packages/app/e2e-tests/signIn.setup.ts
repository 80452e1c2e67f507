import { expect, test } from '@playwright/test';
import { signIn } from './signIn';

test("signs in through GitHub's page", async ({ page, context }, testInfo) => {
  await page.goto('/envoy-go-plugins');
  await signIn(page, 'author');
  await expect(
    page.getByRole('heading', { name: 'Envoy Go Plugins', level: 1 }),
  ).toBeVisible();
  await context.storageState({ path: testInfo.project.metadata.signedIn });
});
