import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { useTemporaryDirectory } from '../testing/temporaryDirectory';

const run = promisify(execFile);
const PACKAGE = join(__dirname, '../..');

jest.setTimeout(60_000);

describe('the interface of build runners', () => {
  const temporaryDirectory = useTemporaryDirectory();

  it('has code that its definitions make', async () => {
    const out = await temporaryDirectory();
    const pluginRpc = dirname(
      require.resolve('@envoy-go/plugin-rpc/package.json'),
    );
    await run(
      process.execPath,
      [
        join(pluginRpc, 'bin/plugin-rpc'),
        'create',
        ...['--dir', '.plugin-rpc'],
        ...['--lang', 'ts'],
        ...['--out', out],
      ],
      { cwd: PACKAGE, env: { ...process.env, NODE_OPTIONS: '' } },
    );
    for (const name of ['build-runner', 'build-source']) {
      const path = join(`${name}-1.0.0`, 'ts', `${name}.generated.ts`);
      const made = await readFile(join(out, path), 'utf8');
      await expect(readFile(join(__dirname, path), 'utf8')).resolves.toBe(made);
    }
  });
});
