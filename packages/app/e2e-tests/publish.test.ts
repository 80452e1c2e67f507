import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  expect,
  test,
  type APIRequestContext,
  type Browser,
  type Page,
} from '@playwright/test';
import { expectAccessible } from './accessibility';
import { githubApi, repositoryUrl } from './github';
import { picture } from './screenshots';
import { authorize, signIn } from './signIn';
import { run, withRegistryTools } from './tools';

const NAME = 'request-marker';
const SLUG = `envoy-plugins/${NAME}`;
const VERSIONS = `/catalog/default/envoygoplugin/${NAME}/versions`;

/** What has to be built and proven waits until the examples of the demo are, too. */
const BUILD = { timeout: 240_000 };

test.describe.serial("an author's filter", () => {
  let github: APIRequestContext;
  test.beforeAll(async () => {
    github = await githubApi();
  });
  test.afterAll(async () => {
    await github.dispose();
  });

  test('is checked, reviewed and moved into the organisation', async ({
    page,
    browser,
  }, testInfo) => {
    test.setTimeout(600_000);
    await createFilter(page);

    // Asked for: every check looks at it, those that build it in a runner
    await page.goto('/envoy-go-plugins');
    await page.getByRole('button', { name: 'Publish a plugin' }).click();
    await page.getByRole('button', { name: 'Choose a repository' }).click();
    await page.getByLabel('Address of the repository').fill(`author/${NAME}`);
    await page.getByLabel('Address of the repository').press('Enter');
    const consent = page.getByRole('checkbox', { name: /Once it is approved/ });
    await expect(consent).toBeVisible(BUILD);
    await expectAccessible(page);
    await picture(page, testInfo, 'publish-ready');
    await consent.check();
    await page.getByRole('button', { name: 'Submit for review' }).click();
    await expect(page.getByText(/in review/i).first()).toBeVisible();

    await approve(browser, async review => {
      await expectAccessible(review);
      await picture(review, testInfo, 'review');
    });

    // Discussed on GitHub, too
    await expect(
      page.getByRole('link', { name: /Issue on GitHub/ }),
    ).toBeVisible();

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
    const moved = await github.get(`repos/${SLUG}`);
    expect((await moved.json()).full_name).toBe(SLUG);
    await picture(page, testInfo, 'published');
    await page.getByRole('button', { name: 'Open the plugin' }).click();
    await expect(page.getByText(SLUG).first()).toBeVisible();
  });

  test('becomes a signed image by its release, which answers in Envoy', async ({
    page,
  }, testInfo) => {
    test.setTimeout(600_000);
    await page.goto(VERSIONS);
    await expect(page.getByText('No release yet')).toBeVisible();
    await release(page, 'v1.0.0');
    const row = page.getByRole('row', { name: /v1\.0\.0/ });
    await expect(row.getByText('latest')).toBeVisible();
    await expect(
      row.getByRole('button', { name: /^Copy .*digest/ }),
    ).toBeVisible(BUILD);
    await expect(row.getByText(/passed/i)).toHaveCount(3);
    await page.getByRole('button', { name: /^Details of v1\.0\.0/ }).click();
    await expectAccessible(page);
    await picture(page, testInfo, 'version');

    const copied = async (name: string | RegExp) => {
      await page.getByRole('button', { name }).click();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    const pull = await copied(/^Copy the command that pulls/);
    const verify = await copied(/^Copy the command that verifies/);
    const publicKey = await copied('Copy public key');

    const folder = await mkdtemp(path.join(tmpdir(), 'image-'));
    try {
      const anybody = await withRegistryTools(folder);
      const [, keyFile] = /--key (\S+)/.exec(verify) ?? [];
      await writeFile(path.join(folder, keyFile), publicKey);
      const unpacked = await run('sh', ['-c', pull], anybody);
      const library = /\S+\.so/.exec(unpacked)?.[0] ?? 'no library';
      expect(await run('sh', ['-c', verify], anybody)).toContain(
        'The signatures were verified against the specified public key',
      );
      // The very same bytes do in Envoy what the repository's proof says
      await run(
        'git',
        ['clone', '-q', '--branch', 'v1.0.0', repositoryUrl(SLUG), 'source'],
        anybody,
      );
      const proven = await run(
        'envoy-runner',
        ['prove', 'source', '--library', library, '--envoy', '1.40.0'],
        { ...anybody, env: { ...process.env, ...anybody.env } },
      );
      expect(proven).toMatch(/1 passed, 0 failed/);
    } finally {
      await rm(folder, { recursive: true });
    }

    await page.goto('/envoy-go-plugins');
    await expect(
      page.getByRole('article').filter({ hasText: /marker/i }),
    ).toContainText('verified');
  });

  test('is not tagged when its proof fails, and its author is told why', async ({
    page,
  }, testInfo) => {
    test.setTimeout(600_000);
    await edit(github, 'envoy-proof.yaml', text =>
      text.replace(/status: \d+/, 'status: 418'),
    );
    await page.goto(VERSIONS);
    await release(page, 'v1.0.1');
    const row = page.getByRole('row', { name: /v1\.0\.1/ });
    await expect(row.getByText(/failed/i).first()).toBeVisible(BUILD);
    await expect(row.getByText('latest')).toHaveCount(0);
    await row
      .getByRole('button', { name: /in Envoy 1\.40\.0: show the difference/ })
      .click();
    await expect(page.getByText(/418/).first()).toBeVisible();
    await picture(page, testInfo, 'failed-proof');
    await page.keyboard.press('Escape');
    // The one before stays the one that people get
    await page.getByRole('button', { name: /^Details of v1\.0\.0/ }).click();
    await expect(page.getByText('1.0.0, 1.0, 1, latest')).toBeVisible();

    await page.goto('/notifications');
    await expect(
      page.getByText(new RegExp(`${NAME}.*v?1\\.0\\.1`)).first(),
    ).toBeVisible();
    await picture(page, testInfo, 'notifications');
  });
});

/** Has the form make a filter of the author's own. */
async function createFilter(page: Page): Promise<void> {
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
}

/** An administrator approves it, with a reason for each check that could not run. */
async function approve(
  browser: Browser,
  look: (review: Page) => Promise<void>,
): Promise<void> {
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
  const button = review.getByRole('button', { name: /^Approve/ });
  await expect(button).toBeVisible();
  await look(review);
  await button.click();
  const dialog = review.getByRole('dialog');
  const reasons = dialog.getByRole('group').getByRole('textbox');
  for (const reason of await reasons.all()) {
    await reason.fill('The database of vulnerabilities cannot be reached');
  }
  await dialog.getByRole('button', { name: /^Approve/ }).click();
  await expect(dialog).toHaveCount(0);
  await context.close();
}

/** An administrator publishes a release on GitHub. */
async function release(page: Page, tag: string): Promise<void> {
  const hub = await page.context().newPage();
  await hub.goto(`${repositoryUrl(SLUG)}/releases`);
  await hub.getByLabel(/^Tag/).fill(tag);
  await hub.getByLabel('Notes').fill(`All of ${tag}`);
  await hub.getByRole('button', { name: 'admin', exact: true }).click();
  await expect(hub.getByText(`All of ${tag}`)).toBeVisible();
  await hub.close();
}

/** Commits a file of the repository anew. */
async function edit(
  github: APIRequestContext,
  file: string,
  change: (text: string) => string,
): Promise<void> {
  const url = `repos/${SLUG}/contents/${file}`;
  const { content, sha }: { content: string; sha: string } = await (
    await github.get(url)
  ).json();
  const put = await github.put(url, {
    data: {
      message: `Change ${file}`,
      content: Buffer.from(
        change(Buffer.from(content, 'base64').toString()),
      ).toString('base64'),
      sha,
    },
  });
  expect(put.ok(), await put.text()).toBe(true);
}
