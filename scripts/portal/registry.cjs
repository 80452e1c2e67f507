// The demo's registry of images: crane's own, which keeps blobs on disk and manifests in
// memory; the backend puts those back. Runs the sources as they are, as Backstage's own
// commands do in a repository.
require('@backstage/cli/config/nodeTransform.cjs');
const { spawn } = require('node:child_process');
const { mkdirSync } = require('node:fs');
const { parseArgs } = require('node:util');
const {
  CachedToolProvider,
} = require('../../plugins/envoy-go-plugins-backend/src/artifacts/CachedToolProvider');

const { values } = parseArgs({
  options: { port: { type: 'string' }, disk: { type: 'string' } },
});

async function main() {
  const tools = new CachedToolProvider({ logger: console });
  const crane = await tools.path('crane');
  mkdirSync(values.disk, { recursive: true });
  const registry = spawn(
    crane,
    [
      'registry',
      'serve',
      '--address',
      `127.0.0.1:${values.port}`,
      '--disk',
      values.disk,
    ],
    { stdio: 'inherit' },
  );
  registry.on('error', fail);
  registry.on('exit', code => process.exit(code ?? 1));
  // It ends with its process group; nothing is lost when it is killed
  process.on('SIGTERM', () => registry.kill('SIGTERM'));
}

function fail(error) {
  console.error(error.message);
  process.exit(1);
}

main().catch(fail);
