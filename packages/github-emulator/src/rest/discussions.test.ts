import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';

// Git runs as a process for every step: slow where many tests run side by side.
jest.setTimeout(60_000);

describe('issues, pull requests and releases', () => {
  const emulator = setupTestEmulator();
  const plugin = { owner: 'envoy-plugins', repo: 'token-auth' };
  const client = () => emulator.client('author');

  describe('issues', () => {
    it('are listed with pull requests among them, newest first', async () => {
      const { data } = await client().issues.listForRepo(plugin);
      expect(data.map(({ title }) => title)).toEqual([
        'Explain tokens',
        'Read the secret from a file',
      ]);
      expect(data[0].pull_request).toBeDefined();
      expect(data[1]).toMatchObject({
        comments: 1,
        author_association: 'MEMBER',
        user: { login: 'contributor' },
        labels: [{ name: 'enhancement' }],
      });
      const closed = await client().issues.listForRepo({
        ...plugin,
        state: 'closed',
      });
      expect(closed.data).toMatchObject([
        { title: 'Old one', state_reason: 'completed' },
      ]);
      const labelled = await client().issues.listForRepo({
        ...plugin,
        labels: 'enhancement',
        creator: 'contributor',
      });
      expect(labelled.data).toHaveLength(1);
    });

    it('have comments that are listed for the whole repository, since a time', async () => {
      const { issues } = client();
      const list = (since?: string) =>
        issues.listCommentsForRepo({
          ...plugin,
          sort: 'updated',
          direction: 'asc',
          since,
        });
      const before = await list();
      expect(before.data).toMatchObject([{ user: { login: 'author' } }]);
      const { data: issue } = await issues.create({ ...plugin, title: 'New' });
      const { data: comment } = await issues.createComment({
        ...plugin,
        issue_number: issue.number,
        body: 'Well?',
      });
      const since = await list(comment.updated_at);
      expect(since.data).toMatchObject([
        { id: comment.id, body: 'Well?', issue_url: issue.url },
      ]);
      await issues.deleteComment({ ...plugin, comment_id: comment.id });
      expect((await list(comment.updated_at)).data).toEqual([]);
      await issues.update({
        ...plugin,
        issue_number: issue.number,
        state: 'closed',
      });
    });

    it('are opened by anybody, but labelled by those who may', async () => {
      const open = (login: string) =>
        emulator.client(login).issues.create({
          ...plugin,
          title: `From ${login}`,
          body: 'x',
          labels: ['bug', 'new label'],
          assignees: ['contributor'],
        });
      const guest = await open('outsider');
      expect(guest.data).toMatchObject({ labels: [], assignees: [] });
      const own = await open('author');
      expect(own.data).toMatchObject({
        labels: [{ name: 'bug' }, { name: 'new label' }],
        assignee: { login: 'contributor' },
      });
      const issue = { ...plugin, issue_number: own.data.number };
      const closed = await client().issues.update({
        ...issue,
        state: 'closed',
        state_reason: 'not_planned',
      });
      expect(closed.data).toMatchObject({
        state: 'closed',
        state_reason: 'not_planned',
        closed_by: { login: 'author' },
      });
      expect(
        await refusal(
          emulator
            .client('outsider')
            .issues.update({ ...issue, title: 'Mine now' }),
        ),
      ).toMatchObject({ status: 403 });
      await client().issues.addLabels({ ...issue, labels: ['question'] });
      await client().issues.removeLabel({ ...issue, name: 'bug' });
      const labels = await client().issues.listLabelsOnIssue(issue);
      expect(labels.data.map(({ name }) => name)).toEqual([
        'new label',
        'question',
      ]);
      await client().issues.setLabels({ ...issue, labels: ['bug'] });
      await client().issues.addAssignees({ ...issue, assignees: ['author'] });
      await client().issues.removeAssignees({
        ...issue,
        assignees: ['contributor'],
      });
      expect((await client().issues.get(issue)).data).toMatchObject({
        assignees: [{ login: 'author' }],
        labels: [{ name: 'bug' }],
      });
    });

    it('are discussed', async () => {
      const { issues } = emulator.client('outsider');
      const issue = { ...plugin, issue_number: 1 };
      const { data } = await issues.createComment({ ...issue, body: 'Me too' });
      const comment = { ...plugin, comment_id: data.id };
      await issues.updateComment({ ...comment, body: 'Me three' });
      expect((await issues.getComment(comment)).data.body).toBe('Me three');
      expect((await issues.listComments(issue)).data).toHaveLength(2);
      expect(
        await refusal(
          emulator
            .client('narrow')
            .issues.createComment({ ...issue, body: 'x' }),
        ),
      ).toMatchObject({ status: 404 });
      await issues.deleteComment(comment);
      expect(await refusal(issues.getComment(comment))).toMatchObject({
        status: 404,
      });
      expect(
        (await issues.getLabel({ ...plugin, name: 'bug' })).data.color,
      ).toBe('d73a4a');
    });

    it('are searched', async () => {
      const { data } = await client().search.issuesAndPullRequests({
        q: 'repo:envoy-plugins/token-auth is:issue is:closed old',
      });
      expect(data.items).toMatchObject([{ title: 'Old one' }]);
    });
  });

  describe('pull requests', () => {
    const content = (text: string) => Buffer.from(text).toString('base64');

    it('are shown with what they change', async () => {
      const pull = { ...plugin, pull_number: 3 };
      const { data } = await client().pulls.get(pull);
      expect(data).toMatchObject({
        title: 'Explain tokens',
        commits: 1,
        changed_files: 1,
        additions: 1,
        mergeable: true,
        mergeable_state: 'clean',
        head: { label: 'envoy-plugins:contributor/docs' },
      });
      expect((await client().pulls.listFiles(pull)).data).toMatchObject([
        { filename: 'docs/tokens.md', status: 'added' },
      ]);
      expect((await client().pulls.listCommits(pull)).data).toHaveLength(1);
      const byHead = await client().pulls.list({
        ...plugin,
        head: 'envoy-plugins:contributor/docs',
      });
      expect(byHead.data).toHaveLength(1);
      await client().pulls.requestReviewers({ ...pull, reviewers: ['admin'] });
      expect(
        (await client().pulls.get(pull)).data.requested_reviewers,
      ).toMatchObject([{ login: 'admin' }]);
    });

    it('go the way of the import page: branch, file, pull request; and are merged', async () => {
      const { git, repos, pulls } = client();
      const main = await git.getRef({ ...plugin, ref: 'heads/main' });
      await git.createRef({
        ...plugin,
        ref: 'refs/heads/backstage-integration',
        sha: main.data.object.sha,
      });
      await repos.createOrUpdateFileContents({
        ...plugin,
        path: 'extra.yaml',
        message: 'Add extra.yaml',
        content: content('a: 1\n'),
        branch: 'backstage-integration',
      });
      const open = () =>
        pulls.create({
          ...plugin,
          title: 'Add extra.yaml',
          head: 'backstage-integration',
          base: 'main',
        });
      const { data } = await open();
      expect(data.html_url).toBe(
        `${emulator.url}/envoy-plugins/token-auth/pull/${data.number}`,
      );
      expect(await refusal(open())).toMatchObject({
        status: 422,
        fields: [
          'A pull request already exists for envoy-plugins:backstage-integration.',
        ],
      });
      const pull = { ...plugin, pull_number: data.number };
      expect(await refusal(pulls.checkIfMerged(pull))).toMatchObject({
        status: 404,
      });
      expect(
        await refusal(pulls.merge({ ...pull, sha: '0'.repeat(40) })),
      ).toMatchObject({ status: 409 });
      const merged = await pulls.merge({ ...pull, merge_method: 'squash' });
      expect(merged.data.merged).toBe(true);
      expect((await pulls.checkIfMerged(pull)).status).toBe(204);
      expect((await pulls.get(pull)).data).toMatchObject({
        state: 'closed',
        merged: true,
        merged_by: { login: 'author' },
      });
      await repos.getContent({ ...plugin, path: 'extra.yaml' });
      expect(
        await refusal(pulls.update({ ...pull, state: 'open' })),
      ).toMatchObject({ status: 422 });
      expect(await refusal(pulls.merge(pull))).toMatchObject({ status: 405 });
    });

    it('are merged into a protected branch once they were approved', async () => {
      const { pulls, repos } = client();
      await repos.updateBranchProtection({
        ...plugin,
        branch: 'main',
        required_status_checks: null,
        restrictions: null,
        enforce_admins: true,
        required_pull_request_reviews: { required_approving_review_count: 1 },
      });
      const pull = { ...plugin, pull_number: 3 };
      expect(await refusal(pulls.merge(pull))).toMatchObject({
        status: 405,
        message:
          'At least 1 approving review is required by reviewers with write access.',
      });
      const review = (login: string) =>
        emulator
          .client(login)
          .pulls.createReview({ ...pull, event: 'APPROVE' });
      expect(await refusal(review('contributor'))).toMatchObject({
        status: 422,
        fields: ['Can not approve your own pull request'],
      });
      await review('outsider');
      expect(await refusal(pulls.merge(pull))).toMatchObject({ status: 405 });
      await review('admin');
      expect((await pulls.listReviews(pull)).data).toMatchObject([
        { state: 'APPROVED', user: { login: 'outsider' } },
        { state: 'APPROVED', author_association: 'MEMBER' },
      ]);
      expect((await pulls.merge(pull)).data.merged).toBe(true);
      await repos.deleteBranchProtection({ ...plugin, branch: 'main' });
    });

    it('come from forks, and are refused when there is nothing in them', async () => {
      const guest = emulator.client('outsider');
      await guest.repos.createFork(plugin);
      const fork = { owner: 'outsider', repo: 'token-auth' };
      const open = (head: string) =>
        guest.pulls.create({
          ...plugin,
          title: 'From afar',
          head,
          base: 'main',
        });
      expect(await refusal(open('outsider:main'))).toMatchObject({
        status: 422,
        fields: ['No commits between main and main'],
      });
      expect(await refusal(open('outsider:nowhere'))).toMatchObject({
        status: 422,
        fields: ['head'],
      });
      await guest.repos.createOrUpdateFileContents({
        ...fork,
        path: 'afar.md',
        message: 'From afar',
        content: content('x'),
      });
      const { data } = await open('outsider:main');
      expect(data).toMatchObject({
        head: { label: 'outsider:main', repo: { fork: true } },
        changed_files: 1,
      });
      await guest.repos.createOrUpdateFileContents({
        ...fork,
        path: 'more.md',
        message: 'More',
        content: content('y'),
      });
      const grown = await guest.pulls.get({
        ...plugin,
        pull_number: data.number,
      });
      expect(grown.data.changed_files).toBe(2);
      const closed = await guest.pulls.update({
        ...plugin,
        pull_number: data.number,
        state: 'closed',
      });
      expect(closed.data.state).toBe('closed');
    });
  });

  describe('releases', () => {
    it('are listed newest first; the latest is no prerelease', async () => {
      const { data } = await client().repos.listReleases(plugin);
      expect(data.map(one => one.tag_name)).toEqual(['v1.0.0', 'v0.9.0']);
      expect(data[1]).toMatchObject({ prerelease: true, body: 'To try.' });
      expect(
        (await client().repos.getLatestRelease(plugin)).data.tag_name,
      ).toBe('v1.0.0');
      expect(
        (await client().repos.getReleaseByTag({ ...plugin, tag: 'v0.9.0' }))
          .data.id,
      ).toBe(data[1].id);
      expect(
        await refusal(
          client().repos.getLatestRelease({
            owner: 'author',
            repo: 'secret-plans',
          }),
        ),
      ).toMatchObject({ status: 404 });
    });

    it('are drafted, published with their tag, changed and deleted', async () => {
      const { repos } = client();
      const draft = await repos.createRelease({
        ...plugin,
        tag_name: 'v1.1.0',
        draft: true,
      });
      const release = { ...plugin, release_id: draft.data.id };
      expect(draft.data.published_at).toBeNull();
      expect(
        await refusal(emulator.client('outsider').repos.getRelease(release)),
      ).toMatchObject({ status: 404 });
      expect(
        await refusal(client().git.getRef({ ...plugin, ref: 'tags/v1.1.0' })),
      ).toMatchObject({ status: 404 });
      await repos.updateRelease({ ...release, draft: false, body: 'New' });
      await client().git.getRef({ ...plugin, ref: 'tags/v1.1.0' });
      expect((await repos.getRelease(release)).data).toMatchObject({
        draft: false,
        body: 'New',
        published_at: expect.any(String),
      });
      expect(
        await refusal(repos.createRelease({ ...plugin, tag_name: 'v1.1.0' })),
      ).toMatchObject({ status: 422, fields: ['tag_name'] });
      expect(
        await refusal(repos.createRelease({ ...plugin, tag_name: '-x ..' })),
      ).toMatchObject({ status: 422 });
      await repos.deleteRelease(release);
      expect(await refusal(repos.getRelease(release))).toMatchObject({
        status: 404,
      });
    });

    it('carry files', async () => {
      const { repos } = client();
      const { data } = await repos.getReleaseByTag({
        ...plugin,
        tag: 'v1.0.0',
      });
      const upload = await fetch(
        `${data.upload_url.replace('{?name,label}', '')}?name=lib.so`,
        {
          method: 'POST',
          headers: {
            authorization: 'token author-token',
            'content-type': 'application/octet-stream',
          },
          body: 'ELF',
        },
      );
      expect(upload.status).toBe(201);
      const asset: unknown = await upload.json();
      expect(asset).toMatchObject({ name: 'lib.so', size: 3 });
      const download = await fetch(
        String(Reflect.get(Object(asset), 'browser_download_url')),
      );
      expect(await download.text()).toBe('ELF');
      const listed = await repos.listReleaseAssets({
        ...plugin,
        release_id: data.id,
      });
      expect(listed.data).toMatchObject([{ download_count: 1 }]);
      const file = { ...plugin, asset_id: listed.data[0].id };
      expect((await repos.getReleaseAsset(file)).data.name).toBe('lib.so');
      await repos.deleteReleaseAsset(file);
      expect(await refusal(repos.getReleaseAsset(file))).toMatchObject({
        status: 404,
      });
    });
  });
});
