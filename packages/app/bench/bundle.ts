import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

// Builds the portal with and without the frontend plugin and compares what a browser
// has to load before it can show anything: the scripts and styles that index.html names.

const APP = path.resolve(__dirname, '..');
const PLUGIN = '@envoy-go/backstage-plugin-envoy-go-plugins';
const LIMIT_KB = 150;

function build(exclude: string[], workDir: string): void {
  const overlay = path.join(workDir, 'app-config.bundle.yaml');
  writeFileSync(
    overlay,
    JSON.stringify({ app: { packages: { exclude: [...exclude] } } }),
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      require.resolve('@backstage/cli/bin/backstage-cli'),
      'package',
      'build',
      '--config',
      path.resolve(APP, '../../app-config.yaml'),
      '--config',
      overlay,
    ],
    { cwd: APP, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The build failed:\n${stdout}${stderr}`);
}

/** Gzipped size in kB (1,000 bytes) of what index.html loads. */
function initialLoad(): number {
  const dist = path.join(APP, 'dist');
  const html = readFileSync(path.join(dist, 'index.html'), 'utf8');
  const files = [
    ...html.matchAll(
      /<(?:script|link)[^>]+(?:src|href)="([^"]+\.(?:js|css))"/g,
    ),
  ].map(match => path.join(dist, match[1].replace(/^.*?(?=static\/)/, '')));
  if (files.length === 0) {
    throw new Error('The built index.html loads no script; cannot measure.');
  }
  return (
    files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0) /
    1_000
  );
}

const workDir = mkdtempSync(path.join(tmpdir(), 'envoy-go-bundle-'));
try {
  build([PLUGIN], workDir);
  const without = initialLoad();
  build([], workDir);
  const withPlugin = initialLoad();
  const added = withPlugin - without;
  const rows = [
    ['without the plugin', without],
    ['with the plugin', withPlugin],
    [`added (limit ${LIMIT_KB})`, added],
  ] as const;
  for (const [label, kb] of rows) {
    process.stdout.write(
      `${label.padEnd(24)}${kb.toFixed(1).padStart(10)} kB gzipped\n`,
    );
  }
  process.stdout.write(
    `${JSON.stringify({
      initialLoadKb: Number(withPlugin.toFixed(1)),
      pluginAddsKb: Number(added.toFixed(1)),
    })}\n`,
  );
} finally {
  rmSync(workDir, { recursive: true, force: true });
}
