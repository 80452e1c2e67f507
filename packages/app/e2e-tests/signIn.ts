import type { Page } from '@playwright/test';

/** Signs an account of the emulator in through GitHub's page, on the portal's sign-in page. */
export async function signIn(page: Page, login: string): Promise<void> {
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Sign In' }).click();
  await authorize(await popup, login);
}

/** Chooses an account on the emulator's page that asks whether the portal may act for it. */
export async function authorize(github: Page, login: string): Promise<void> {
  await github.getByRole('button', { name: login }).first().click();
}
