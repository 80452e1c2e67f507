import { expect, test } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { githubApi } from './github';
import { picture } from './screenshots';
import { authorize, signIn } from './signIn';

const ADMINISTRATION = '/envoy-go-plugins/admin';
const NOBODY_YET = { storageState: { cookies: [], origins: [] } };

test.describe('administration', () => {
  test('is closed to who is not in the admin team', async ({ page }) => {
    await page.goto('/envoy-go-plugins');
    await expect(page.getByRole('link', { name: 'Token auth' })).toBeVisible();
    await expect(
      page.getByRole('button', { name: 'Administration' }),
    ).toHaveCount(0);
    await page.goto(ADMINISTRATION);
    await expect(page.getByRole('main')).toContainText(/administrator/i);
    await expect(page.getByRole('tab', { name: 'Deliveries' })).toHaveCount(0);
  });

  test.describe('to a member of the admin team', () => {
    test.use(NOBODY_YET);

    test('shows what GitHub told, and manages teams in their own name', async ({
      page,
    }, testInfo) => {
      await page.goto('/envoy-go-plugins');
      await signIn(page, 'admin');
      await page.getByRole('button', { name: 'Administration' }).click();

      await page.getByRole('tab', { name: 'Deliveries' }).click();

      // What GitHub tells shows by itself
      await expect(
        page.getByRole('region', { name: 'Webhooks' }),
      ).toContainText('envoy-plugins');
      const github = await githubApi();
      await github.put('user/starred/envoy-plugins/cors-guard');
      const stars = page
        .getByRole('table', { name: 'Deliveries' })
        .getByRole('row')
        .filter({ hasText: 'cors-guard' })
        .filter({ hasText: 'star' });
      await expect(stars.first()).toContainText(/done/i);
      await expectAccessible(page);
      await picture(page, testInfo, 'deliveries');

      // One of them, handled anew
      await stars.first().getByRole('link').first().click();
      await expect(
        page.getByRole('heading', { name: 'What it caused' }),
      ).toBeVisible();
      await expect(
        page.getByText(/envoy-plugins\/cors-guard/).first(),
      ).toBeVisible();
      await page.getByRole('button', { name: /replay/i }).click();
      await expect(page.getByText(/delivery is handled anew/i)).toBeVisible();

      // A team, changed in the administrator's name
      await page.getByRole('tab', { name: 'Teams' }).click();
      await page.getByRole('button', { name: /^admins\b/ }).click();
      const form = page.getByRole('form', { name: 'Add to admins' });
      await form.getByLabel('GitHub login').fill('contributor');
      const popup = page.waitForEvent('popup');
      await form.getByRole('button', { name: /add/i }).click();
      await page.getByRole('button', { name: 'Log in' }).click();
      await authorize(await popup, 'admin');
      await expect(
        page
          .getByRole('table', { name: 'Members of admins' })
          .getByText('contributor'),
      ).toBeVisible();
      const members = await (
        await github.get('orgs/envoy-plugins/teams/admins/members')
      ).json();
      expect(members.map(({ login }: { login: string }) => login)).toContain(
        'contributor',
      );
      await expectAccessible(page);
      await picture(page, testInfo, 'teams');
      await github.delete(
        'orgs/envoy-plugins/teams/admins/memberships/contributor',
      );

      for (const [tab, text, name] of [
        ['Members', 'contributor', 'members'],
        ['GitHub budget', 'localhost', 'budget'],
        ['Record', 'contributor', 'record'],
      ]) {
        await page.getByRole('tab', { name: tab }).click();
        await expect(
          page.getByRole('main').getByText(text).first(),
        ).toBeVisible();
        await expectAccessible(page);
        await picture(page, testInfo, name);
      }
      await github.dispose();
    });
  });

  test.describe('to a guest', () => {
    test.use(NOBODY_YET);

    test('is closed, and nothing can be changed', async ({ page }) => {
      await page.goto('/catalog/default/envoygoplugin/token-auth');
      await page.getByRole('button', { name: 'Enter' }).click();
      await expect(
        page.getByRole('button', { name: 'Use this plugin' }),
      ).toBeVisible();
      await expect(page.getByRole('button', { name: /^Star/ })).toHaveCount(0);
      await page.goto(ADMINISTRATION);
      await expect(page.getByRole('main')).toContainText(/administrator/i);
    });
  });
});
