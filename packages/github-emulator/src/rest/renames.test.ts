import { createMockDirectory } from '@backstage/backend-test-utils';
import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';
import { runGit } from '../git/runGit';

jest.setTimeout(60_000);

describe('repositories that were renamed or archived', () => {
  const emulator = setupTestEmulator();
  const directory = createMockDirectory();
  const org = 'envoy-plugins';

  const get = (path: string, login?: string) =>
    emulator.fetch(`/api/v3${path}`, { login });

  it('lead to where they are until the name is taken anew', async () => {
    const { repos } = emulator.client('admin');
    const made = await repos.createInOrg({ org, name: 'old', auto_init: true });
    await repos.update({ owner: org, repo: 'old', name: 'new' });
    const moved = await get(`/repos/${org}/old/branches?per_page=5`);
    const location = `${emulator.url}/api/v3/repositories/${made.data.id}/branches?per_page=5`;
    expect(moved.status).toBe(301);
    expect(moved.headers.get('location')).toBe(location);
    expect(await moved.json()).toMatchObject({
      message: 'Moved Permanently',
      url: location,
    });
    expect(await (await fetch(location)).json()).toMatchObject([
      { name: 'main' },
    ]);
    const followed = await repos.get({ owner: org, repo: 'old' });
    expect(followed.data.full_name).toBe(`${org}/new`);
    const change = await emulator.fetch(`/api/v3/repos/${org}/old`, {
      method: 'PATCH',
      login: 'admin',
      body: JSON.stringify({ description: 'x' }),
    });
    expect(change.status).toBe(307);

    const page = await emulator.fetch(`/${org}/old/tree/main?x=1`);
    expect(page.status).toBe(301);
    expect(page.headers.get('location')).toBe(`/${org}/new/tree/main?x=1`);

    const clone = directory.resolve('clone');
    await runGit(['clone', '--quiet', `${emulator.url}/${org}/old.git`, clone]);
    expect((await runGit(['-C', clone, 'log', '--format=%s'])).toString()).toBe(
      'Initial commit\n',
    );

    const anew = await repos.createInOrg({ org, name: 'OLD' });
    const taken = await get(`/repos/${org}/old`);
    expect(await taken.json()).toMatchObject({ id: anew.data.id });
    await repos.delete({ owner: org, repo: 'old' });
    expect((await get(`/repos/${org}/old`)).status).toBe(404);
    expect((await get(`/repos/${org}/new`)).status).toBe(200);
  });

  it('tell nobody about what they may not see', async () => {
    const { repos } = emulator.client('author');
    const plans = { owner: 'author', repo: 'secret-plans' };
    await repos.update({ ...plans, name: 'plans' });
    expect((await get('/repos/author/secret-plans')).status).toBe(404);
    expect((await get('/repos/author/secret-plans', 'author')).status).toBe(
      301,
    );
    const git = await emulator.fetch(
      '/author/secret-plans.git/info/refs?service=git-upload-pack',
    );
    expect(git.status).toBe(401);
  });

  it('refuse all writing while they are archived', async () => {
    const client = emulator.client('admin');
    const repo = { owner: org, repo: 'token-auth' };
    await client.repos.update({ ...repo, archived: true });
    const refused = {
      status: 403,
      message: expect.stringContaining('archived'),
    };
    const writes = [
      () => client.issues.create({ ...repo, title: 'x' }),
      () => client.issues.update({ ...repo, issue_number: 1, title: 'x' }),
      () =>
        client.issues.createComment({ ...repo, issue_number: 1, body: 'x' }),
      () =>
        client.repos.createOrUpdateFileContents({
          ...repo,
          path: 'x',
          message: 'x',
          content: 'eA==',
        }),
      () => client.repos.createRelease({ ...repo, tag_name: 'v9' }),
      () => client.pulls.update({ ...repo, pull_number: 3, title: 'x' }),
      () => client.repos.update({ ...repo, description: 'x' }),
    ];
    for (const write of writes) {
      expect(await refusal(write())).toMatchObject(refused);
    }
    await client.repos.update({ ...repo, archived: false });
    await client.issues.create({ ...repo, title: 'x' });
  });
});
