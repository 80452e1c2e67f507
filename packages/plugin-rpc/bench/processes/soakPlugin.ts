import { Plugin } from '../../src';

/** A plugin with a hard life: it is killed, frozen and cut off. Prints when it mounted. */
const [address, token, name] = process.argv.slice(2);
const plugin = new Plugin({
  name,
  version: '1',
  reconnect: { initial: 50, max: 500 },
  functions: {
    echo: ctx => ctx.payload.value(),
    parts: async ctx => {
      for (let index = 0; index < 20; index++) {
        await ctx.part(Buffer.alloc(10_000));
      }
      ctx.log.info('sent all parts');
    },
    slow: async ctx => {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, Math.random() * 1_000);
        ctx.signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  },
});
process.on('disconnect', () => process.exit(0));

async function mount() {
  for (;;) {
    try {
      await plugin.mount({ address, token, timeout: 2_000 });
      return;
    } catch {
      // The one before it may not be taken for lost yet.
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

void mount().then(() => process.stdout.write('mounted\n'));
