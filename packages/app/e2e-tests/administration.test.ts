import { expect, test } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { picture } from './screenshots';

const ADMINISTRATION = '/envoy-go-plugins/admin';

test.describe('administration', () => {
  test('is closed to who is not in the admin team', async ({ page }) => {
    await page.goto('/envoy-go-plugins');
    await expect(page.getByRole('link', { name: 'Token auth' })).toBeVisible();
    await expect(
      page.getByRole('link', { name: 'Administration' }),
    ).toHaveCount(0);
    await page.goto(ADMINISTRATION);
    await expect(page.getByRole('main')).toContainText(/administrator/i);
    await expect(page.getByRole('tab', { name: 'Deliveries' })).toHaveCount(0);
  });
});
