import { expect, test, type APIRequestContext } from '@playwright/test';
import { expectAccessible } from './accessibility';
import { githubApi } from './github';
import { picture } from './screenshots';
import { authorize, signIn } from './signIn';

const NAME = 'request-marker';
const SLUG = `author/${NAME}`;

/** By these words GitHub on localhost tells the licence. */
const LICENCE = 'Apache License\nVersion 2.0\n';

test("an author's filter is checked, reviewed and moved into the organisation", async ({
  page,
  browser,
}, testInfo) => {
  test.setTimeout(300_000);
  const github = await githubApi();

  // A filter of the author's own
  await page.goto('/create/templates/default/envoy-go-filter');
  await page.getByRole('textbox', { name: /^Name/ }).fill(NAME);
  await page
    .getByRole('textbox', { name: /^Description/ })
    .fill('Marks each request it sees');
  await page.getByRole('textbox', { name: /^Owner/ }).fill('gateway');
  await page
    .getByRole('option', { name: /gateway/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  const login = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Log in' }).click();
  await authorize(await login, 'author');
  await page.getByRole('textbox', { name: 'Owner' }).fill('author');
  await page.getByRole('textbox', { name: 'Owner' }).press('Tab');
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByText(/Created\. Clone it/)).toBeVisible({
    timeout: 90_000,
  });

  // Asked for: the checks say what is missing
  await page.goto('/envoy-go-plugins');
  await page.getByRole('button', { name: 'Publish a plugin' }).click();
  await page.getByRole('button', { name: 'Choose a repository' }).click();
  await page.getByLabel('Address of the repository').fill(SLUG);
  await page.getByLabel('Address of the repository').press('Enter');
  await expect(page.getByText(/has no licence/).first()).toBeVisible();
  await expectAccessible(page);
  await picture(page, testInfo, 'publish-needs-work');

  // Mended, agreed to, submitted
  await edit(github, 'LICENSE', () => LICENCE);
  for (const file of ['go.mod', 'cmd/envoy-module/main.go']) {
    await edit(github, file, text =>
      text.replaceAll(`github.com/${SLUG}`, `github.com/envoy-plugins/${NAME}`),
    );
  }
  await page.getByRole('button', { name: 'Check again' }).first().click();
  await page.getByRole('checkbox', { name: /Once it is approved/ }).check();
  await page.getByRole('button', { name: 'Submit for review' }).click();
  await expect(page.getByText(/in review/i).first()).toBeVisible();

  // Reviewed by somebody else
  const context = await browser.newContext({
    storageState: { cookies: [], origins: [] },
  });
  const review = await context.newPage();
  await review.goto('/envoy-go-plugins/admin/reviews');
  await signIn(review, 'admin');
  await review
    .getByRole('link', { name: /marker/i })
    .first()
    .click();
  await expect(review.getByRole('button', { name: /^Approve/ })).toBeVisible();
  await expectAccessible(review);
  await picture(review, testInfo, 'review');
  await review.getByRole('button', { name: /^Approve/ }).click();
  const dialog = review.getByRole('dialog');
  const reasons = dialog.getByRole('group').getByRole('textbox');
  for (const reason of await reasons.all()) {
    await reason.fill('Nothing builds here yet');
  }
  await dialog.getByRole('button', { name: /^Approve/ }).click();

  // Discussed on GitHub, too
  await expect(page.getByRole('link', { name: /Issue on GitHub/ })).toBeVisible(
    { timeout: 30_000 },
  );

  // Handed over by its author, whose own it is
  const handOver = page.getByRole('button', { name: 'Hand over now' });
  await expect(handOver).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
  await picture(page, testInfo, 'hand-over');
  await handOver.click();

  // Moved and set up, while the author watches
  await expect(
    page.getByRole('button', { name: 'Open the plugin' }),
  ).toBeVisible({ timeout: 90_000 });
  const moved = await github.get(`repos/envoy-plugins/${NAME}`);
  expect((await moved.json()).full_name).toBe(`envoy-plugins/${NAME}`);
  await page.getByRole('button', { name: 'Open the plugin' }).click();
  await expect(page.getByText(`envoy-plugins/${NAME}`).first()).toBeVisible();
  await page.goBack();
  await picture(page, testInfo, 'published');
  await context.close();
  await github.dispose();
});

/** Commits a file of the author's repository anew. */
async function edit(
  github: APIRequestContext,
  file: string,
  change: (text: string) => string,
): Promise<void> {
  const url = `repos/${SLUG}/contents/${file}`;
  const before = await github.get(url);
  const { content = '', sha }: { content?: string; sha?: string } = before.ok()
    ? await before.json()
    : {};
  const text = change(Buffer.from(content, 'base64').toString());
  const put = await github.put(url, {
    data: {
      message: `Mend ${file}`,
      content: Buffer.from(text).toString('base64'),
      sha,
    },
  });
  expect(put.ok(), await put.text()).toBe(true);
}
