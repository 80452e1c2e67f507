import { formatReport, proveDirectories } from '@envoy-go/envoy-runner';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { namesOfNewPlugin } from './PluginNames';
import { renamePlugin } from './renamePlugin';

const EXAMPLES = resolve(__dirname, '../../../../examples/plugins');

describe('plugins that start from an example, in a real Envoy', () => {
  let root: string;
  let names: string[];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'envoy-go-started-'));
    names = (await readdir(EXAMPLES)).filter(name => !name.startsWith('.'));
    for (const name of names) {
      await cp(join(EXAMPLES, name), join(root, name), {
        recursive: true,
        filter: source => basename(source) !== 'build',
      });
      await renamePlugin(
        join(root, name),
        namesOfNewPlugin({
          name: `my-${name}`,
          title: `My ${name}`,
          modulePath: `github.com/acme/my-${name}`,
          projectSlug: `acme/my-${name}`,
        }),
      );
    }
  });

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('do what the example does, and count under their own names', async () => {
    const report = await proveDirectories({
      directories: names.map(name => join(root, name)),
      envoys: ['1.40.0'],
    });
    if (report.outcome !== 'passed') {
      throw new Error(formatReport(report));
    }
    expect(report.results.map(({ plugin }) => plugin.name)).toEqual(
      names.map(name => `my-${name}`),
    );
  }, 600_000);
});
