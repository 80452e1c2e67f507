import { defineConfig } from '@playwright/test';

const OUTPUT = process.env.E2E_OUTPUT_DIR ?? 'node_modules/.cache/e2e';

/** The session of the account that the first project signs in. */
const SIGNED_IN = `${OUTPUT}-session.json`;

/**
 * The end-to-end tests expect a running portal (PORTAL_APP_URL, PORTAL_BACKEND_URL,
 * PORTAL_GITHUB_URL) and a Chromium (CHROMIUM_PATH); `npm test -- e2e` sees to both.
 */
export default defineConfig({
  testDir: 'e2e-tests',
  outputDir: OUTPUT,
  // The tests share one portal and tell one story.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['line'], ['json']],
  use: {
    baseURL: process.env.PORTAL_APP_URL ?? 'http://localhost:3000',
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    screenshot: 'only-on-failure',
    actionTimeout: 20_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    {
      name: 'sign in',
      testMatch: 'signIn.setup.ts',
      metadata: { signedIn: SIGNED_IN },
    },
    {
      name: 'browse',
      testMatch: ['marketplace.test.ts', 'plugin.test.ts'],
      dependencies: ['sign in'],
      use: { storageState: SIGNED_IN },
    },
    // These change what the portal holds, and come last.
    {
      name: 'write',
      testMatch: [
        'live.test.ts',
        'administration.test.ts',
        'publish.test.ts',
        'createFilter.test.ts',
        'brokenDescription.test.ts',
      ],
      dependencies: ['browse'],
      use: { storageState: SIGNED_IN },
    },
  ],
});
