import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';

// Git runs as a process for every step: slow where many tests run side by side.
jest.setTimeout(60_000);

describe('contents and git objects', () => {
  const emulator = setupTestEmulator();
  const plugin = { owner: 'envoy-plugins', repo: 'token-auth' };
  const client = () => emulator.client('author');
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  describe('reading', () => {
    it('gives a file with its text, and as it is', async () => {
      const { data } = await client().repos.getContent({
        ...plugin,
        path: 'README.md',
        ref: 'main',
      });
      expect(data).toMatchObject({
        type: 'file',
        name: 'README.md',
        size: 13,
        encoding: 'base64',
        content: `${base64('# Token auth\n')}\n`,
        html_url: `${emulator.url}/envoy-plugins/token-auth/blob/main/README.md`,
      });
      const raw = await emulator.fetch(
        '/api/v3/repos/envoy-plugins/token-auth/contents/README.md',
        { headers: { accept: 'application/vnd.github.v3.raw' } },
      );
      expect(await raw.text()).toBe('# Token auth\n');
      const link = await fetch(String(Reflect.get(data, 'download_url')));
      expect(await link.text()).toBe('# Token auth\n');
    });

    it('lists folders', async () => {
      const root = await client().repos.getContent({ ...plugin, path: '' });
      expect(root.data).toContainEqual(
        expect.objectContaining({ name: 'cmd', type: 'dir' }),
      );
      const folder = await client().repos.getContent({
        ...plugin,
        path: 'cmd/envoy-module',
      });
      expect(folder.data).toMatchObject([
        { path: 'cmd/envoy-module/main.go', type: 'file' },
      ]);
    });

    it('gives what was there at a tag, a branch or a commit', async () => {
      const has = async (ref: string) => {
        const { data } = await client().repos.getContent({
          ...plugin,
          path: '',
          ref,
        });
        return (
          Array.isArray(data) && data.some(one => one.name === 'Dockerfile')
        );
      };
      expect(await has('v0.9.0')).toBe(false);
      expect(await has('v1.0.0')).toBe(true);
      expect(await has('contributor/docs')).toBe(true);
      const { data } = await client().git.getRef({
        ...plugin,
        ref: 'tags/v0.9.0',
      });
      expect(await has(data.object.sha)).toBe(false);
    });

    it('says when there is no such file or ref', async () => {
      const get = (path: string, ref?: string) =>
        refusal(client().repos.getContent({ ...plugin, path, ref }));
      expect(await get('nothing')).toMatchObject({
        status: 404,
        message: 'Not Found',
      });
      expect(await get('README.md', 'nowhere')).toMatchObject({
        status: 404,
        message: 'No commit found for the ref nowhere',
      });
    });

    it.each([
      ['--output=/tmp/x', 'README.md'],
      ['main:README.md', 'README.md'],
      ['main@{1}', 'README.md'],
      ['main..v1.0.0', 'README.md'],
      ['$(id)', 'README.md'],
      ['main^{/x}', 'README.md'],
      ['main', '../../../etc/passwd'],
      ['main', '..%2f..%2fetc/passwd'],
      ['main', ':(top)README.md'],
      ['main', '.git/config'],
      ['main', '--help'],
      ['main', 'README.md\0'],
    ])('is not fooled by ref %p and path %p', async (ref, path) => {
      const response = await emulator.fetch(
        `/api/v3/repos/envoy-plugins/token-auth/contents/${encodeURIComponent(
          path,
        )}?ref=${encodeURIComponent(ref)}`,
      );
      expect(response.status).toBe(404);
    });

    it('finds the README, commits and their status', async () => {
      expect((await client().repos.getReadme(plugin)).data.path).toBe(
        'README.md',
      );
      const commits = await client().repos.listCommits(plugin);
      expect(commits.data.map(({ commit }) => commit.message)).toEqual([
        'Release v1.0.0',
        expect.stringMatching(/^Add token-auth/),
      ]);
      expect(commits.data[0].author).toMatchObject({ login: 'author' });
      const ofFile = await client().repos.listCommits({
        ...plugin,
        path: 'Dockerfile',
      });
      expect(ofFile.data).toHaveLength(1);
      const [{ sha }] = commits.data;
      const one = await client().repos.getCommit({ ...plugin, ref: 'main' });
      expect(one.data).toMatchObject({
        sha,
        files: [{ filename: 'Dockerfile', status: 'added' }],
        stats: { total: 1 },
      });
      await client().repos.createCommitStatus({
        ...plugin,
        sha,
        state: 'success',
        context: 'proof',
      });
      const status = await client().repos.getCombinedStatusForRef({
        ...plugin,
        ref: 'main',
      });
      expect(status.data).toMatchObject({
        sha,
        state: 'success',
        total_count: 1,
      });
      const all = await client().repos.listCommitStatusesForRef({
        ...plugin,
        ref: 'main',
      });
      expect(all.data).toMatchObject([{ context: 'proof' }]);
    });

    it('compares', async () => {
      const { data } = await client().repos.compareCommitsWithBasehead({
        ...plugin,
        basehead: 'v0.9.0...contributor/docs',
      });
      expect(data).toMatchObject({
        status: 'ahead',
        ahead_by: 2,
        behind_by: 0,
        files: [{ filename: 'Dockerfile' }, { filename: 'docs/tokens.md' }],
      });
    });

    it('lists branches and tags', async () => {
      const branches = await client().repos.listBranches(plugin);
      expect(branches.data.map(({ name }) => name)).toEqual([
        'contributor/docs',
        'main',
      ]);
      const tags = await client().repos.listTags(plugin);
      expect(tags.data.map(({ name }) => name)).toEqual(['v1.0.0', 'v0.9.0']);
      const branch = await client().repos.getBranch({
        ...plugin,
        branch: 'contributor/docs',
      });
      expect(branch.data.name).toBe('contributor/docs');
      expect(
        await refusal(client().repos.getBranch({ ...plugin, branch: 'no' })),
      ).toMatchObject({ status: 404, message: 'Branch not found' });
    });

    it('gives archives', async () => {
      const tar = await client().repos.downloadTarballArchive({
        ...plugin,
        ref: 'v1.0.0',
      });
      expect(Buffer.from(tar.data as ArrayBuffer).subarray(0, 2)).toEqual(
        Buffer.from([0x1f, 0x8b]),
      );
      const zip = await client().repos.downloadZipballArchive({
        ...plugin,
        ref: 'main',
      });
      expect(
        Buffer.from(zip.data as ArrayBuffer)
          .subarray(0, 2)
          .toString(),
      ).toBe('PK');
    });
  });

  describe('writing', () => {
    it('puts, replaces and deletes a file', async () => {
      const file = { ...plugin, path: 'notes/a b.md' };
      const put = await client().repos.createOrUpdateFileContents({
        ...file,
        message: 'Add a note',
        content: base64('one'),
      });
      expect(put.status).toBe(201);
      const again = (sha?: string) =>
        client().repos.createOrUpdateFileContents({
          ...file,
          message: 'Change the note',
          content: base64('two'),
          sha,
        });
      expect(await refusal(again())).toMatchObject({
        status: 422,
        message: 'Invalid request.\n\n"sha" wasn\'t supplied.',
      });
      expect(await refusal(again('0'.repeat(40)))).toMatchObject({
        status: 409,
      });
      const replaced = await again(put.data.content?.sha);
      expect(replaced.status).toBe(200);
      const gone = await client().repos.deleteFile({
        ...file,
        message: 'Remove the note',
        sha: replaced.data.content?.sha ?? '',
      });
      expect(gone.data.content).toBeNull();
      expect(await refusal(client().repos.getContent(file))).toMatchObject({
        status: 404,
      });
      expect(
        (await client().repos.getCommit({ ...plugin, ref: 'main' })).data.commit
          .author,
      ).toMatchObject({ email: 'author@example.test' });
    });

    it('refuses those who may not write, tokens without the workflow scope, and odd paths', async () => {
      const put = (login: string, path: string) =>
        refusal(
          emulator.client(login).repos.createOrUpdateFileContents({
            ...plugin,
            path,
            message: 'x',
            content: '',
          }),
        );
      expect(await put('outsider', 'x')).toMatchObject({ status: 403 });
      expect(await put('author', '.git/hooks/post-receive')).toMatchObject({
        status: 422,
      });
      expect(await put('author', 'a//b')).toMatchObject({ status: 422 });
      const token = await emulator.running.createToken('author', ['repo']);
      const response = await emulator.fetch(
        '/api/v3/repos/envoy-plugins/token-auth/contents/.github/workflows/ci.yaml',
        {
          method: 'PUT',
          headers: { authorization: `token ${token}` },
          body: JSON.stringify({ message: 'x', content: '' }),
        },
      );
      expect(response.status).toBe(404);
    });

    it('starts a repository that is empty', async () => {
      const empty = { owner: 'author', repo: 'empty' };
      await client().repos.createForAuthenticatedUser({ name: 'empty' });
      expect(
        await refusal(client().repos.getContent({ ...empty, path: '' })),
      ).toMatchObject({ status: 404, message: 'This repository is empty.' });
      expect(await refusal(client().repos.listCommits(empty))).toMatchObject({
        status: 409,
        message: 'Git Repository is empty.',
      });
      expect(
        await refusal(client().git.getRef({ ...empty, ref: 'heads/main' })),
      ).toMatchObject({ status: 409 });
      await client().repos.createOrUpdateFileContents({
        ...empty,
        path: '.gitkeep',
        message: 'begin',
        content: '',
        branch: 'main',
      });
      expect((await client().repos.listCommits(empty)).data).toHaveLength(1);
    });

    it('builds commits from blobs and trees, and moves branches', async () => {
      const { git } = client();
      const main = await git.getRef({ ...plugin, ref: 'heads/main' });
      const parent = await git.getCommit({
        ...plugin,
        commit_sha: main.data.object.sha,
      });
      const blob = await git.createBlob({
        ...plugin,
        content: base64('binary'),
        encoding: 'base64',
      });
      const tree = await git.createTree({
        ...plugin,
        base_tree: parent.data.tree.sha,
        tree: [
          { path: 'blob', mode: '100644', type: 'blob', sha: blob.data.sha },
          { path: 'text', mode: '100755', type: 'blob', content: 'text' },
          { path: 'LICENSE', mode: '100644', type: 'blob', sha: null },
        ],
      });
      expect(tree.data.tree.map(({ path }) => path)).not.toContain('LICENSE');
      const commit = await git.createCommit({
        ...plugin,
        message: 'By hand',
        tree: tree.data.sha,
        parents: [parent.data.sha],
      });
      const ref = { ...plugin, ref: 'heads/by-hand' };
      await git.createRef({
        ...plugin,
        ref: 'refs/heads/by-hand',
        sha: parent.data.sha,
      });
      expect(
        await refusal(
          git.createRef({
            ...plugin,
            ref: 'refs/heads/by-hand',
            sha: parent.data.sha,
          }),
        ),
      ).toMatchObject({ status: 422, message: 'Reference already exists' });
      await git.updateRef({ ...ref, sha: commit.data.sha });
      expect(
        await refusal(git.updateRef({ ...ref, sha: parent.data.sha })),
      ).toMatchObject({ status: 422, message: 'Update is not a fast forward' });
      await git.updateRef({ ...ref, sha: parent.data.sha, force: true });
      expect(
        (await git.listMatchingRefs({ ...plugin, ref: 'heads/by' })).data,
      ).toHaveLength(1);
      await git.deleteRef(ref);
      expect(await refusal(git.getRef(ref))).toMatchObject({ status: 404 });
      const read = await git.getBlob({ ...plugin, file_sha: blob.data.sha });
      expect(Buffer.from(read.data.content, 'base64').toString()).toBe(
        'binary',
      );
      const whole = await git.getTree({
        ...plugin,
        tree_sha: 'main',
        recursive: 'true',
      });
      expect(whole.data.tree).toContainEqual(
        expect.objectContaining({
          path: 'cmd/envoy-module/main.go',
          type: 'blob',
        }),
      );
    });

    it('puts a folder of another tree in the place of one', async () => {
      const { git } = client();
      const tree = await git.getTree({ ...plugin, tree_sha: 'main' });
      const cmd = tree.data.tree.find(({ path }) => path === 'cmd');
      const made = await git.createTree({
        ...plugin,
        base_tree: tree.data.sha,
        tree: [
          { path: 'copy/of/cmd', mode: '040000', type: 'tree', sha: cmd?.sha },
          { path: 'cmd', mode: '040000', type: 'tree', sha: cmd?.sha },
        ],
      });
      const whole = await git.getTree({
        ...plugin,
        tree_sha: made.data.sha,
        recursive: '1',
      });
      expect(whole.data.tree.map(({ path }) => path)).toEqual(
        expect.arrayContaining([
          'cmd/envoy-module/main.go',
          'copy/of/cmd/envoy-module/main.go',
        ]),
      );
    });

    it.each([
      { author: { name: '', email: 'a@b.test' } },
      { author: { name: 'x\ngpgsig y', email: 'a@b.test' } },
      { author: { name: 'x', email: 'a@b.test> 0' } },
      { author: { name: 'x', email: 'a@b.test', date: 'yesterday' } },
      { message: 'a\0b' },
    ])('refuses a commit with %j', async change => {
      const { git } = client();
      const main = await git.getRef({ ...plugin, ref: 'heads/main' });
      const parent = await git.getCommit({
        ...plugin,
        commit_sha: main.data.object.sha,
      });
      expect(
        await refusal(
          git.createCommit({
            ...plugin,
            message: 'x',
            tree: parent.data.tree.sha,
            parents: [],
            ...change,
          }),
        ),
      ).toMatchObject({ status: 422 });
    });

    it('makes annotated tags', async () => {
      const { git } = client();
      const main = await git.getRef({ ...plugin, ref: 'heads/main' });
      const tag = await git.createTag({
        ...plugin,
        tag: 'v2.0.0',
        message: 'Version 2',
        object: main.data.object.sha,
        type: 'commit',
      });
      await git.createRef({
        ...plugin,
        ref: 'refs/tags/v2.0.0',
        sha: tag.data.sha,
      });
      expect(
        (await git.getTag({ ...plugin, tag_sha: tag.data.sha })).data.message,
      ).toContain('Version 2');
      const tags = await client().repos.listTags(plugin);
      expect(tags.data[0]).toMatchObject({
        name: 'v2.0.0',
        commit: { sha: main.data.object.sha },
      });
    });

    it.each(['refs/heads/a..b', 'refs/heads/-x', 'HEAD', 'refs/pull/9/head'])(
      'refuses the ref %p',
      async ref => {
        const main = await client().git.getRef({
          ...plugin,
          ref: 'heads/main',
        });
        expect(
          await refusal(
            client().git.createRef({
              ...plugin,
              ref,
              sha: main.data.object.sha,
            }),
          ),
        ).toMatchObject({ status: 422 });
      },
    );
  });

  it('keeps to the rules of a protected branch', async () => {
    const branch = { ...plugin, branch: 'main' };
    const protect = (enforce: boolean, name = 'main') =>
      client().repos.updateBranchProtection({
        ...plugin,
        branch: name,
        required_status_checks: { strict: true, contexts: [] },
        restrictions: null,
        enforce_admins: enforce,
        required_pull_request_reviews: { required_approving_review_count: 1 },
      });
    expect(await refusal(protect(true, 'nowhere'))).toMatchObject({
      status: 404,
      message: 'Branch not found',
    });
    expect(
      await refusal(client().repos.getBranchProtection(branch)),
    ).toMatchObject({ status: 404, message: 'Branch not protected' });
    await protect(true);
    await client().repos.createCommitSignatureProtection(branch);
    const { data } = await client().repos.getBranchProtection(branch);
    expect(data).toMatchObject({
      enforce_admins: { enabled: true },
      required_signatures: { enabled: true },
      required_pull_request_reviews: { required_approving_review_count: 1 },
    });
    const put = () =>
      client().repos.createOrUpdateFileContents({
        ...plugin,
        path: `file-${Math.random()}`,
        message: 'x',
        content: '',
      });
    expect(await refusal(put())).toMatchObject({
      status: 409,
      message: expect.stringContaining(
        'Changes must be made through a pull request.',
      ),
    });
    await protect(false);
    expect((await put()).status).toBe(201);
    await client().repos.deleteBranchProtection(branch);
  });

  it('searches the code of default branches', async () => {
    const { search } = client();
    const { data } = await search.code({
      q: 'filename:catalog-info.yaml extension:yaml repo:envoy-plugins/token-auth',
    });
    expect(data).toMatchObject({
      total_count: 1,
      items: [{ path: 'catalog-info.yaml' }],
    });
    expect(
      (await search.code({ q: 'tokenauth org:envoy-plugins' })).data.items,
    ).toMatchObject([{ path: 'filter.go' }]);
    expect(
      await refusal(search.code({ q: 'x repo:author/nothing' })),
    ).toMatchObject({ status: 422 });
  });
});
