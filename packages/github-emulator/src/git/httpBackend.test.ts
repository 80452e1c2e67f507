import { createMockDirectory } from '@backstage/backend-test-utils';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { gitEnvironment, runGit } from './runGit';
import { setupTestEmulator } from '../__testUtils__/setupTestEmulator';

// Git runs as a process for every step: slow where many tests run side by side.
jest.setTimeout(60_000);

describe('git over HTTP', () => {
  const PERSON = {
    GIT_AUTHOR_NAME: 'Amir',
    GIT_AUTHOR_EMAIL: 'author@example.test',
    GIT_COMMITTER_NAME: 'Amir',
    GIT_COMMITTER_EMAIL: 'author@example.test',
  };

  const emulator = setupTestEmulator();
  const directory = createMockDirectory();

  const remote = (name: string, login?: string) => {
    const url = new URL(`${emulator.url}/${name}.git`);
    if (login) {
      url.username = 'x-access-token';
      url.password = `${login}-token`;
    }
    return url.toString();
  };
  const git = async (...args: string[]) =>
    (await runGit(args, { environment: PERSON })).toString();
  const inClone = async (...args: string[]) =>
    await git('-C', directory.resolve('clone'), ...args);

  async function clone(name: string, login?: string): Promise<void> {
    await fs.rm(directory.resolve('clone'), { recursive: true, force: true });
    await git(
      'clone',
      '--quiet',
      remote(name, login),
      directory.resolve('clone'),
    );
  }

  async function commit(file: string, content: string): Promise<void> {
    const place = path.join(directory.resolve('clone'), file);
    await fs.mkdir(path.dirname(place), { recursive: true });
    await fs.writeFile(place, content);
    await inClone('add', '--all');
    await inClone('commit', '--quiet', '--message', `Change ${file}`);
  }

  it('clones what is public without a token', async () => {
    await clone('envoy-plugins/token-auth');
    expect(await inClone('tag')).toBe('v0.9.0\nv1.0.0\n');
    expect(await inClone('log', '--format=%s', 'v1.0.0')).toContain(
      'Release v1.0.0',
    );
    const shallow = directory.resolve('shallow');
    await git(
      'clone',
      '--quiet',
      '--depth=1',
      remote('envoy-plugins/token-auth'),
      shallow,
    );
    expect(await git('-C', shallow, 'rev-list', '--count', 'HEAD')).toBe('1\n');
  });

  it('shows what is private to those who may see it', async () => {
    await clone('author/secret-plans', 'author');
    await expect(clone('author/secret-plans', 'outsider')).rejects.toThrow(
      /not found/,
    );
    await expect(clone('author/secret-plans')).rejects.toThrow(
      /could not read Username/,
    );
    await expect(clone('author/secret-plans', 'wrong')).rejects.toThrow(
      /Authentication failed/,
    );
  });

  it('takes pushes from those who may write, and knows of them at once', async () => {
    await clone('envoy-plugins/token-auth', 'contributor');
    await commit('more.go', 'package tokenauth\n// more\n');
    await inClone('push', '--quiet', 'origin', 'HEAD:main');
    const { data } = await emulator.client('author').repos.getContent({
      owner: 'envoy-plugins',
      repo: 'token-auth',
      path: 'more.go',
    });
    expect(data).toMatchObject({ type: 'file' });
    const { repositories } = emulator.running.state;
    const pushed = repositories.find('envoy-plugins', 'token-auth');
    expect(Date.parse(pushed?.pushedAt ?? '')).toBeGreaterThan(
      Date.now() - 60_000,
    );
    await clone('envoy-plugins/token-auth', 'outsider');
    await commit('bad.go', 'x');
    await expect(
      inClone('push', '--quiet', 'origin', 'HEAD:main'),
    ).rejects.toThrow(/403/);
  });

  it('makes the first branch that is pushed the default', async () => {
    const client = emulator.client('author');
    await client.repos.createForAuthenticatedUser({ name: 'begun' });
    await clone('author/begun', 'author');
    await inClone('checkout', '--quiet', '-b', 'trunk');
    await commit('README.md', '# Begun\n');
    await inClone('push', '--quiet', 'origin', 'trunk');
    const { data } = await client.repos.get({ owner: 'author', repo: 'begun' });
    expect(data.default_branch).toBe('trunk');
    await clone('author/begun');
    expect(await inClone('branch', '--show-current')).toBe('trunk\n');
  });

  it('closes a pull request as merged when its commits arrive in the base', async () => {
    await clone('envoy-plugins/token-auth', 'author');
    await inClone('checkout', '--quiet', '-b', 'topic');
    await commit('topic.md', 'x');
    await inClone('push', '--quiet', 'origin', 'topic');
    const client = emulator.client('author');
    const plugin = { owner: 'envoy-plugins', repo: 'token-auth' };
    const { data } = await client.pulls.create({
      ...plugin,
      title: 'Topic',
      head: 'topic',
      base: 'main',
    });
    const pull = { ...plugin, pull_number: data.number };
    await commit('topic.md', 'y');
    await inClone('push', '--quiet', 'origin', 'topic');
    expect((await client.pulls.get(pull)).data.commits).toBe(2);
    await inClone('push', '--quiet', 'origin', 'topic:main');
    expect((await client.pulls.get(pull)).data.merged).toBe(true);
    await inClone(
      'fetch',
      '--quiet',
      'origin',
      `refs/pull/${data.number}/head:refs/pr`,
    );
  });

  it('refuses what the rules of a protected branch do', async () => {
    const client = emulator.client('author');
    const plugin = { owner: 'envoy-plugins', repo: 'token-auth' };
    await client.repos.updateBranchProtection({
      ...plugin,
      branch: 'main',
      required_status_checks: null,
      restrictions: null,
      enforce_admins: true,
      required_pull_request_reviews: {},
    });
    await clone('envoy-plugins/token-auth', 'author');
    await commit('direct.md', 'x');
    await expect(inClone('push', 'origin', 'HEAD:main')).rejects.toThrow(
      /GH006: Protected branch update failed for refs\/heads\/main/,
    );
    await inClone('push', '--quiet', 'origin', 'HEAD:aside');
    await client.repos.deleteBranchProtection({ ...plugin, branch: 'main' });
  });

  it('refuses workflows from tokens of applications without the workflow scope', async () => {
    const token = await emulator.running.createToken('author', ['repo']);
    await clone('envoy-plugins/token-auth', 'author');
    await commit('.github/workflows/ci.yaml', 'on: push\n');
    const url = new URL(remote('envoy-plugins/token-auth'));
    url.username = token;
    await expect(
      inClone('push', url.toString(), 'HEAD:with-workflow'),
    ).rejects.toThrow(
      /refusing to allow an OAuth App to create or update workflow `.github\/workflows\/ci.yaml` without `workflow` scope/,
    );
    await inClone('push', '--quiet', 'origin', 'HEAD:with-workflow');
  });

  it('lets nobody hide or overwrite the refs of pull requests', async () => {
    await clone('envoy-plugins/token-auth', 'author');
    await expect(
      inClone('push', 'origin', 'HEAD:refs/pull/3/head'),
    ).rejects.toThrow(/deny updating a hidden ref/);
  });

  it.each([
    '/envoy-plugins/token-auth.git/info/refs?service=git-upload-archive',
    '/envoy-plugins/..%2f..%2fetc/info/refs?service=git-upload-pack',
    '/1013/info/refs?service=git-upload-pack',
    '/envoy-plugins/token-auth.git/objects/info/packs',
    '/envoy-plugins/token-auth.git/HEAD',
  ])('gives nothing away at %s', async place => {
    const response = await emulator.fetch(place);
    expect(response.status).toBeGreaterThanOrEqual(401);
    expect(response.status).toBeLessThan(500);
  });

  it('uses none of the configuration of whoever runs it', () => {
    expect(gitEnvironment()).toMatchObject({
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    });
  });
});
