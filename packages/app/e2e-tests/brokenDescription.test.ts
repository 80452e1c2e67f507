import { expect, test } from '@playwright/test';
import { githubApi, repositoryUrl } from './github';
import { picture } from './screenshots';

const NAME = 'broken-description';
const REASON = /spec\.runtime/;

const BROKEN = `apiVersion: envoygo.dev/v1alpha1
kind: EnvoyGoPlugin
metadata:
  name: ${NAME}
  annotations:
    github.com/project-slug: envoy-plugins/${NAME}
spec:
  type: http-filter
  runtime: wasm
  lifecycle: production
  owner: group:default/gateway
  category: authn
  filterName: ${NAME}
  package: .
  envoy: '>=1.38'
`;

test('a broken description shows its error, and the other plugins stay', async ({
  page,
}, testInfo) => {
  const github = await githubApi();
  const created = await github.post('orgs/envoy-plugins/repos', {
    data: { name: NAME, auto_init: true },
  });
  expect(created.status()).toBe(201);
  const written = await github.put(
    `repos/envoy-plugins/${NAME}/contents/catalog-info.yaml`,
    {
      data: {
        message: 'Describe the plugin',
        content: Buffer.from(BROKEN).toString('base64'),
      },
    },
  );
  expect(written.status()).toBe(201);

  // On the import page, with only the repository's address
  await page.goto('/catalog-import');
  await page
    .getByRole('textbox', { name: /URL/i })
    .fill(repositoryUrl(`envoy-plugins/${NAME}`));
  await page.getByRole('button', { name: 'Analyze' }).click();
  await expect(page.getByText(REASON).first()).toBeVisible();
  await expect(page.getByText(/wasm/).first()).toBeVisible();
  await picture(page, testInfo, 'import-broken');

  // Among the catalog's processing errors, once the organisation has been read again. The
  // catalog counts what it has never been able to process as pending.
  await expect(async () => {
    await page.goto('/catalog-unprocessed-entities');
    const answer = page.waitForResponse(/\/unprocessed\/pending/);
    await page.getByText('Pending', { exact: true }).click();
    expect(await (await answer).text()).toMatch(REASON);
    await expect(page.getByRole('cell', { name: 'EnvoyGoPlugin' })).toBeVisible(
      { timeout: 5_000 },
    );
  }).toPass({ timeout: 100_000 });
  await picture(page, testInfo, 'processing-errors');

  await page.goto('/envoy-go-plugins');
  await expect(page.getByRole('link', { name: 'Token auth' })).toBeVisible();

  const deleted = await github.delete(`repos/envoy-plugins/${NAME}`);
  expect(deleted.status()).toBe(204);
});
