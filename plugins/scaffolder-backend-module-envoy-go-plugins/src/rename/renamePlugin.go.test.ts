import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { namesOfNewPlugin } from './PluginNames';
import { readPluginNames, renamePlugin } from './renamePlugin';
import { runProgram } from '../__testUtils__/runProgram';

const EXAMPLES = resolve(__dirname, '../../../../examples/plugins');

async function everyFile(directory: string) {
  const entries = await readdir(directory, {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));
}

describe('a plugin that starts from an example', () => {
  let root: string;
  let names: string[];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'envoy-go-renamed-'));
    names = (await readdir(EXAMPLES)).filter(name => !name.startsWith('.'));
    for (const name of names) {
      await cp(join(EXAMPLES, name), join(root, name), {
        recursive: true,
        filter: source => basename(source) !== 'build',
      });
      await renamePlugin(
        join(root, name),
        namesOfNewPlugin({
          name: `zz-${name}`,
          title: `My ${name}`,
          modulePath: `zz.example/filters/zz-${name}`,
          projectSlug: `acme/zz-${name}`,
        }),
        { owner: 'group:default/acme' },
      );
    }
    await runProgram(
      'go',
      ['work', 'init', ...names.map(name => `./${name}`)],
      {
        cwd: root,
      },
    );
  }, 60_000);

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('is formatted as gofmt formats it', async () => {
    const { stdout } = await runProgram('gofmt', ['-l', '.'], { cwd: root });
    expect(stdout).toBe('');
  });

  it('compiles, and passes its own tests', async () => {
    const { stdout } = await runProgram(
      'go',
      ['test', ...names.map(name => `./${name}/...`)],
      { cwd: root },
    );
    expect(stdout.match(/^ok /gm)).toHaveLength(names.length);
  }, 600_000);

  it('does not name the example any more', async () => {
    for (const name of names) {
      const old = await readPluginNames(join(EXAMPLES, name));
      for (const file of await everyFile(join(root, name))) {
        const text = await readFile(file, 'utf8');
        expect({ file, finds: text.includes(old.modulePath) }).toEqual({
          file,
          finds: false,
        });
      }
    }
  });
});
