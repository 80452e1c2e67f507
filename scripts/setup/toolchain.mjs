import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './cacheFolder.mjs';
import { runStep } from './step.mjs';
import { SetupError } from './SetupError.mjs';

// Backstage supports these; see `engines` of the packages that create-app makes. From these
// minor versions on they run TypeScript as it is, which our commands are written in.
const SUPPORTED_NODES = [
  { major: 22, minor: 18 },
  { major: 24, minor: 0 },
];
const NODE_VERSION = '24.21.0';
const YARN_VERSION = '4.18.1';

/** npm as it is run here: by the one that started us, else the one on the PATH. */
function npm(args) {
  const script = process.env.npm_execpath;
  return script && /npm-cli\.c?js$/.test(script)
    ? [process.execPath, [script, ...args]]
    : ['npm', args];
}

function npmConfig(key) {
  const [command, args] = npm(['config', 'get', key]);
  const answer = spawnSync(command, args, { encoding: 'utf8' });
  if (answer.error) {
    throw new SetupError(
      'npm was not found. It comes with Node.js; install Node.js 18 or later.',
    );
  }
  const value = answer.stdout.trim();
  return value && value !== 'undefined' && value !== 'null' ? value : undefined;
}

/**
 * Installs one npm package into a folder of the cache, once. Another process may do the
 * same at the same time: the folder is made elsewhere and moved into place.
 */
async function installInCache(title, name, version) {
  const target = path.join(
    cacheFolder(),
    `${name.replace(/[@/]/g, '_')}-${version}`,
  );
  if (existsSync(target)) return target;
  mkdirSync(cacheFolder(), { recursive: true });
  const staging = mkdtempSync(path.join(cacheFolder(), '.staging-'));
  try {
    writeFileSync(path.join(staging, 'package.json'), '{"private":true}');
    const [command, args] = npm([
      'install',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--prefix',
      staging,
      `${name}@${version}`,
    ]);
    await runStep(title, command, args, { cwd: staging, env: process.env });
    try {
      renameSync(staging, target);
    } catch (error) {
      if (!existsSync(target)) throw error;
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return target;
}

/**
 * Whether Backstage and our commands run on a version of Node.
 *
 * @param {string} version such as 24.1.0
 */
export function isSupportedNode(version) {
  const [major, minor] = version.split('.').map(Number);
  return SUPPORTED_NODES.some(
    supported => supported.major === major && minor >= supported.minor,
  );
}

async function ensureNode() {
  if (isSupportedNode(process.versions.node)) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const folder = await installInCache(
    `Node.js ${NODE_VERSION} (this machine has ${
      process.versions.node
    }; needed is ${SUPPORTED_NODES.map(
      ({ major, minor }) => `^${major}.${minor}`,
    ).join(' or ')})`,
    `node-${platform}`,
    NODE_VERSION,
  );
  return path.join(folder, 'node_modules', `node-${platform}`, 'bin/node');
}

async function ensureYarn() {
  const folder = await installInCache(
    `Yarn ${YARN_VERSION}`,
    '@yarnpkg/cli-dist',
    YARN_VERSION,
  );
  return path.join(folder, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js');
}

/** A folder for the PATH in which `node` and `yarn` are the ones that were set up. */
function shimFolder(node, yarn) {
  const folder = path.join(
    cacheFolder(),
    `bin-${Buffer.from(node).toString('base64url').slice(-16)}-${YARN_VERSION}`,
  );
  const shims = {
    node: `exec "${node}" "$@"`,
    yarn: `exec "${node}" "${yarn}" "$@"`,
  };
  if (
    existsSync(folder) &&
    readdirSync(folder).length >= Object.keys(shims).length
  ) {
    return folder;
  }
  mkdirSync(folder, { recursive: true });
  for (const [name, line] of Object.entries(shims)) {
    const file = path.join(folder, name);
    const staged = `${file}.${process.pid}`;
    writeFileSync(staged, `#!/bin/sh\n${line}\n`);
    chmodSync(staged, 0o755);
    renameSync(staged, file);
  }
  return folder;
}

/**
 * Node and Yarn for Backstage, installed where missing.
 *
 * @param {string} root the checkout
 * @returns {Promise<{ node: string, yarn: string, env: NodeJS.ProcessEnv }>} paths of
 *   both, and the environment in which everything else is to run
 */
export async function ensureToolchain(root) {
  if (spawnSync('git', ['--version']).error) {
    throw new SetupError(
      'git was not found. The demo keeps its repositories in git; install git first.',
    );
  }
  const node = await ensureNode();
  const yarn = await ensureYarn();
  const nodeRoot = path.resolve(path.dirname(node), '..');
  const env = {
    ...process.env,
    PATH: [
      shimFolder(node, yarn),
      path.join(root, 'node_modules/.bin'),
      process.env.PATH,
    ].join(path.delimiter),
    ENVOY_GO_CACHE: cacheFolder(),
    // Yarn does not read npm's settings.
    YARN_NPM_REGISTRY_SERVER:
      process.env.YARN_NPM_REGISTRY_SERVER ?? npmConfig('registry'),
  };
  const cafile = npmConfig('cafile');
  if (cafile) env.YARN_HTTPS_CA_FILE_PATH ??= cafile;
  if (existsSync(path.join(nodeRoot, 'include/node'))) {
    env.npm_config_nodedir = nodeRoot;
  }
  return { node, yarn, env };
}
