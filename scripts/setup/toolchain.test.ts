import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSupportedNode } from './toolchain.mjs';

test('takes the Node releases that Backstage supports', () => {
  assert.ok(isSupportedNode('22.18.0'));
  assert.ok(isSupportedNode('22.21.1'));
  assert.ok(isSupportedNode('24.0.0'));
});

test('takes no other', () => {
  for (const version of ['18.20.8', '20.19.0', '23.11.0', '25.1.0']) {
    assert.ok(!isSupportedNode(version), version);
  }
});

test('takes no Node 22 that cannot run TypeScript', () => {
  assert.ok(!isSupportedNode('22.17.1'));
});
