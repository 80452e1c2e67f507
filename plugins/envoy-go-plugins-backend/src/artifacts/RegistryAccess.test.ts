import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  useTemporaryFolders,
  writeProgram,
} from './__testUtils__/temporaryFolder';
import { RegistryAccess } from './RegistryAccess';
import { runTool } from './runTool';

const newFolder = useTemporaryFolders();

/** Prints how it was called, what it sees, and who may read its credentials. */
const SPY = `
echo "args=$*"
env
ls -ld "$DOCKER_CONFIG" "$DOCKER_CONFIG/config.json" | cut -c1-10
cat "$DOCKER_CONFIG/config.json"
echo "refused for hunter2" >&2`;

async function spyAccess() {
  const crane = join(await newFolder(), 'crane');
  await writeProgram(crane, SPY);
  return new RegistryAccess({
    config: {
      repository: 'registry.example.com/envoy',
      username: 'backend',
      password: 'hunter2',
    },
    tools: { path: async () => crane },
    env: { PATH: process.env.PATH, GITHUB_TOKEN: 'other-secret' },
  });
}

describe('RegistryAccess', () => {
  it('gives credentials by a private file that is gone after, and by nothing else', async () => {
    const registry = await spyAccess();
    const { stdout, stderr } = await registry.run('crane', ['digest', 'x'], {
      env: { COSIGN_PASSWORD: 'key-password' },
    });
    expect(stdout).toContain('args=digest x\n');
    expect(stdout).toContain('COSIGN_PASSWORD=key-password');
    expect(stdout).toContain('drwx------\n-rw-------\n');
    expect(stdout).toContain(
      JSON.stringify({
        auths: {
          'registry.example.com': {
            auth: Buffer.from('backend:hunter2').toString('base64'),
          },
        },
      }),
    );
    expect(stdout).not.toContain('hunter2');
    expect(stdout).not.toContain('other-secret');
    expect(stderr).toBe('refused for ***\n');
    const folder = /^DOCKER_CONFIG=(.*)$/m.exec(stdout)?.[1] ?? '';
    expect(folder).not.toBe('');
    await expect(access(folder)).rejects.toThrow('ENOENT');
  });

  it('names images by plugins', async () => {
    const registry = await spyAccess();
    expect(registry.repositoryOf('Token-Auth')).toBe(
      'registry.example.com/envoy/token-auth',
    );
    for (const name of ['', '-a', 'a/../b', 'a b', 'a:1', 'a@sha256']) {
      expect(() => registry.repositoryOf(name)).toThrow(
        `"${name}" cannot name an image`,
      );
    }
  });

  it('says which program is gone', async () => {
    const registry = new RegistryAccess({
      config: { repository: 'localhost:1/x' },
      tools: { path: async () => '/nowhere/crane' },
    });
    await expect(registry.run('crane', [])).rejects.toThrow(
      'crane cannot be started',
    );
  });
});

describe('runTool', () => {
  it('ends what takes too long, with all that it has started', async () => {
    const folder = await newFolder();
    const pid = join(folder, 'pid');
    const program = join(folder, 'slow');
    await writeProgram(program, `sleep 600 & echo $! > ${pid}; wait`);
    await expect(
      runTool(program, [], { env: { PATH: process.env.PATH }, timeoutMs: 300 }),
    ).resolves.toMatchObject({ timedOut: true, code: undefined });
    const child = Number(await readFile(pid, 'utf8'));
    // Ended, though perhaps not reaped yet by whom it was left to
    await expect(
      readFile(`/proc/${child}/stat`, 'utf8').catch(() => ') Z'),
    ).resolves.toMatch(/\) Z/);
  });
});
