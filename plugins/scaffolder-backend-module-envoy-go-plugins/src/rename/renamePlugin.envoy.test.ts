import { formatReport, proveDirectories } from '@envoy-go/envoy-runner';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { namesOfNewPlugin } from './PluginNames';
import { renamePlugin } from './renamePlugin';

const TOKEN_AUTH = resolve(
  __dirname,
  '../../../../examples/plugins/token-auth',
);

describe('a plugin that starts from token-auth, in a real Envoy', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'envoy-go-started-'));
    await cp(TOKEN_AUTH, directory, {
      recursive: true,
      filter: source => basename(source) !== 'build',
    });
  });

  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  it('does what token-auth does, and counts under its own name', async () => {
    await renamePlugin(
      directory,
      namesOfNewPlugin({
        name: 'api-key',
        title: 'API key',
        modulePath: 'github.com/acme/api-key',
        projectSlug: 'acme/api-key',
      }),
    );
    const report = await proveDirectories({
      directories: [directory],
      envoys: ['1.40.0'],
    });
    if (report.outcome !== 'passed') {
      throw new Error(formatReport(report));
    }
    expect(report.results).toMatchObject([
      { plugin: { name: 'api-key' }, outcome: 'passed' },
    ]);
  }, 300_000);
});
