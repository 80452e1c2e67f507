import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const go = join(__dirname, '../../go');

describe('the Go code of plugin.proto', () => {
  it('is what generating it again gives', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plugin-rpc-'));
    try {
      await promisify(execFile)('go', ['run', '.', '-out', folder], {
        cwd: join(go, 'generate'),
      });
      const names = await readdir(folder);
      expect(names.sort()).toEqual(['plugin.pb.go', 'plugin_grpc.pb.go']);
      for (const name of names) {
        expect(await readFile(join(go, 'pluginrpcpb', name), 'utf8')).toBe(
          await readFile(join(folder, name), 'utf8'),
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 240_000);
});
