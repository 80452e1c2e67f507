import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { portalSecrets } from './secrets.ts';

function stateFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'envoy-go-scripts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return path.join(folder, 'state');
}

const modeOf = (folder: string) =>
  statSync(path.join(folder, 'secrets.json')).mode % 0o1000;

test('secrets differ from each other and from portal to portal', t => {
  const all = [portalSecrets(stateFolder(t)), portalSecrets(stateFolder(t))];
  const values = all.flatMap(secrets => Object.values(secrets));
  assert.equal(new Set(values).size, values.length);
  for (const value of values) assert.match(value, /^[0-9a-f]{48}$/);
});

test('secrets stay from start to start, and one that is new joins them', t => {
  const folder = stateFolder(t);
  const { PORTAL_GITHUB_TOKEN, ...others } = portalSecrets(folder);
  writeFileSync(path.join(folder, 'secrets.json'), JSON.stringify(others));
  const { PORTAL_GITHUB_TOKEN: renewed, ...kept } = portalSecrets(folder);
  assert.deepEqual(kept, others);
  assert.match(renewed, /^[0-9a-f]{48}$/);
  assert.equal(portalSecrets(folder).PORTAL_GITHUB_TOKEN, renewed);
});

test('only their owner can read them', t => {
  const folder = stateFolder(t);
  portalSecrets(folder);
  assert.equal(modeOf(folder), 0o600);
  chmodSync(path.join(folder, 'secrets.json'), 0o644);
  portalSecrets(folder);
  assert.equal(modeOf(folder), 0o600);
});
