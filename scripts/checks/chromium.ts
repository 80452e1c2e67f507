import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { findPackageJSON } from 'node:module';
import path from 'node:path';
import chromium from '@sparticuz/chromium';
import { cacheFolder } from '../setup/cacheFolder.mjs';

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
  return unpackedChromium();
}

/**
 * The package unpacks itself into the folder for temporary files, which users of a machine
 * share; here it goes to the user's cache, whole or not at all.
 */
async function unpackedChromium(): Promise<string> {
  const manifest = findPackageJSON('@sparticuz/chromium', import.meta.url);
  if (!manifest) throw new Error('@sparticuz/chromium is not installed');
  const { version }: { version: string } = JSON.parse(
    readFileSync(manifest, 'utf8'),
  );
  const target = path.join(cacheFolder(), `chromium-${version}`);
  if (!existsSync(target)) {
    mkdirSync(cacheFolder(), { recursive: true });
    const staging = mkdtempSync(path.join(cacheFolder(), '.staging-'));
    const temporary = process.env.TMPDIR;
    try {
      process.env.TMPDIR = staging;
      await chromium.executablePath();
      try {
        renameSync(staging, target);
      } catch (error) {
        // Somebody else has unpacked it meanwhile.
        if (!existsSync(target)) throw error;
      }
    } finally {
      if (temporary === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = temporary;
      rmSync(staging, { recursive: true, force: true });
    }
  }
  return path.join(target, 'chromium');
}
