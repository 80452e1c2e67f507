import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  useTemporaryFolders,
  writeProgram,
} from './__testUtils__/temporaryFolder';
import { CachedToolProvider } from './CachedToolProvider';

const newFolder = useTemporaryFolders();

/** A `go` that installs a program after noting with what it was called. */
const GO = `
echo "$@ secret=$REGISTRY_PASSWORD" >> "$GOPATH/calls"
printf '#!/bin/sh\\necho v0.20.7\\n' > "$GOBIN/crane"
chmod +x "$GOBIN/crane"`;

async function environment(programs: Record<string, string>) {
  const folder = await newFolder();
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const [name, text] of Object.entries(programs)) {
    await writeProgram(join(bin, name), text);
  }
  return {
    bin,
    cache: join(folder, 'cache'),
    env: {
      PATH: `${bin}:/usr/bin:/bin`,
      ENVOY_GO_CACHE: join(folder, 'cache'),
      GOPATH: folder,
      REGISTRY_PASSWORD: 'hunter2',
    },
    calls: () => readFile(join(folder, 'calls'), 'utf8'),
  };
}

describe('CachedToolProvider', () => {
  it('takes the one of the configuration, before all others', async () => {
    const { bin, env } = await environment({
      mine: 'exit 0',
      crane: 'echo 0.20.7',
    });
    const path = join(bin, 'mine');
    await expect(
      new CachedToolProvider({ configured: { crane: path }, env }).path(
        'crane',
      ),
    ).resolves.toBe(path);
    await expect(
      new CachedToolProvider({
        configured: { crane: join(bin, 'none') },
        env,
      }).path('crane'),
    ).rejects.toThrow('is not a program; mend its path');
  });

  it('takes the one on the PATH if its version will do', async () => {
    const { bin, env } = await environment({
      crane: 'echo v0.20.9',
      cosign: `echo '{"gitVersion":"v2.6.1"}'`,
    });
    const tools = new CachedToolProvider({ env });
    await expect(tools.path('crane')).resolves.toBe(join(bin, 'crane'));
    await expect(tools.path('cosign')).resolves.toBe(join(bin, 'cosign'));
  });

  it('installs the known version once for all that ask, and tells the installer no secrets', async () => {
    const { cache, env, calls } = await environment({
      crane: 'echo 0.9.0',
      go: GO,
    });
    const installed = join(cache, 'tools', 'crane-v0.20.7', 'crane');
    const two = [
      new CachedToolProvider({ env }),
      new CachedToolProvider({ env }),
    ];
    await expect(
      Promise.all([...two, ...two].map(tools => tools.path('crane'))),
    ).resolves.toEqual(Array(4).fill(installed));
    await expect(calls()).resolves.toBe(
      'install -trimpath -ldflags=-s github.com/google/go-containerregistry/cmd/crane@v0.20.7 secret=\n',
    );
    await expect(readdir(join(cache, 'tools'))).resolves.toEqual([
      'crane-v0.20.7',
    ]);
  });

  it('says why it could not be installed, and tries anew', async () => {
    const { bin, env, cache } = await environment({
      go: 'echo "go: dial tcp: no such host" >&2; exit 1',
    });
    const tools = new CachedToolProvider({ env });
    await expect(tools.path('crane')).rejects.toThrow(
      'crane v0.20.7 could not be installed from the Go module proxy: go: dial tcp: no such host',
    );
    await expect(readdir(join(cache, 'tools'))).resolves.toEqual([]);
    await writeProgram(join(bin, 'go'), GO);
    await expect(tools.path('crane')).resolves.toContain('crane-v0.20.7');
  });

  it('says what to install where there is no Go', async () => {
    const { env } = await environment({});
    await expect(
      new CachedToolProvider({
        env: { ...env, PATH: join(env.GOPATH, 'bin') },
      }).path('cosign'),
    ).rejects.toThrow(
      'There is no cosign on the PATH, and no go to install it with; install cosign v2.6.1, or Go 1.25 or later',
    );
  });
});
