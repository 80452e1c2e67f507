import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runStep } from './step.mjs';

/**
 * What an installation depends on: the lock file and every manifest.
 *
 * @param {string} root the checkout
 */
export function fingerprint(root) {
  const hash = createHash('sha256');
  const manifests = ['packages', 'plugins'].flatMap(folder =>
    readdirSync(path.join(root, folder)).map(name =>
      path.join(folder, name, 'package.json'),
    ),
  );
  for (const file of [
    'yarn.lock',
    '.yarnrc.yml',
    'package.json',
    ...manifests,
  ]) {
    const absolute = path.join(root, file);
    if (existsSync(absolute)) hash.update(file).update(readFileSync(absolute));
  }
  return hash.digest('hex');
}

/**
 * Installs the workspace's dependencies, unless they are as they should be.
 *
 * @param {string} root the checkout
 * @param {{ node: string, yarn: string, env: NodeJS.ProcessEnv }} toolchain
 */
export async function installDependencies(root, toolchain) {
  const stamp = path.join(root, 'node_modules/.envoy-go-setup');
  const wanted = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await runStep(
    'Dependencies (the first time takes about two minutes)',
    toolchain.node,
    [toolchain.yarn, 'install', '--immutable'],
    { cwd: root, env: toolchain.env },
  );
  writeFileSync(stamp, wanted);
}
