import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { create } from 'tar';
import { checkLibrary, readElf } from '../library';
import { useTemporaryDirectory } from '../testing/temporaryDirectory';
import { buildRelease } from './buildRelease';

const TOKEN_AUTH = join(__dirname, '../../../../examples/plugins/token-auth');

jest.setTimeout(300_000);

describe('buildRelease', () => {
  const temporaryDirectory = useTemporaryDirectory();

  it('builds an archive as GitHub gives it, twice alike, and proves it in Envoys', async () => {
    const directory = await temporaryDirectory();
    const archive = join(directory, 'source.tar.gz');
    await cp(TOKEN_AUTH, join(directory, 'org-token-auth-0123456'), {
      recursive: true,
    });
    await create({ gzip: true, cwd: directory, file: archive }, [
      'org-token-auth-0123456',
    ]);
    const out = join(directory, 'out');
    const report = await buildRelease({
      source: archive,
      out,
      envoys: ['1.38.3', '1.40.0'],
      platforms: ['linux/amd64'],
    });
    expect(report).toMatchObject({
      outcome: 'passed',
      plugin: { name: 'token-auth', filterName: 'token-auth' },
    });
    expect(
      report.compatibility.map(({ envoy, outcome }) => [envoy, outcome]),
    ).toEqual([
      ['1.38.3', 'passed'],
      ['1.40.0', 'passed'],
    ]);
    const [library] = report.libraries;
    expect(relative(out, library.file)).toBe('linux-amd64/libtoken-auth.so');
    const content = await readFile(library.file);
    const sum = createHash('sha256').update(content).digest('hex');
    expect(library.digest).toBe(`sha256:${sum}`);
    expect(library.hooks).toContain('envoy_dynamic_module_on_program_init');
    expect(library.needed).toEqual(['libc.so.6']);

    expect(
      checkLibrary(content, { platform: 'linux/arm64', glibc: '2.17' })
        .problems,
    ).toEqual([
      'It is no shared library for linux/arm64',
      expect.stringContaining('It needs glibc 2.'),
    ]);
    for (const length of [0, 10, 64, 4096, content.length - 100]) {
      expect(() => readElf(content.subarray(0, length))).toThrow(/ELF file/);
    }

    // The same source, but for what it answers: its proof fails, and no library is left.
    const proof = join(directory, 'org-token-auth-0123456/envoy-proof.yaml');
    const text = await readFile(proof, 'utf8');
    await writeFile(proof, text.replaceAll('missing token', 'another answer'));
    const failed = await buildRelease({
      source: join(directory, 'org-token-auth-0123456'),
      out,
      envoys: ['1.40.0'],
      platforms: ['linux/amd64'],
    });
    expect(failed.outcome).toBe('failed');
    expect(failed.reason).toMatch(/^proof 1\.40\.0: \d+ of 14 cases failed/);
    expect(await readdir(out, { recursive: true })).not.toContain(
      'linux-amd64/libtoken-auth.so',
    );
    await rm(out, { recursive: true, force: true });
  });
});
