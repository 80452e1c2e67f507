import { Plugin } from '../../src';

const [address = '127.0.0.1:4020', token = 'math'] = process.argv.slice(2);

const plugin = new Plugin({
  name: 'math',
  version: '1.0.0',
  functions: {
    add: ctx => {
      const args = ctx.map();
      return { sum: args.getInt64('a') + args.getInt64('b') };
    },
    divide: ctx => {
      const args = ctx.map();
      const divisor = args.getFloat64('b');
      if (divisor === 0) {
        throw new RangeError('division by zero');
      }
      return { quotient: args.getFloat64('a') / divisor };
    },
    primes: async ctx => {
      const below = ctx.map().getInt32('below');
      let count = 0;
      for (let candidate = 2; candidate < below; candidate++) {
        if (isPrime(candidate)) {
          count += 1;
          await ctx.part({ prime: candidate });
        }
      }
      ctx.log.info('primes found', { count });
      return { count };
    },
  },
});

function isPrime(candidate: number): boolean {
  for (let factor = 2; factor * factor <= candidate; factor++) {
    if (candidate % factor === 0) {
      return false;
    }
  }
  return true;
}

process.once('SIGINT', () => void plugin.unmount('interrupted'));
plugin.mount({ address, token }).catch(error => {
  process.stderr.write(`${error}\n`);
  process.exitCode = 1;
});
