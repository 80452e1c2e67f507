import { Plugin } from '../plugin';

/** A plugin in a process of its own, to be killed and frozen. */
const plugin = new Plugin({
  name: 'child',
  version: '1',
  reconnect: { initial: 5, max: 50 },
  functions: {
    echo: ctx => ctx.payload.value(),
    wait: () => new Promise(() => {}),
  },
});

// Whoever started it is gone.
process.stdin.on('end', () => process.exit(0)).resume();

plugin.mount({ address: process.argv[2], token: 'secret' }).catch(error => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
