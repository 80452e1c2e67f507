import { spawn } from 'node:child_process';
import path from 'node:path';

// `npm run prove -- DIR --envoy V` is the runner's own command, from the checkout.
const runner = path.resolve(
  import.meta.dirname,
  '../packages/envoy-runner/bin/envoy-runner',
);
const child = spawn(
  process.execPath,
  [runner, 'prove', ...process.argv.slice(2)],
  { stdio: 'inherit', cwd: process.env.INIT_CWD ?? process.cwd() },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => child.kill(signal));
}
child.on('exit', code => process.exit(code ?? 1));
