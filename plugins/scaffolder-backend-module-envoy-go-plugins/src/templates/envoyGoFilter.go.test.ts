import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVERY_CHOICE, renderSkeleton } from '../__testUtils__/renderSkeleton';
import { runProgram } from '../__testUtils__/runProgram';

describe('every filter that the template makes', () => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'envoy-go-skeletons-'));
    for (const choice of EVERY_CHOICE) {
      await mkdir(join(root, choice.name));
      await renderSkeleton(choice, join(root, choice.name));
    }
    // One invocation of the Go tool for all of them.
    await runProgram(
      'go',
      ['work', 'init', ...EVERY_CHOICE.map(({ name }) => `./${name}`)],
      {
        cwd: root,
      },
    );
  }, 120_000);

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('is formatted as gofmt formats it', async () => {
    const { stdout } = await runProgram('gofmt', ['-l', '.'], { cwd: root });
    expect(stdout).toBe('');
  });

  it('passes go vet', async () => {
    const packages = EVERY_CHOICE.map(({ name }) => `./${name}/...`);
    await expect(
      runProgram('go', ['vet', ...packages], { cwd: root }),
    ).resolves.toMatchObject({ stderr: '' });
  }, 600_000);

  it('passes its own tests', async () => {
    const { stdout } = await runProgram(
      'go',
      ['test', ...EVERY_CHOICE.map(({ name }) => `./${name}`)],
      { cwd: root },
    );
    expect(stdout.match(/^ok /gm)).toHaveLength(EVERY_CHOICE.length);
  }, 600_000);

  it.each([EVERY_CHOICE[0], EVERY_CHOICE[EVERY_CHOICE.length - 1]])(
    'builds into a library by itself: $name',
    async ({ name }) => {
      const directory = join(root, name);
      await runProgram('make', ['build'], {
        cwd: directory,
        env: { ...process.env, GOWORK: 'off' },
      });
      expect(await readdir(join(directory, 'build'))).toContain(
        `lib${name}.so`,
      );
    },
    600_000,
  );
});
