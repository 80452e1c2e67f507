import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { startProcess } from './processes.ts';

test('says what is missing where there is neither crane nor Go', async t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'envoy-go-scripts-'));
  const registry = startProcess({
    name: 'registry',
    command: process.execPath,
    args: [
      path.join(import.meta.dirname, 'registry.cjs'),
      '--port',
      '0',
      '--disk',
      path.join(folder, 'registry'),
    ],
    cwd: folder,
    env: { PATH: folder, HOME: folder, ENVOY_GO_CACHE: folder },
    logFile: path.join(folder, 'registry.log'),
  });
  t.after(async () => {
    await registry.stop();
    rmSync(folder, { recursive: true });
  });
  assert.equal((await registry.ended).code, 1);
  assert.match(registry.lastLines().at(-1) ?? '', /no go to install it with/);
});
