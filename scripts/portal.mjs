// The entry of `npm start`, `npm test`, `npm run prove` and `npm run bench`.
//
// It runs on whatever Node the machine has (18 or later), sets up what is missing, and
// hands over to scripts/COMMAND.ts on a Node that Backstage supports. It therefore uses
// nothing but Node itself.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { backstageCommand } from './setup/backstageCommand.mjs';
import { installDependencies } from './setup/dependencies.mjs';
import { SetupError } from './setup/SetupError.mjs';
import { ensureToolchain } from './setup/toolchain.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const HELP = `Usage: npm start [-- OPTIONS]        run the demo portal
       npm test [-- PART...]        run every check, or only the parts named
       npm run prove -- DIR...      prove a plugin in real Envoys
       npm run bench -- NAME        run a benchmark

Add \`-- --help\` to any of them for its options. All of them set up what is missing
first: Node 24 and Yarn 4 in the user's cache folder, and the dependencies.`;

const COMMANDS = ['start', 'test', 'prove', 'bench'];

async function main() {
  const [command, ...args] = process.argv.slice(2);
  if (!COMMANDS.includes(command)) {
    console.error(HELP);
    process.exit(2);
  }
  const toolchain = await ensureToolchain(root);
  await installDependencies(root, toolchain);

  const usual = backstageCommand(command, process.env.npm_config_user_agent);
  const argv = usual
    ? [path.join(root, 'node_modules/.bin/backstage-cli'), ...usual, ...args]
    : [path.join(root, `scripts/${command}.ts`), ...args];
  const child = spawn(toolchain.node, argv, {
    stdio: 'inherit',
    env: toolchain.env,
  });
  // The child decides what a signal means; we only outlive it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0));
  });
}

main().catch(error => {
  console.error(
    error instanceof SetupError ? `\n${error.message}` : error?.stack ?? error,
  );
  process.exit(1);
});
