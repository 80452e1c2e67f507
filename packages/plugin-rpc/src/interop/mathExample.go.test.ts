import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlugin } from '../codegen';
import { firstLine, stop } from '../testing/childProcess';
import { GoProgram } from './GoProgram';

const examples = join(__dirname, '../../examples');
const example = join(examples, 'math-go');

describe('the math example in Go', () => {
  it('does with the core of the TypeScript example what its README says', async () => {
    const program = await GoProgram.build(join(example, 'math-1.0.0/go'));
    const core = spawn(
      process.execPath,
      [
        '--no-node-snapshot',
        '--require',
        require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        join(examples, 'math/core.ts'),
        '127.0.0.1:0',
        'secret',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      let printed = '';
      core.stdout.on('data', data => {
        printed += data;
      });
      const ended = new Promise(resolve => core.once('close', resolve));
      const address = (await firstLine(core)).replace('waiting on ', '');
      program.start([], {
        PLUGIN_RPC_ADDRESS: address,
        PLUGIN_RPC_TOKEN: 'secret',
      });
      expect(await ended).toBe(0);
      expect(printed.split('\n')).toEqual(
        expect.arrayContaining([
          '2^62 + 1 = 4611686018427387905',
          'HandlerError: divide of math@1.0.0 failed: division by zero',
          '10 primes: 2 3 5 7 11 13 17 19 23 29',
        ]),
      );
    } finally {
      await stop(core);
      await program.remove();
    }
  }, 240_000);

  it('is what the generator makes of its definition today', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plugin-rpc-'));
    try {
      await cp(example, folder, { recursive: true });
      const outcomes = await createPlugin({
        file: join(folder, 'math-1.0.0.yaml'),
        languages: ['go'],
        out: folder,
        goLibrary: join(__dirname, '../../go'),
      });
      expect(outcomes.map(({ outcome }) => outcome)).toEqual([
        'unchanged',
        ...Array(4).fill('kept'),
      ]);
      expect(await readFile(join(folder, 'math-1.0.0/go/go.sum'), 'utf8')).toBe(
        await readFile(join(__dirname, '../../go/go.sum'), 'utf8'),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
