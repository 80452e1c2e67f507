import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { firstLine, stop } from './testing/childProcess';

describe('the math example', () => {
  it('does what its README says', async () => {
    const run = (file: string, ...args: string[]) =>
      spawn(
        process.execPath,
        [
          '--no-node-snapshot',
          '--require',
          require.resolve('@backstage/cli/config/nodeTransform.cjs'),
          join(__dirname, '../examples/math', file),
          ...args,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
    const core = run('core.ts', '127.0.0.1:0', 'secret');
    let printed = '';
    core.stdout.on('data', data => {
      printed += data;
    });
    const ended = new Promise(resolve => core.once('close', resolve));
    const address = (await firstLine(core)).replace('waiting on ', '');
    const plugin = run('plugin.ts', address, 'secret');
    try {
      expect(await ended).toBe(0);
    } finally {
      await stop(plugin);
    }
    expect(printed.split('\n')).toEqual(
      expect.arrayContaining([
        '2^62 + 1 = 4611686018427387905',
        'HandlerError: divide of math@1.0.0 failed: division by zero',
        '10 primes: 2 3 5 7 11 13 17 19 23 29',
      ]),
    );
  }, 15_000);
});
