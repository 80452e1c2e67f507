import {
  expect,
  test,
  type APIRequestContext,
  type Locator,
} from '@playwright/test';
import { githubApi } from './github';

const SLUG = 'envoy-plugins/header-auth';
const RENAMED = 'header-auth-renamed';
const PAGE = '/catalog/default/envoygoplugin/header-auth';
const SEEN_WITHIN_MS = 5_000;

test.describe('an open page of a plugin', () => {
  let github: APIRequestContext;

  test.beforeAll(async () => {
    github = await githubApi();
  });

  test.afterAll(async () => {
    await github.dispose();
  });

  test('shows within seconds that it was starred, described anew, released and renamed', async ({
    page,
  }) => {
    await page.goto(PAGE);
    const star = page.getByRole('button', { name: /^Star(red)?\b/ });
    await expect(star).toBeVisible();
    const stars = Number(/\d+/.exec((await star.textContent()) ?? '')?.[0]);
    await expect(page.getByRole('link', { name: SLUG })).toBeVisible();

    await ok(github.put(`user/starred/${SLUG}`));
    await seen(
      page.getByRole('button', {
        name: new RegExp(`^Star(red)?\\b.*\\b${stars + 1}\\b`),
      }),
    );

    const readme = await ok(github.get(`repos/${SLUG}/contents/README.md`));
    await ok(
      github.put(`repos/${SLUG}/contents/README.md`, {
        data: {
          message: 'Describe it anew',
          sha: readme.sha,
          content: Buffer.from('# Header auth\n\nDescribed anew.\n').toString(
            'base64',
          ),
        },
      }),
    );
    await seen(page.getByText('Described anew.'));

    await ok(
      github.post(`repos/${SLUG}/releases`, {
        data: { tag_name: 'v9.0.0', name: 'v9.0.0', body: 'All is new.' },
      }),
    );
    await seen(page.getByText(/v9\.0\.0/).first());

    await ok(github.patch(`repos/${SLUG}`, { data: { name: RENAMED } }));
    await seen(
      page.getByRole('link', { name: `envoy-plugins/${RENAMED}` }).first(),
    );
    await ok(
      github.patch(`repos/envoy-plugins/${RENAMED}`, {
        data: { name: 'header-auth' },
      }),
    );
    await seen(
      page.getByRole('link', { name: new RegExp(`^${SLUG}(?!-)`) }).first(),
    );

    // Nothing of it took a reload
    expect(
      await page.evaluate(() => performance.getEntriesByType('navigation')),
    ).toHaveLength(1);
  });
});

async function seen(what: Locator): Promise<void> {
  await expect(what).toBeVisible({ timeout: SEEN_WITHIN_MS });
}

async function ok(
  answering: ReturnType<APIRequestContext['get']>,
): Promise<{ sha?: string }> {
  const answer = await answering;
  const text = await answer.text();
  expect(answer.ok(), `${answer.url()} ${answer.status()} ${text}`).toBe(true);
  return text ? JSON.parse(text) : {};
}
