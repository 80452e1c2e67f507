import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fingerprint } from './dependencies.mjs';

function checkout(t: TestContext) {
  const root = mkdtempSync(path.join(tmpdir(), 'envoy-go-scripts-'));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  write('package.json', '{}');
  write('yarn.lock', '');
  write('packages/app/package.json', '{}');
  write('plugins/one/package.json', '{}');
  return { root, write };
}

for (const file of [
  'package.json',
  'yarn.lock',
  '.yarnrc.yml',
  'packages/app/package.json',
  'plugins/two/package.json',
]) {
  test(`a new ${file} means a new installation`, t => {
    const { root, write } = checkout(t);
    const before = fingerprint(root);
    write(file, '{"dependencies":{}}');
    assert.notEqual(fingerprint(root), before);
  });
}

test('new sources mean no new installation', t => {
  const { root, write } = checkout(t);
  const before = fingerprint(root);
  write('packages/app/src/index.ts', 'export {};');
  write('plugins/README.md', '');
  assert.equal(fingerprint(root), before);
});
