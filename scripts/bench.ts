import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

const BENCHMARKS: Record<string, { summary: string; file: string }> = {
  marketplace: {
    summary:
      'list, facets and search over 10,000 plugins with 20 readers, beside the catalog',
    file: 'plugins/envoy-go-plugins-backend/bench/marketplace.ts',
  },
  budget: {
    summary:
      'requests to GitHub an hour for 10,000 repositories, with webhooks and without',
    file: 'plugins/envoy-go-plugins-backend/bench/budget.ts',
  },
  events: {
    summary: 'deliveries of webhooks: taken in, and until their facts show',
    file: 'plugins/envoy-go-plugins-backend/bench/events.ts',
  },
  release: {
    summary:
      'from a release to its image, beside a plain shell script; one runner and two',
    file: 'plugins/envoy-go-plugins-backend/bench/release.ts',
  },
  rpc: {
    summary: 'calls through plugin-rpc, beside plain gRPC and go-plugin',
    file: 'packages/plugin-rpc/bench/rpc.ts',
  },
  'rpc-soak': {
    summary:
      'plugins that are killed, frozen and cut off for ten minutes (--minutes N)',
    file: 'packages/plugin-rpc/bench/soak.ts',
  },
  proof: {
    summary: 'the proof of one built filter in one Envoy',
    file: 'packages/envoy-runner/bench/proof.ts',
  },
  bundle: {
    summary: 'what the frontend plugin adds to the initial load of the portal',
    file: 'packages/app/bench/bundle.ts',
  },
};

const HELP = `Usage: npm run bench -- NAME [OPTIONS]

Prints a table and, as its last line, one line of JSON.

${Object.entries(BENCHMARKS)
  .map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`)
  .join('\n')}`;

const [name, ...args] = process.argv.slice(2);
const benchmark = name === undefined ? undefined : BENCHMARKS[name];
if (!benchmark) {
  console.log(HELP);
  process.exit(name === undefined || name === '--help' ? 0 : 2);
}
const child = spawn(
  process.execPath,
  [
    '--no-node-snapshot',
    '--require',
    path.join(root, 'node_modules/@backstage/cli/config/nodeTransform.cjs'),
    path.join(root, benchmark.file),
    ...args,
  ],
  { stdio: 'inherit', cwd: root },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => child.kill(signal));
}
child.on('exit', code => process.exit(code ?? 1));
