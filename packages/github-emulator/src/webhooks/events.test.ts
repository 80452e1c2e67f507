import { promises as fs } from 'node:fs';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { isSigned, Receiver } from '../__testUtils__/Receiver';
import { setupTestEmulator } from '../__testUtils__/setupTestEmulator';
import { runGit } from '../git/runGit';

// Git runs as a process for every step: slow where many tests run side by side.
jest.setTimeout(60_000);

const SECRET = 'it’s a secret';

describe('what webhooks are told', () => {
  const org = 'envoy-plugins';
  const emulator = setupTestEmulator();
  const directory = createMockDirectory();
  const receiver = new Receiver();

  beforeAll(async () => {
    await receiver.open();
    await emulator.client('admin').orgs.createWebhook({
      org,
      name: 'web',
      events: ['*'],
      config: { url: receiver.url, content_type: 'json', secret: SECRET },
    });
  });
  afterAll(async () => {
    await receiver.close();
  });

  /** Events of the organisation since the last time. */
  async function told(): Promise<string[]> {
    await emulator.running.deliveriesSettled();
    expect(receiver.received.every(one => isSigned(one, SECRET))).toBe(true);
    return receiver.take();
  }

  async function lastPayload() {
    await emulator.running.deliveriesSettled();
    return receiver.received.at(-1)?.payload;
  }

  beforeEach(async () => {
    await told();
  });

  const client = (login = 'author') => emulator.client(login);
  const plugin = { owner: org, repo: 'token-auth' };

  it('is a ping first', async () => {
    await emulator.client('admin').orgs.pingWebhook({
      org,
      hook_id: emulator.running.hooks.list({
        type: 'organization',
        id: Number(emulator.running.state.accounts.find(org)?.id),
      })[0].id,
    });
    await emulator.running.deliveriesSettled();
    const [ping] = receiver.received;
    expect(ping.payload).toMatchObject({
      zen: expect.any(String),
      hook: { type: 'Organization', config: { secret: '********' } },
      organization: { login: org },
      sender: { login: 'admin' },
    });
    expect(ping.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
      'x-github-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-github-event': 'ping',
      'x-github-hook-id': String(ping.payload.hook_id),
      'x-github-hook-installation-target-type': 'organization',
    });
  });

  it('is each star once', async () => {
    const { activity } = client();
    await activity.starRepoForAuthenticatedUser(plugin);
    expect(await lastPayload()).toMatchObject({
      starred_at: expect.any(String),
      repository: { full_name: 'envoy-plugins/token-auth' },
      sender: { login: 'author' },
    });
    await activity.starRepoForAuthenticatedUser(plugin);
    await activity.unstarRepoForAuthenticatedUser(plugin);
    await activity.unstarRepoForAuthenticatedUser(plugin);
    expect(await told()).toEqual(['star.created', 'star.deleted']);
  });

  it('is every commit, branch and tag, however it came', async () => {
    const { repos, git } = client();
    const written = await repos.createOrUpdateFileContents({
      ...plugin,
      path: 'docs/new.md',
      message: 'Say more',
      content: 'eA==',
    });
    const sha = String(written.data.commit.sha);
    expect(await lastPayload()).toMatchObject({
      ref: 'refs/heads/main',
      after: sha,
      created: false,
      forced: false,
      commits: [{ id: sha, added: ['docs/new.md'], removed: [], modified: [] }],
      head_commit: { id: sha, author: { username: 'author' } },
      pusher: { name: 'author' },
    });
    expect(await told()).toEqual(['push']);
    const branch = { ...plugin, ref: 'heads/topic/x' };
    await git.createRef({ ...plugin, ref: 'refs/heads/topic/x', sha });
    expect(receiver.take()).toEqual(expect.any(Array));
    await git.deleteRef(branch);
    await git.createRef({ ...plugin, ref: 'refs/tags/v7', sha });
    await emulator.running.deliveriesSettled();
    receiver.take();

    const clone = directory.resolve('clone');
    const url = new URL(`${emulator.url}/${org}/token-auth.git`);
    url.username = 'x-access-token';
    url.password = 'author-token';
    const run = (...args: string[]) =>
      runGit(args, {
        environment: {
          GIT_AUTHOR_NAME: 'Amir',
          GIT_AUTHOR_EMAIL: 'author@example.test',
          GIT_COMMITTER_NAME: 'Amir',
          GIT_COMMITTER_EMAIL: 'author@example.test',
        },
      });
    await run('clone', '--quiet', url.toString(), clone);
    await fs.rm(`${clone}/docs/new.md`);
    await fs.writeFile(`${clone}/README.md`, '# Changed\n');
    await run('-C', clone, 'commit', '--quiet', '-a', '-m', 'One');
    await run('-C', clone, 'commit', '--quiet', '--allow-empty', '-m', 'Two');
    await run('-C', clone, 'tag', '-m', 'Eight', 'v8');
    await run('-C', clone, 'push', '--quiet', 'origin', 'HEAD:new', 'v8');
    await run('-C', clone, 'push', '--quiet', 'origin', 'HEAD:main');
    await run('-C', clone, 'push', '--quiet', 'origin', ':new', ':v8');
    await emulator.running.deliveriesSettled();
    expect(
      receiver.received.map(({ event, payload }) => ({
        event,
        ref: payload.ref,
        ...(event === 'push' && {
          commits: Array.isArray(payload.commits) && payload.commits.length,
        }),
      })),
    ).toEqual([
      { event: 'create', ref: 'new' },
      { event: 'push', ref: 'refs/heads/new', commits: 2 },
      { event: 'create', ref: 'v8' },
      { event: 'push', ref: 'refs/tags/v8', commits: 0 },
      { event: 'push', ref: 'refs/heads/main', commits: 2 },
      { event: 'delete', ref: 'new' },
      { event: 'push', ref: 'refs/heads/new', commits: 0 },
      { event: 'delete', ref: 'v8' },
      { event: 'push', ref: 'refs/tags/v8', commits: 0 },
    ]);
    expect(receiver.received[1].payload.commits).toMatchObject([
      { message: 'One', removed: ['docs/new.md'], modified: ['README.md'] },
      { message: 'Two', removed: [], modified: [] },
    ]);
  });

  it('says that a branch was forced, and nothing of many tags at once', async () => {
    const { git } = client();
    const main = await git.getRef({ ...plugin, ref: 'heads/main' });
    const { sha } = main.data.object;
    const commit = await git.getCommit({ ...plugin, commit_sha: sha });
    await git.updateRef({
      ...plugin,
      ref: 'heads/main',
      sha: commit.data.parents[0].sha,
      force: true,
    });
    expect(await lastPayload()).toMatchObject({
      before: sha,
      forced: true,
      commits: [],
    });
    expect(await told()).toEqual(['push']);
    const { accounts, pushes, repositories } = emulator.running.state;
    const author = accounts.find('author');
    const repository = repositories.find(org, 'token-auth');
    if (!author || !repository) {
      throw new Error('The seed has both');
    }
    await pushes.during(repository, author, async () => {
      for (const tag of ['a', 'b', 'c', 'd']) {
        await repositories
          .git(repository)
          .updateRef(`refs/tags/${tag}`, sha, undefined);
      }
    });
    expect(await told()).toEqual([]);
  });

  it('is what is done in GraphQL too', async () => {
    const { state } = emulator.running;
    const id = state.repositories.nodeId(
      state.repositories.get(
        Number(state.repositories.find(org, 'token-auth')?.id),
      ),
    );
    const star = (field: string) =>
      client().graphql(
        `mutation ($id: ID!) { ${field}(input: { starrableId: $id }) { clientMutationId } }`,
        { id, baseUrl: `${emulator.url}/api` },
      );
    await star('addStar');
    await star('removeStar');
    await star('removeStar');
    expect(await told()).toEqual(['star.created', 'star.deleted']);
  });

  it('is what becomes of a release', async () => {
    const { repos } = client();
    const draft = await repos.createRelease({
      ...plugin,
      tag_name: 'v2.0.0',
      draft: true,
    });
    expect(await told()).toEqual(['release.created']);
    const release = { ...plugin, release_id: draft.data.id };
    await repos.updateRelease({ ...release, draft: false, prerelease: true });
    expect(await told()).toEqual([
      'create',
      'push',
      'release.published',
      'release.prereleased',
    ]);
    await repos.updateRelease({ ...release, prerelease: false, body: 'Good.' });
    expect(await told()).toEqual(['release.edited', 'release.released']);
    await repos.updateRelease({ ...release, draft: true });
    expect(await told()).toEqual(['release.unpublished']);
    await repos.deleteRelease(release);
    expect(await told()).toEqual(['release.deleted']);
  });

  it('is what is said in issues', async () => {
    const { issues } = client();
    const made = await issues.create({
      ...plugin,
      title: 'A thought',
      labels: ['bug'],
      assignees: ['author'],
    });
    expect(await told()).toEqual([
      'issues.opened',
      'issues.labeled',
      'issues.assigned',
    ]);
    const issue = { ...plugin, issue_number: made.data.number };
    await issues.update({ ...issue, body: 'More', state: 'closed' });
    await issues.update({ ...issue, state: 'open', labels: [] });
    await issues.removeAssignees({ ...issue, assignees: ['author'] });
    expect(await told()).toEqual([
      'issues.edited',
      'issues.closed',
      'issues.unlabeled',
      'issues.reopened',
      'issues.unassigned',
    ]);
    const { data } = await issues.createComment({ ...issue, body: 'Yes' });
    const comment = { ...plugin, comment_id: data.id };
    await issues.updateComment({ ...comment, body: 'No' });
    expect(await lastPayload()).toMatchObject({
      changes: { body: { from: 'Yes' } },
    });
    await issues.deleteComment(comment);
    expect(await told()).toEqual([
      'issue_comment.created',
      'issue_comment.edited',
      'issue_comment.deleted',
    ]);
  });

  it('is what becomes of a pull request', async () => {
    const { repos, pulls, git } = client();
    const { data: main } = await git.getRef({ ...plugin, ref: 'heads/main' });
    await git.createRef({
      ...plugin,
      ref: 'refs/heads/change',
      sha: main.object.sha,
    });
    const write = (path: string) =>
      repos.createOrUpdateFileContents({
        ...plugin,
        path,
        branch: 'change',
        message: path,
        content: 'eA==',
      });
    await write('one.md');
    await told();
    const made = await pulls.create({
      ...plugin,
      title: 'Change',
      head: 'change',
      base: 'main',
    });
    const pull = { ...plugin, pull_number: made.data.number };
    expect(await told()).toEqual(['pull_request.opened']);
    await write('two.md');
    expect(await told()).toEqual(['push', 'pull_request.synchronize']);
    await pulls.update({ ...pull, title: 'A change', state: 'closed' });
    await pulls.update({ ...pull, state: 'open' });
    await pulls.requestReviewers({ ...pull, reviewers: ['contributor'] });
    expect(await told()).toEqual([
      'pull_request.edited',
      'pull_request.closed',
      'pull_request.reopened',
      'pull_request.review_requested',
    ]);
    await pulls.merge(pull);
    expect(await lastPayload()).toMatchObject({
      action: 'closed',
      pull_request: { merged: true },
    });
    expect(await told()).toEqual(['push', 'pull_request.closed']);
  });

  it('is what becomes of a repository, to its end', async () => {
    const { repos } = emulator.client('admin');
    await repos.createInOrg({ org, name: 'mayfly', auto_init: true });
    expect(await told()).toEqual(['repository.created', 'create', 'push']);
    const before = { owner: org, repo: 'mayfly' };
    await repos.update({
      ...before,
      name: 'dragonfly',
      description: 'Lives longer',
    });
    const repo = { owner: org, repo: 'dragonfly' };
    await repos.replaceAllTopics({ ...repo, names: ['insect'] });
    await repos.update({ ...repo, private: true });
    await repos.update({ ...repo, private: false });
    await repos.update({ ...repo, archived: true });
    await repos.update({ ...repo, archived: false });
    expect(await told()).toEqual([
      'repository.renamed',
      'repository.edited',
      'repository.edited',
      'repository.privatized',
      'repository.publicized',
      'public',
      'repository.archived',
      'repository.unarchived',
    ]);
    const person = { ...repo, username: 'author' };
    await repos.addCollaborator({ ...person, permission: 'pull' });
    await repos.addCollaborator({ ...person, permission: 'admin' });
    await repos.removeCollaborator(person);
    await repos.delete(repo);
    expect(await told()).toEqual([
      'member.added',
      'member.edited',
      'member.removed',
      'repository.deleted',
    ]);
  });

  it('is who comes and goes', async () => {
    const { orgs, teams } = emulator.client('admin');
    const { data: made } = await teams.create({ org, name: 'Night Watch' });
    await teams.updateInOrg({
      org,
      team_slug: made.slug,
      description: 'By night',
    });
    const team = { org, team_slug: made.slug };
    const grant = { ...team, owner: org, repo: 'token-auth' };
    await teams.addOrUpdateRepoPermissionsInOrg(grant);
    await teams.addOrUpdateRepoPermissionsInOrg({
      ...grant,
      permission: 'pull',
    });
    await teams.removeRepoInOrg(grant);
    expect(await told()).toEqual([
      'team.created',
      'team.edited',
      'team.added_to_repository',
      'team.edited',
      'team.removed_from_repository',
    ]);
    const { state } = emulator.running;
    const { data: invitation } = await orgs.createInvitation({
      org,
      invitee_id: Number(state.accounts.find('outsider')?.id),
      team_ids: [made.id],
    });
    expect(invitation).toMatchObject({ login: 'outsider', team_count: 1 });
    const listed = await orgs.listPendingInvitations({ org });
    expect(listed.data).toHaveLength(1);
    await emulator
      .client('outsider')
      .orgs.updateMembershipForAuthenticatedUser({ org, state: 'active' });
    const person = { ...team, username: 'contributor' };
    await teams.addOrUpdateMembershipForUserInOrg(person);
    await teams.removeMembershipForUserInOrg(person);
    await orgs.setMembershipForUser({
      org,
      username: 'outsider',
      role: 'admin',
    });
    await orgs.removeMember({ org, username: 'outsider' });
    await teams.deleteInOrg(team);
    expect(await told()).toEqual([
      'organization.member_invited',
      'organization.member_added',
      'membership.added',
      'membership.added',
      'membership.removed',
      'membership.removed',
      'organization.member_removed',
      'team.deleted',
    ]);
  });

  it('takes invitations back', async () => {
    const { orgs } = emulator.client('admin');
    const { data } = await orgs.createInvitation({
      org,
      email: 'outsider@example.test',
    });
    await orgs.cancelInvitation({ org, invitation_id: data.id });
    const listed = await orgs.listPendingInvitations({ org });
    expect(listed.data).toEqual([]);
  });
});
