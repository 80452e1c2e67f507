import { createMockDirectory } from '@backstage/backend-test-utils';
import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';
import { runGit } from '../git/runGit';

// Git runs as a process for every step: slow where many tests run side by side.
jest.setTimeout(60_000);

describe('protected branches', () => {
  const emulator = setupTestEmulator();
  const directory = createMockDirectory();
  const plugin = { owner: 'envoy-plugins', repo: 'token-auth' };
  const main = { ...plugin, branch: 'main' };
  const admin = () => emulator.client('admin');
  const contributor = () => emulator.client('contributor');

  const put = (login: string, branch = 'main') =>
    emulator.client(login).repos.createOrUpdateFileContents({
      ...plugin,
      path: `file-${Math.random()}`,
      message: 'x',
      content: '',
      branch,
    });

  /** Pushes a commit on top of a branch, or instead of it. */
  async function push(
    login: string,
    to: string,
    options: { force?: boolean } = {},
  ) {
    const clone = directory.resolve(`clone-${Math.random()}`);
    const url = new URL(`${emulator.url}/envoy-plugins/token-auth.git`);
    url.username = 'x-access-token';
    url.password = `${login}-token`;
    const git = (...args: string[]) =>
      runGit(['-C', clone, ...args], {
        environment: {
          GIT_AUTHOR_NAME: login,
          GIT_AUTHOR_EMAIL: `${login}@example.test`,
          GIT_COMMITTER_NAME: login,
          GIT_COMMITTER_EMAIL: `${login}@example.test`,
        },
      });
    await runGit(['clone', '--quiet', url.toString(), clone]);
    await git(
      'commit',
      '--quiet',
      '--allow-empty',
      ...(options.force ? ['--amend'] : []),
      '--message',
      String(Math.random()),
    );
    await git('push', ...(options.force ? ['--force'] : []), 'origin', to);
  }

  beforeAll(async () => {
    const { repos, teams } = admin();
    await teams.addOrUpdateRepoPermissionsInOrg({
      org: 'envoy-plugins',
      team_slug: 'admins',
      ...plugin,
      permission: 'push',
    });
    await repos.addCollaborator({
      ...plugin,
      username: 'author',
      permission: 'maintain',
    });
    await repos.updateBranchProtection({
      ...main,
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 0 },
      restrictions: { users: [], teams: ['admins'] },
    });
  });

  it('say who may push and merge', async () => {
    const { data } = await admin().repos.getBranchProtection(main);
    expect(data).toMatchObject({
      enforce_admins: { enabled: true },
      restrictions: {
        users: [],
        teams: [{ slug: 'admins' }],
        apps: [],
        teams_url: expect.stringMatching(/\/restrictions\/teams$/),
      },
    });
  });

  it('are merged into by those who are named only', async () => {
    const pull = { ...plugin, pull_number: 3 };
    for (const login of ['author', 'contributor']) {
      expect(
        await refusal(emulator.client(login).pulls.merge(pull)),
      ).toMatchObject({
        status: 405,
        message: expect.stringContaining(
          "You're not authorized to push to this branch.",
        ),
      });
    }
    await admin().orgs.setMembershipForUser({
      org: 'envoy-plugins',
      username: 'contributor',
      role: 'member',
    });
    await admin().teams.addOrUpdateMembershipForUserInOrg({
      org: 'envoy-plugins',
      team_slug: 'admins',
      username: 'contributor',
    });
    expect((await contributor().pulls.merge(pull)).data.merged).toBe(true);
    await admin().teams.removeMembershipForUserInOrg({
      org: 'envoy-plugins',
      team_slug: 'admins',
      username: 'contributor',
    });
  });

  it('are not changed directly, by whatever way', async () => {
    const { data } = await admin().repos.getBranch(main);
    expect(await refusal(put('author'))).toMatchObject({
      status: 409,
      message: expect.stringContaining("You're not authorized to push"),
    });
    expect(await refusal(put('admin'))).toMatchObject({
      status: 409,
      message: expect.stringContaining(
        'Changes must be made through a pull request.',
      ),
    });
    await expect(push('author', 'HEAD:main')).rejects.toThrow(
      /GH006: Protected branch update failed for refs\/heads\/main[^]*not authorized to push/,
    );
    await expect(push('admin', 'HEAD:main')).rejects.toThrow(
      /Changes must be made through a pull request/,
    );
    const answer = await emulator.fetch('/api/graphql', {
      method: 'POST',
      login: 'author',
      body: JSON.stringify({
        query:
          'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { clientMutationId } }',
        variables: {
          input: {
            branch: {
              repositoryNameWithOwner: 'envoy-plugins/token-auth',
              branchName: 'main',
            },
            message: { headline: 'x' },
            expectedHeadOid: data.commit.sha,
            fileChanges: { additions: [{ path: 'x', contents: '' }] },
          },
        },
      }),
    });
    expect(await answer.json()).toMatchObject({
      errors: [{ type: 'UNPROCESSABLE' }],
    });
    expect((await admin().repos.getBranch(main)).data).toEqual(data);
    await push('author', 'HEAD:aside');
  });

  it('are not overwritten or deleted by anybody', async () => {
    await admin().repos.deleteAdminBranchProtection(main);
    await admin().repos.deletePullRequestReviewProtection(main);
    await push('admin', 'HEAD:main');
    await expect(push('admin', 'HEAD:main', { force: true })).rejects.toThrow(
      /Cannot force-push to this branch/,
    );
    await admin().repos.update({ ...plugin, default_branch: 'aside' });
    expect(
      await refusal(admin().git.deleteRef({ ...plugin, ref: 'heads/main' })),
    ).toMatchObject({
      status: 422,
      message: expect.stringContaining('Cannot delete this branch'),
    });
    await expect(push('admin', ':main')).rejects.toThrow(
      /Cannot delete this branch/,
    );
    await admin().repos.update({ ...plugin, default_branch: 'main' });
  });

  it('have rules that can be changed one by one', async () => {
    const { repos } = admin();
    expect(
      await refusal(repos.getPullRequestReviewProtection(main)),
    ).toMatchObject({ status: 404 });
    // Octokit's own methods send bare lists, which GitHub takes but does not describe.
    const named = (method: string, kind: string, names: string[]) =>
      admin().request(
        `${method} /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/${kind}`,
        { ...main, [kind]: names },
      );
    await repos.setAdminBranchProtection(main);
    expect((await repos.getAdminBranchProtection(main)).data.enabled).toBe(
      true,
    );
    expect((await named('POST', 'users', ['author'])).data).toMatchObject([
      { login: 'author' },
    ]);
    expect((await put('author')).status).toBe(201);
    expect((await named('PUT', 'teams', ['gateway'])).data).toMatchObject([
      { slug: 'gateway' },
    ]);
    expect((await put('contributor')).status).toBe(201);
    await named('DELETE', 'teams', ['gateway']);
    expect(await refusal(put('contributor'))).toMatchObject({ status: 409 });
    expect(await refusal(named('PUT', 'teams', ['nobody']))).toMatchObject({
      status: 422,
    });
    expect((await repos.getAccessRestrictions(main)).data).toMatchObject({
      users: [{ login: 'author' }],
      teams: [],
    });
    await repos.deleteAccessRestrictions(main);
    expect((await put('contributor')).status).toBe(201);
    expect(await refusal(repos.getAccessRestrictions(main))).toMatchObject({
      status: 404,
      message: 'Push restrictions not enabled',
    });
  });

  it('wait for approvals and statuses, and keep to ways of merging', async () => {
    const { repos, pulls } = admin();
    await repos.updateBranchProtection({
      ...main,
      required_status_checks: { strict: false, contexts: ['proof'] },
      enforce_admins: true,
      required_pull_request_reviews: {
        required_approving_review_count: 1,
        bypass_pull_request_allowances: { teams: ['gateway'] },
      },
      restrictions: null,
      required_linear_history: true,
    });
    expect(
      (
        await repos.updatePullRequestReviewProtection({
          ...main,
          dismiss_stale_reviews: true,
        })
      ).data,
    ).toMatchObject({
      dismiss_stale_reviews: true,
      required_approving_review_count: 1,
      bypass_pull_request_allowances: { teams: [{ slug: 'gateway' }] },
    });
    const { data: head } = await repos.getBranch({
      ...plugin,
      branch: 'aside',
    });
    await put('contributor', 'aside');
    const { data: pull } = await contributor().pulls.create({
      ...plugin,
      title: 'Aside',
      head: 'aside',
      base: 'main',
    });
    expect(pull.head.sha).not.toBe(head.commit.sha);
    const merge = (login: string, merge_method: 'merge' | 'squash') =>
      emulator.client(login).pulls.merge({
        ...plugin,
        pull_number: pull.number,
        merge_method,
      });
    expect((await refusal(merge('admin', 'squash'))).message).toMatch(
      /At least 1 approving review/,
    );
    await pulls.createReview({
      ...plugin,
      pull_number: pull.number,
      event: 'APPROVE',
    });
    expect((await refusal(merge('admin', 'squash'))).message).toBe(
      'Required status check "proof" is expected.',
    );
    await repos.createCommitStatus({
      ...plugin,
      sha: pull.head.sha,
      state: 'success',
      context: 'proof',
    });
    expect((await refusal(merge('admin', 'merge'))).message).toMatch(
      /merge merges are not allowed/,
    );
    expect((await merge('admin', 'squash')).data.merged).toBe(true);
  });

  it('name nobody in repositories of people', async () => {
    expect(
      await refusal(
        emulator.client('author').repos.updateBranchProtection({
          owner: 'author',
          repo: 'secret-plans',
          branch: 'main',
          required_status_checks: null,
          enforce_admins: null,
          required_pull_request_reviews: null,
          restrictions: { users: ['author'], teams: [] },
        }),
      ),
    ).toMatchObject({ status: 422 });
  });
});
