import { createMockDirectory } from '@backstage/backend-test-utils';
import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';
import { runGit } from '../git/runGit';
import { refPattern } from './refPattern';

// Git runs as a process for every step: slow where many tests run side by side.
jest.setTimeout(60_000);

describe('refPattern', () => {
  it.each([
    ['refs/heads/main', 'refs/heads/main', true],
    ['refs/heads/main', 'refs/heads/main2', false],
    ['refs/tags/v*', 'refs/tags/v1.0.0', true],
    ['refs/tags/v*', 'refs/tags/v1/x', false],
    ['refs/heads/**/*', 'refs/heads/a/b/c', true],
    ['refs/heads/**/*', 'refs/heads/a', true],
    ['refs/tags/v[0-9]?0', 'refs/tags/v1.0', true],
    ['refs/tags/v[!0-9]', 'refs/tags/v1', false],
    ['refs/tags/v1.0+b', 'refs/tags/v1x0+b', false],
  ])('%s and %s: %s', (pattern, ref, matches) => {
    expect(new RegExp(refPattern(pattern)).test(ref)).toBe(matches);
  });
});

describe('rulesets', () => {
  const emulator = setupTestEmulator();
  const directory = createMockDirectory();
  const plugin = { owner: 'envoy-plugins', repo: 'token-auth' };
  const admin = () => emulator.client('admin');
  const contributor = () => emulator.client('contributor');
  const teamId = (slug: string) => {
    const { accounts } = emulator.running.state;
    const organization = accounts.findOrganization('envoy-plugins');
    return accounts.findTeam(Number(organization?.id), slug)?.id;
  };

  async function push(login: string, ...refs: string[]) {
    const clone = directory.resolve(`clone-${Math.random()}`);
    const url = new URL(`${emulator.url}/envoy-plugins/token-auth.git`);
    url.username = 'x-access-token';
    url.password = `${login}-token`;
    const environment = {
      GIT_AUTHOR_NAME: login,
      GIT_AUTHOR_EMAIL: `${login}@example.test`,
      GIT_COMMITTER_NAME: login,
      GIT_COMMITTER_EMAIL: `${login}@example.test`,
    };
    const git = (...args: string[]) =>
      runGit(['-C', clone, ...args], { environment });
    await runGit(['clone', '--quiet', url.toString(), clone]);
    await git('commit', '--quiet', '--allow-empty', '--message', 'x');
    await git('push', 'origin', ...refs);
  }

  it('keep tags and releases for those who are let off', async () => {
    const { data: ruleset } = await admin().repos.createRepoRuleset({
      ...plugin,
      name: 'Releases',
      target: 'tag',
      enforcement: 'active',
      conditions: {
        ref_name: {
          include: ['refs/tags/v*'],
          exclude: ['refs/tags/v*-test'],
        },
      },
      rules: [{ type: 'creation' }, { type: 'update' }, { type: 'deletion' }],
      bypass_actors: [
        { actor_id: teamId('admins'), actor_type: 'Team' },
        { actor_id: 1, actor_type: 'OrganizationAdmin' },
      ],
    });
    expect(ruleset).toMatchObject({
      source: 'envoy-plugins/token-auth',
      current_user_can_bypass: 'always',
      bypass_actors: [{ actor_type: 'Team', bypass_mode: 'always' }, {}],
    });
    const release = (login: string, tag: string, draft = false) =>
      emulator
        .client(login)
        .repos.createRelease({ ...plugin, tag_name: tag, draft });
    expect(await refusal(release('author', 'v2.0.0'))).toMatchObject({
      status: 422,
      message: expect.stringContaining('creations being restricted'),
    });
    const { data: draft } = await release('author', 'v2.0.0', true);
    expect(
      await refusal(
        emulator.client('author').repos.updateRelease({
          ...plugin,
          release_id: draft.id,
          draft: false,
        }),
      ),
    ).toMatchObject({ status: 422 });
    expect((await release('author', 'v2.0.0-test')).status).toBe(201);
    expect((await release('admin', 'v2.0.0')).status).toBe(201);
    await expect(push('author', 'HEAD:refs/tags/v3.0.0')).rejects.toThrow(
      /GH013: Repository rule violations found for refs\/tags\/v3.0.0[^]*creations being restricted/,
    );
    await expect(push('author', ':refs/tags/v1.0.0')).rejects.toThrow(
      /Cannot delete this protected ref/,
    );
    await expect(push('author', '+HEAD:refs/tags/v1.0.0')).rejects.toThrow(
      /Cannot update this protected ref/,
    );
    await push('author', 'HEAD:refs/tags/other');
    await push('bot', 'HEAD:refs/tags/v4.0.0');
    const { data: tag } = await admin().git.getRef({
      ...plugin,
      ref: 'tags/v4.0.0',
    });
    expect(
      await refusal(
        contributor().git.createRef({
          ...plugin,
          ref: 'refs/tags/v5',
          sha: tag.object.sha,
        }),
      ),
    ).toMatchObject({ status: 422 });
    expect(
      await refusal(
        contributor().git.deleteRef({ ...plugin, ref: 'tags/v4.0.0' }),
      ),
    ).toMatchObject({ status: 422 });
    const place = { ...plugin, ruleset_id: ruleset.id };
    await admin().repos.updateRepoRuleset({
      ...place,
      enforcement: 'disabled',
    });
    await contributor().git.deleteRef({ ...plugin, ref: 'tags/v4.0.0' });
    await admin().repos.deleteRepoRuleset(place);
    expect((await admin().repos.getRepoRulesets(plugin)).data).toEqual([]);
  });

  it('let branches be changed through pull requests only, by those who are let off for these', async () => {
    const { data: ruleset } = await admin().repos.createRepoRuleset({
      ...plugin,
      name: 'Default branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [
        { type: 'update' },
        { type: 'non_fast_forward' },
        {
          type: 'pull_request',
          parameters: {
            allowed_merge_methods: ['squash'],
            dismiss_stale_reviews_on_push: false,
            require_code_owner_review: false,
            require_last_push_approval: false,
            required_approving_review_count: 0,
            required_review_thread_resolution: false,
          },
        },
      ],
      bypass_actors: [
        {
          actor_id: teamId('admins'),
          actor_type: 'Team',
          bypass_mode: 'pull_request',
        },
      ],
    });
    const { data: rules } = await contributor().repos.getBranchRules({
      ...plugin,
      branch: 'main',
    });
    expect(rules.map(({ type }) => type)).toEqual([
      'update',
      'non_fast_forward',
      'pull_request',
    ]);
    const { data: seen } = await contributor().repos.getRepoRuleset({
      ...plugin,
      ruleset_id: ruleset.id,
    });
    expect(seen.current_user_can_bypass).toBe('never');
    expect(seen.bypass_actors).toBeUndefined();
    for (const login of ['admin', 'author']) {
      await expect(push(login, 'HEAD:main')).rejects.toThrow(
        /Cannot update this protected ref/,
      );
    }
    const pull = { ...plugin, pull_number: 3 };
    expect(await refusal(contributor().pulls.merge(pull))).toMatchObject({
      status: 405,
      message: 'Cannot update this protected ref.',
    });
    expect((await admin().pulls.merge(pull)).data.merged).toBe(true);
  });

  it('say what is wrong with them', async () => {
    const create = (change: object) =>
      refusal(
        admin().repos.createRepoRuleset({
          ...plugin,
          name: 'Wrong',
          enforcement: 'active',
          ...change,
        }),
      );
    expect(await create({ name: 'Default branch' })).toMatchObject({
      status: 422,
      fields: ['Name must be unique'],
    });
    expect(
      await create({ conditions: { ref_name: { include: ['main'] } } }),
    ).toMatchObject({
      status: 422,
      fields: ['Invalid target pattern: main'],
    });
    expect(
      await create({ bypass_actors: [{ actor_type: 'Team', actor_id: 1 }] }),
    ).toMatchObject({ status: 422 });
    expect(
      await create({ rules: [{ type: 'required_signatures' }] }),
    ).toMatchObject({ status: 501 });
    expect(
      await refusal(
        contributor().repos.createRepoRuleset({
          ...plugin,
          name: 'Mine',
          enforcement: 'active',
        }),
      ),
    ).toMatchObject({ status: 403 });
  });
});
