import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import {
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { createPublishGithubAction } from '@backstage/plugin-scaffolder-backend-module-github';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { runGit } from '../git/runGit';
import { setupTestEmulator } from '../__testUtils__/setupTestEmulator';

// Git runs as a process for every step: slow where many tests run side by side.
jest.setTimeout(60_000);

describe('unchanged Backstage libraries', () => {
  const emulator = setupTestEmulator();
  const workspace = createMockDirectory();
  const config = () =>
    new ConfigReader({
      integrations: {
        github: [
          {
            host: emulator.running.host,
            apiBaseUrl: emulator.running.apiBaseUrl,
            token: 'bot-token',
          },
        ],
      },
    });

  describe('the URL reader', () => {
    const reader = () =>
      UrlReaders.default({
        logger: mockServices.logger.mock(),
        config: config(),
      });
    const place = (kind: string, path: string) =>
      `${emulator.url}/envoy-plugins/token-auth/${kind}/${path}`;

    it('reads a file, and knows when it did not change', async () => {
      const url = place('blob', 'main/README.md');
      const first = await reader().readUrl(url);
      expect((await first.buffer()).toString()).toBe('# Token auth\n');
      await expect(
        reader().readUrl(url, { etag: first.etag }),
      ).rejects.toMatchObject({ name: 'NotModifiedError' });
      await expect(
        reader().readUrl(place('blob', 'main/none')),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });

    it('reads a tree, whole or from a folder on', async () => {
      const paths = async (url: string) =>
        (await (await reader().readTree(url)).files())
          .map(({ path }) => path)
          .sort();
      expect(await paths(place('tree', 'main'))).toEqual([
        'Dockerfile',
        'LICENSE',
        'README.md',
        'catalog-info.yaml',
        'cmd/envoy-module/main.go',
        'filter.go',
      ]);
      expect(await paths(place('tree', 'v0.9.0/cmd'))).toEqual([
        'envoy-module/main.go',
      ]);
      const tree = await reader().readTree(place('tree', 'main'));
      await expect(
        reader().readTree(place('tree', 'main'), { etag: tree.etag }),
      ).rejects.toMatchObject({ name: 'NotModifiedError' });
    });

    it('finds files by pattern', async () => {
      const { files } = await reader().search(place('blob', 'main/**/*.go'));
      expect(files.map(({ url }) => url).sort()).toEqual([
        place('blob', 'main/cmd/envoy-module/main.go'),
        place('blob', 'main/filter.go'),
      ]);
      expect((await files[1].content()).toString()).toMatch(/^package/);
    });
  });

  describe('publish:github', () => {
    const publish = async (input: {
      repoUrl: string;
      repoVisibility?: 'public' | 'private';
      token?: string;
      topics?: string[];
      access?: string;
    }) => {
      const integrations = ScmIntegrations.fromConfig(config());
      const action = createPublishGithubAction({
        integrations,
        config: config(),
      });
      workspace.setContent({
        'README.md': '# New',
        'catalog-info.yaml': 'kind: Component',
        '.github/workflows/ci.yaml': 'on: push',
        cmd: { 'main.go': 'package main' },
      });
      const context = createMockActionContext({
        input,
        workspacePath: workspace.path,
      });
      await action.handler({
        ...context,
        input: { repoVisibility: 'public', ...input },
        checkpoint: async ({ fn }) => await fn(),
      });
      return Object.fromEntries(
        jest
          .mocked(context.output)
          .mock.calls.map(([name, value]) => [String(name), String(value)]),
      );
    };

    it('makes a repository in the organisation with all its files, topics and a protected branch', async () => {
      const output = await publish({
        repoUrl: `${emulator.running.host}?owner=envoy-plugins&repo=fresh`,
        topics: ['envoy'],
        access: 'envoy-plugins/gateway',
      });
      expect(output).toMatchObject({
        remoteUrl: `${emulator.url}/envoy-plugins/fresh.git`,
        repoContentsUrl: `${emulator.url}/envoy-plugins/fresh/blob/main`,
        commitHash: expect.stringMatching(/^[0-9a-f]{40}$/),
      });
      const client = emulator.client('author');
      const repository = { owner: 'envoy-plugins', repo: 'fresh' };
      expect((await client.repos.get(repository)).data).toMatchObject({
        topics: ['envoy'],
        default_branch: 'main',
        language: 'Go',
        permissions: { admin: true },
      });
      const branch = await client.repos.getBranch({
        ...repository,
        branch: 'main',
      });
      expect(branch.data).toMatchObject({
        protected: true,
        commit: { sha: output.commitHash },
      });
      const clone = `${workspace.path}-clone`;
      await runGit(['clone', '--quiet', output.remoteUrl, clone]);
    }, 20_000);

    it('says that the name is taken', async () => {
      await expect(
        publish({
          repoUrl: `${emulator.running.host}?owner=envoy-plugins&repo=token-auth`,
        }),
      ).rejects.toThrow(
        /Failed to create the Organization repository envoy-plugins\/token-auth, .*name already exists on this account/s,
      );
    });

    it('acts for the person whose token it is given', async () => {
      await publish({
        repoUrl: `${emulator.running.host}?owner=contributor&repo=mine`,
        repoVisibility: 'private',
        token: 'contributor-token',
      });
      expect(
        emulator.running.state.repositories.find('contributor', 'mine'),
      ).toMatchObject({ visibility: 'private', pushedAt: expect.any(String) });
      await expect(
        publish({
          repoUrl: `${emulator.running.host}?owner=envoy-plugins&repo=intruder`,
          token: 'outsider-token',
        }),
      ).rejects.toThrow(/You need admin access to the organization/);
    }, 20_000);
  });
});
