import { spawnSync } from 'node:child_process';
import chromium from '@sparticuz/chromium';

const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * A Chromium to test with: the one that CHROMIUM_PATH names, an installed one, else the
 * one that the npm package `@sparticuz/chromium` carries.
 */
export async function findChromium(): Promise<string> {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  for (const name of INSTALLED) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`], {
      encoding: 'utf8',
    });
    if (found.status === 0) return found.stdout.trim();
  }
  return chromium.executablePath();
}
