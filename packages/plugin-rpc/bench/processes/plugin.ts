import { Plugin } from '../../src';

/** A plugin in a process of its own, for measuring: echoes, and floods its log if asked. */
async function main() {
  const [address, token, name = 'echo', linesPerSecond = '0'] =
    process.argv.slice(2);
  const plugin = new Plugin({
    name,
    version: '1.0.0',
    concurrency: 1024,
    reconnect: false,
    functions: {
      echo: ctx => ctx.bytes(),
      echoMap: ctx => ctx.payload.value(),
    },
  });
  plugin.on('state', ({ state }) => {
    if (state !== 'mounted' && state !== 'mounting' && state !== 'dialing') {
      process.exit(0);
    }
  });
  await plugin.mount({ address, token });
  const rate = Number(linesPerSecond);
  if (rate > 0) {
    flood(plugin, rate);
  }
}

/** Offers lines at a rate, in small portions so that it does not stall itself. */
function flood(plugin: Plugin, perSecond: number) {
  let owed = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    owed += ((now - last) / 1000) * perSecond;
    last = now;
    for (; owed >= 1; owed -= 1) {
      plugin.log.info('a line as a plugin under load would write many of them');
    }
  }, 1);
}

main().catch(error => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
