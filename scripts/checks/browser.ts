import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freePorts } from '../portal/ports.ts';
import { portalSecrets } from '../portal/secrets.ts';
import { startPortal } from '../portal/startPortal.ts';
import type { Check } from './Check.ts';
import { findChromium } from './chromium.ts';
import { runCommand } from './command.ts';

export const browserChecks: Check = {
  name: 'e2e',
  summary: 'the demo portal end to end, in a real Chromium',
  async run({ root, workDir, env }) {
    const chromium = await findChromium();
    const [app, backend, github, registry, runners] = await freePorts(5);
    const stateDir = path.join(workDir, 'portal');
    const portal = await startPortal({
      root,
      stateDir,
      ports: { app, backend, github, registry, runners },
      validateGitHub: true,
      env,
      onProgress: line => console.log(`  ${line}`),
      onMissing: line => console.warn(`  ! ${line}`),
    });
    const report = path.join(workDir, 'playwright.json');
    try {
      const { code, output } = await runCommand(
        'playwright',
        ['test', '--config', 'packages/app/playwright.config.ts'],
        {
          cwd: root,
          env: {
            ...env,
            PLAYWRIGHT_JSON_OUTPUT_NAME: report,
            CHROMIUM_PATH: chromium,
            E2E_OUTPUT_DIR: path.join(workDir, 'playwright'),
            PORTAL_APP_URL: portal.appUrl,
            PORTAL_BACKEND_URL: portal.backendUrl,
            PORTAL_GITHUB_URL: portal.githubUrl,
            PORTAL_GITHUB_TOKEN: portalSecrets(stateDir).PORTAL_GITHUB_TOKEN,
            PATH: [portal.binDir, env.PATH].join(path.delimiter),
          },
        },
      );
      if (!existsSync(report)) return { passed: 0, failed: 1, output };
      const {
        stats,
      }: {
        stats: { expected: number; unexpected: number; flaky: number };
      } = JSON.parse(readFileSync(report, 'utf8'));
      const failed = stats.unexpected + stats.flaky;
      return {
        passed: stats.expected,
        failed: failed === 0 && code !== 0 ? 1 : failed,
        output,
      };
    } finally {
      await portal.stop();
    }
  },
};
