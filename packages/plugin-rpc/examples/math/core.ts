import { Core } from '../../src';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Waits for a math plugin, in whatever language, and has it do some sums. */
async function main() {
  const [address = '127.0.0.1:4020', token = 'math'] = process.argv.slice(2);
  const core = new Core({
    tokens: [token],
    interfaces: [{ name: 'math', functions: ['add', 'divide', 'primes'] }],
  });
  core.on('log', ({ plugin, level, message }) =>
    say(`${plugin} ${level}: ${message}`),
  );
  say(`waiting on ${(await core.serve({ address })).address}`);
  await core.plugins.waitFor('math');

  const sum = await core.call('math', 'add', { a: 2n ** 62n, b: 1 });
  say(`2^62 + 1 = ${sum.map().getInt64('sum')}`);

  await core
    .call('math', 'divide', { a: 1, b: 0 })
    .catch(error => say(`${error}`));

  const found: bigint[] = [];
  const primes = await core.call(
    'math',
    'primes',
    { below: 30 },
    {
      onPart: part => {
        found.push(part.map().getInt64('prime'));
      },
    },
  );
  say(`${primes.map().getInt64('count')} primes: ${found.join(' ')}`);
  await core.close();
}

main().catch(error => {
  process.stderr.write(`${error}\n`);
  process.exitCode = 1;
});
