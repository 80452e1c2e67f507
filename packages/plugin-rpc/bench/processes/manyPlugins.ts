import { Plugin } from '../../src';

/** Many plugins in one process, each on a connection of its own. */
async function main() {
  const [address, token, count] = process.argv.slice(2);
  for (let index = 0; index < Number(count); index++) {
    const plugin = new Plugin({
      name: `plugin-${index}`,
      version: '1.0.0',
      functions: { echo: ctx => ctx.bytes() },
    });
    await plugin.mount({ address, token });
  }
}

main().catch(error => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
