import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backstageCommand } from './backstageCommand.mjs';

const YARN = 'yarn/4.18.1 npm/? node/v24.21.0 linux x64';
const NPM = 'npm/11.6.0 node/v24.21.0 linux x64 workspaces/false';

test('yarn test is what it is everywhere in Backstage', () => {
  assert.deepEqual(backstageCommand('test', YARN), ['repo', 'test']);
});

test('npm test, and test without either, runs every check', () => {
  assert.equal(backstageCommand('test', NPM), undefined);
  assert.equal(backstageCommand('test', undefined), undefined);
});

test('yarn start runs the demo portal, as npm start does', () => {
  assert.equal(backstageCommand('start', YARN), undefined);
});
