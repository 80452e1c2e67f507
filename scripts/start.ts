import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseOptions } from './portal/parseOptions.ts';
import { missingPrerequisites } from './portal/prerequisites.ts';
import { isPortFree, portUser } from './portal/ports.ts';
import {
  DEFAULT_PORTS,
  PROCESS_NAMES,
  startPortal,
} from './portal/startPortal.ts';

const HELP = `Usage: npm start [-- OPTIONS]

Runs the demo portal: Backstage on http://localhost:${DEFAULT_PORTS.app}, its backend on
http://localhost:${DEFAULT_PORTS.backend}, GitHub on localhost on http://localhost:${DEFAULT_PORTS.github},
and a registry of images on http://localhost:${DEFAULT_PORTS.registry}.

  --fresh     forget everything: databases, repositories, accounts
  --verbose   show what the three of them print (it is in .portal/logs anyway)
  --help      this text

Ctrl-C stops everything.`;

const { values } = parseOptions({
  options: {
    fresh: { type: 'boolean' },
    verbose: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const root = path.resolve(import.meta.dirname, '..');
const stateDir = path.join(root, '.portal');

const started = Date.now();
for (const missing of missingPrerequisites()) {
  console.warn(`  ! ${missing}`);
}
const busy: string[] = [];
for (const name of Object.keys(
  DEFAULT_PORTS,
) as (keyof typeof DEFAULT_PORTS)[]) {
  const port = DEFAULT_PORTS[name];
  if (!(await isPortFree(port))) {
    const user = portUser(port);
    busy.push(
      `Port ${port}, which the ${PROCESS_NAMES[name]} needs, is in use${
        user ? ` by ${user}` : ''
      }.`,
    );
  }
}
if (busy.length > 0) {
  console.error(
    `${busy.join(
      '\n',
    )}\nStop what uses it (another portal, perhaps) and start again.`,
  );
  process.exit(1);
}
if (values.fresh) {
  rmSync(stateDir, { recursive: true, force: true });
}

const portalStarting = startPortal({
  root,
  stateDir,
  ports: DEFAULT_PORTS,
  onProgress: line => console.log(`  ✓ ${line}`),
  onMissing: line => console.warn(`  ! ${line}`),
  onOutput: values.verbose
    ? (name, line) => console.log(`[${name}] ${line}`)
    : undefined,
});
let ready = false;
let stopping = false;
const stopWith = (code: number) => {
  if (stopping) return;
  stopping = true;
  console.log('\nStopping …');
  portalStarting
    .then(portal => portal.stop())
    .catch(() => undefined)
    .finally(() => process.exit(code));
};
// A portal that is still starting is ended by the exit handler of its processes.
process.on('SIGINT', () => (ready ? stopWith(0) : process.exit(130)));
process.on('SIGTERM', () => (ready ? stopWith(0) : process.exit(143)));
process.on('SIGHUP', () => (ready ? stopWith(0) : process.exit(129)));

try {
  const portal = await portalStarting;
  ready = true;
  console.log(`
The portal is ready after ${Math.round((Date.now() - started) / 1000)} s: ${
    portal.appUrl
  }/envoy-go-plugins

Sign in with GitHub as author, contributor or admin: the page that opens is the
emulator's and asks for no password. In a clone of a plugin, make run and make prove
use this checkout's runner after

  export PATH="${portal.binDir}:$PATH"

Ctrl-C stops everything.`);
  const failed = await portal.failed;
  if (!stopping) {
    console.error(
      `\nThe ${failed.name} ended. Its last lines:\n${failed
        .lastLines()
        .join('\n')}`,
    );
    stopWith(1);
  }
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
