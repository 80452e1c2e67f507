import { TestDatabases, mockCredentials } from '@backstage/backend-test-utils';
import {
  type FactsTest,
  aboutPlugins,
  anybody,
  asUser,
  locate,
  prepareFactsTests,
} from './__testUtils__/factsTests';
import { testRef } from '../testing/testPlugin';
import { waitFor } from '../testing/waitFor';

jest.setTimeout(60_000);

const asService = { credentials: mockCredentials.service() };

describe('facts about repositories', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const { setUp } = prepareFactsTests(databases);

  it.each(databases.eachSupportedId())(
    'are all stored by one sweep, and shown without asking GitHub (%s)',
    async databaseId => {
      const { marketplace, emulator, owner, requestsFromNow } = await setUp({
        databaseId,
      });
      const asked = requestsFromNow();
      const plugin = locate('token-auth');
      const commit = expect.stringMatching(/^[0-9a-f]{40}$/);
      await expect(marketplace.listPlugins({}, anybody)).resolves.toMatchObject(
        { items: [{ stars: 2, latestRelease: { tag: 'v1.0.0' } }] },
      );
      const details = await marketplace.getPlugin(plugin, anybody);
      expect(details.repository).toEqual({
        asOf: details.factsAsOf,
        value: {
          slug: `${owner}/token-auth`,
          url: `${emulator.url}/${owner}/token-auth`,
          stars: 2,
          forks: 0,
          openIssues: 1,
          openPullRequests: 1,
          license: 'Apache-2.0',
          defaultBranch: 'main',
          archived: false,
          visibility: 'public',
          id: expect.any(Number),
          pushedAt: expect.any(String),
        },
      });
      await expect(marketplace.getReadme(plugin, anybody)).resolves.toEqual({
        asOf: expect.any(String),
        value: {
          content: '# Token auth – größer\n',
          url: expect.stringContaining('/blob/main/README.md'),
          rawUrl: expect.stringMatching(/README\.md$/),
        },
      });
      await expect(
        marketplace.getReadme(plugin, { ...anybody, release: 'v0.9.0' }),
      ).resolves.toMatchObject({
        value: { content: '# Token auth – größer\n' },
      });
      await expect(
        marketplace.getReadme(plugin, { ...anybody, release: 'v9' }),
      ).rejects.toThrow('has no release "v9"');
      await expect(
        marketplace.getReleases(plugin, anybody),
      ).resolves.toMatchObject({
        value: [
          { tag: 'v1.1.0-rc.1', prerelease: true, commit },
          { tag: 'v1.0.0', notes: 'For good.', author: 'author', assets: [] },
          { tag: 'v0.9.0', commit, id: expect.any(Number) },
        ],
      });
      await expect(
        marketplace.getDiscussions(plugin, anybody),
      ).resolves.toMatchObject({
        value: [
          { type: 'pull-request', title: 'Explain tokens', draft: true },
          { type: 'issue', comments: 1, labels: [{ name: 'enhancement' }] },
        ],
      });
      await expect(
        marketplace.getSource(plugin, anybody),
      ).resolves.toMatchObject({
        value: {
          defaultBranch: 'main',
          branches: expect.arrayContaining([{ name: 'main', commit }]),
          tags: expect.arrayContaining([{ name: 'v1.0.0', commit }]),
          contributors: [{ login: 'author', commits: expect.any(Number) }],
        },
      });
      const activity = await marketplace.getActivity(plugin, anybody);
      expect(activity.map(({ type, alarm }) => ({ type, alarm }))).toEqual(
        Array(3).fill({ type: 'released', alarm: false }),
      );
      expect(asked()).toEqual([]);
      expect(emulator.violations()).toEqual([]);
    },
  );

  it('know a repository without README, releases and discussions', async () => {
    const { marketplace } = await setUp({ plugins: ['bare'] });
    const bare = locate('bare');
    const value = async (answer: Promise<{ value?: unknown }>) =>
      (await answer).value;
    await expect(
      value(marketplace.getReadme(bare, anybody)),
    ).resolves.toBeUndefined();
    await expect(
      value(marketplace.getReleases(bare, anybody)),
    ).resolves.toEqual([]);
    await expect(
      value(marketplace.getDiscussions(bare, anybody)),
    ).resolves.toEqual([]);
  });

  it('are read for who looks at a plugin that GitHub was never asked about', async () => {
    const { marketplace, owner } = await setUp({ swept: false });
    const plugin = locate('token-auth');
    await expect(marketplace.getPlugin(plugin, anybody)).resolves.toMatchObject(
      { name: 'token-auth', repository: undefined },
    );
    await expect(marketplace.getReadme(plugin, anybody)).rejects.toThrow(
      `GitHub has not been asked yet for ${owner}/token-auth`,
    );
    await waitFor(async () =>
      expect(await marketplace.getReadme(plugin, anybody)).toMatchObject({
        value: { content: expect.stringContaining('Token auth') },
      }),
    );
  });

  it('say why there are none', async () => {
    const { marketplace, sweep, later, owner } = await setUp({
      plugins: ['nowhere'],
      swept: false,
    });
    await sweep.sweep();
    later(120);
    await expect(
      marketplace.getReleases(locate('nowhere'), anybody),
    ).rejects.toThrow(`has no repository ${owner}/nowhere, or does not`);
    await expect(
      marketplace.getActivity(locate('nowhere'), anybody),
    ).resolves.toEqual([]);
  });

  it.each(databases.eachSupportedId())(
    'are shown with their age while nothing is left of the budget (%s)',
    async databaseId => {
      const { marketplace, emulator, sweep, changes, change, later } =
        await setUp({ databaseId });
      const plugin = locate('token-auth');
      const { factsAsOf = '' } = await marketplace.getPlugin(plugin, anybody);
      emulator.setRateLimits({ core: 0, graphql: 0 });
      later(3000);
      await expect(sweep.sweep()).resolves.toMatchObject({
        stoppedBecause: expect.stringContaining('GitHub'),
      });
      await expect(
        changes.repositoryChanged({ ...change(), parts: ['summary'] }),
      ).rejects.toMatchObject({ retryAt: expect.any(Date) });
      const stale = {
        asOf: factsAsOf,
        staleReason: expect.stringMatching(
          new RegExp(
            `GitHub.*Showing what we knew at ${factsAsOf.slice(11, 16)} UTC`,
          ),
        ),
      };
      const { repository } = await marketplace.getPlugin(plugin, anybody);
      expect(repository).toMatchObject({ ...stale, value: { stars: 2 } });
      for (const answer of [
        await marketplace.getReadme(plugin, anybody),
        await marketplace.getReleases(plugin, anybody),
        await marketplace.getDiscussions(plugin, anybody),
        await marketplace.getSource(plugin, anybody),
      ]) {
        expect(answer).toMatchObject(stale);
      }
      await marketplace.listPlugins({}, anybody);
      await marketplace.getActivity(plugin, anybody);
    },
  );

  it('are old when GitHub was not asked for too long', async () => {
    const { marketplace, later } = await setUp();
    later(3700);
    const { repository } = await marketplace.getPlugin(
      locate('token-auth'),
      anybody,
    );
    expect(repository?.staleReason).toContain('GitHub was not asked since');
  });

  it('are read in detail only where something is different', async () => {
    const { sweep, later, onGitHub, marketplace, owner, requestsFromNow } =
      await setUp({
        plugins: ['token-auth', 'bare'],
      });
    later(3000);
    let asked = requestsFromNow();
    await expect(sweep.sweep()).resolves.toMatchObject({
      asked: 2,
      refreshed: 0,
    });
    expect(asked()).toHaveLength(1);
    await expect(sweep.sweep()).resolves.toMatchObject({ asked: 0 });

    await onGitHub('author-token').rest.repos.createOrUpdateFileContents({
      owner,
      repo: 'bare',
      path: 'README.md',
      message: 'Explain',
      content: Buffer.from('# Bare').toString('base64'),
    });
    later(3000);
    asked = requestsFromNow();
    await expect(sweep.sweep()).resolves.toMatchObject({
      asked: 2,
      refreshed: 1,
    });
    // The snapshots, README, branches, contributors; that no tag is new costs nothing
    expect(asked().length).toBeLessThanOrEqual(5);
    await expect(
      marketplace.getReadme(locate('bare'), anybody),
    ).resolves.toMatchObject({ value: { content: '# Bare' } });
  });

  it('are asked for once however often GitHub tells of a change', async () => {
    const {
      changes,
      change,
      onGitHub,
      marketplace,
      signals,
      tokenAuth,
      owner,
      requestsFromNow,
    } = await setUp();
    await onGitHub('author-token').rest.activity.starRepoForAuthenticatedUser(
      tokenAuth,
    );
    const asked = requestsFromNow();
    const star = { ...change(), parts: ['summary', 'repository'] as const };
    signals.length = 0;
    const effects = [];
    for (let times = 0; times < 20; times++) {
      effects.push(
        ...(await changes.repositoryChanged({
          ...star,
          parts: [...star.parts],
        })),
      );
    }
    expect(asked()).toHaveLength(1);
    expect(effects).toEqual([
      {
        text: `Asked GitHub about ${owner}/token-auth: 3 stars`,
        entityRef: testRef('token-auth'),
      },
    ]);
    await expect(marketplace.listPlugins({}, anybody)).resolves.toMatchObject({
      items: [{ stars: 3 }],
    });
    expect(aboutPlugins(signals)).toEqual([
      {
        recipients: { type: 'broadcast' },
        channel: 'envoy-go-plugins',
        message: {
          type: 'plugin-changed',
          entityRef: testRef('token-auth'),
          parts: ['repository', 'summary'],
        },
      },
    ]);
  });

  it('read what an event is about, and leave other repositories alone', async () => {
    const {
      changes,
      change,
      onGitHub,
      marketplace,
      requestsFromNow,
      tokenAuth,
    } = await setUp();
    await onGitHub('author-token').rest.issues.create({
      ...tokenAuth,
      title: 'Another one',
    });
    const asked = requestsFromNow();
    await changes.repositoryChanged({
      ...change(),
      parts: ['discussions', 'repository'],
    });
    expect(asked()).toHaveLength(2);
    const { value } = await marketplace.getDiscussions(
      locate('token-auth'),
      anybody,
    );
    expect(value).toMatchObject([{ title: 'Another one' }, {}, {}]);
    await expect(
      changes.repositoryChanged({
        ...change(),
        id: 999_999,
        fullName: 'else/where',
        parts: ['summary'],
      }),
    ).resolves.toEqual([]);
    expect(asked()).toHaveLength(2);
  });

  describe.each(databases.eachSupportedId())('of releases (%s)', databaseId => {
    const releaseOf = async ({ marketplace }: FactsTest, tag: string) =>
      (await marketplace.getReleases(locate('token-auth'), anybody)).value.find(
        release => release.tag === tag,
      );

    it('raise an alarm when a tag moves, and keep what was released', async () => {
      const portal = await setUp({ databaseId });
      const { changes, change, onGitHub, marketplace, later, tokenAuth } =
        portal;
      const before = (await releaseOf(portal, 'v1.0.0'))?.commit ?? '';
      const { data } = await onGitHub(
        'author-token',
      ).rest.repos.createOrUpdateFileContents({
        ...tokenAuth,
        path: 'evil.go',
        message: 'Evil',
        content: '',
      });
      const after = data.commit.sha ?? '';
      await onGitHub().rest.git.updateRef({
        ...tokenAuth,
        ref: 'tags/v1.0.0',
        sha: after,
        force: true,
      });
      const moved = {
        ...change(),
        tag: 'v1.0.0',
        before,
        after,
        actor: 'mallory',
      };
      await changes.tagMoved(moved);
      await changes.tagMoved(moved);
      await expect(releaseOf(portal, 'v1.0.0')).resolves.toMatchObject({
        commit: before,
        movedTo: after,
      });
      const alarms = async () =>
        (await marketplace.getActivity(locate('token-auth'), anybody)).filter(
          ({ alarm }) => alarm,
        );
      await expect(alarms()).resolves.toEqual([
        expect.objectContaining({ type: 'tag-moved', actor: 'mallory' }),
      ]);
      later(60);
      await changes.repositoryChanged({ ...change(), parts: ['releases'] });
      await expect(alarms()).resolves.toHaveLength(1);
    });

    it('notice a moved tag that nobody told of', async () => {
      const portal = await setUp({ databaseId });
      const { sweep, onGitHub, marketplace, later, tokenAuth } = portal;
      const { data } = await onGitHub(
        'author-token',
      ).rest.repos.createOrUpdateFileContents({
        ...tokenAuth,
        path: 'evil.go',
        message: 'Evil',
        content: '',
      });
      await onGitHub().rest.git.updateRef({
        ...tokenAuth,
        ref: 'tags/v1.0.0',
        sha: data.commit.sha ?? '',
        force: true,
      });
      later(3000);
      await sweep.sweep();
      await expect(releaseOf(portal, 'v1.0.0')).resolves.toMatchObject({
        movedTo: data.commit.sha,
      });
      const activity = await marketplace.getActivity(
        locate('token-auth'),
        anybody,
      );
      expect(activity[0]).toMatchObject({ type: 'tag-moved', alarm: true });
    });

    it('know what is yanked, unpublished and deleted', async () => {
      const portal = await setUp({ databaseId });
      const { changes, change, onGitHub, marketplace, clock, tokenAuth } =
        portal;
      const id = async (tag: string) => (await releaseOf(portal, tag))?.id ?? 0;
      const released = async (
        action: 'edited' | 'unpublished' | 'deleted',
        tag: string,
      ) => {
        portal.later(1);
        return changes.releaseChanged({
          ...change(),
          action,
          release: { id: await id(tag), tag },
        });
      };
      const github = onGitHub().rest.repos;
      await github.updateRelease({
        ...tokenAuth,
        release_id: await id('v1.0.0'),
        body: '## [YANKED] – leaks tokens\nFor good.',
      });
      await released('edited', 'v1.0.0');
      await expect(releaseOf(portal, 'v1.0.0')).resolves.toMatchObject({
        yanked: { at: clock.now.toISOString(), reason: 'leaks tokens' },
      });
      await expect(marketplace.listPlugins({}, anybody)).resolves.toMatchObject(
        { items: [{ latestRelease: { tag: 'v0.9.0' } }] },
      );
      await github.updateRelease({
        ...tokenAuth,
        release_id: await id('v0.9.0'),
        draft: true,
      });
      await released('unpublished', 'v0.9.0');
      await expect(releaseOf(portal, 'v0.9.0')).resolves.toMatchObject({
        yanked: { reason: 'It was made a draft again on GitHub' },
        commit: expect.any(String),
      });
      await github.deleteRelease({
        ...tokenAuth,
        release_id: await id('v1.1.0-rc.1'),
      });
      await released('deleted', 'v1.1.0-rc.1');
      await expect(releaseOf(portal, 'v1.1.0-rc.1')).resolves.toMatchObject({
        yanked: { reason: 'Its release was deleted on GitHub' },
      });
      const activity = await marketplace.getActivity(
        locate('token-auth'),
        anybody,
      );
      expect(
        activity.map(({ type }) => type).filter(type => type !== 'released'),
      ).toEqual(['release-deleted', 'yanked', 'yanked', 'release-changed']);
    });
  });

  it('do not believe that many repositories are gone at once', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `plugin-${index}`);
    const portal = await setUp({ plugins: names, swept: false });
    const { onGitHub, sweep, later, marketplace, logger, owner } = portal;
    for (const name of names) {
      await onGitHub().rest.repos.createInOrg({ org: owner, name });
    }
    await sweep.sweep();
    for (const name of names) {
      await onGitHub().rest.repos.delete({ owner, repo: name });
    }
    later(3000);
    await sweep.sweep();
    const { repository } = await marketplace.getPlugin(
      locate('plugin-0'),
      anybody,
    );
    expect(repository?.value.deletedAt).toBeUndefined();
    expect(repository?.staleReason).toContain('which is not believed');
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('8 of 8 repositories'),
    );
  });

  describe.each(databases.eachSupportedId())(
    'of private repositories (%s)',
    databaseId => {
      const setUpPrivate = async () => {
        const portal = await setUp({
          databaseId,
          plugins: ['token-auth', 'bare'],
        });
        await portal.onGitHub().rest.repos.update({
          ...portal.tokenAuth,
          visibility: 'private',
        });
        return portal;
      };

      it('are shown to those only whom GitHub shows them to', async () => {
        const portal = await setUpPrivate();
        const {
          changes,
          change,
          marketplace,
          hidden,
          onGitHub,
          emulator,
          tokenAuth,
          requestsFromNow,
        } = portal;
        await changes.repositoryVisibilityChanged({
          ...change(),
          visibility: 'private',
        });
        const seen = async (who: typeof anybody) => {
          const list = await marketplace.listPlugins({}, who);
          const found = await marketplace.listPlugins({ text: 'token' }, who);
          expect(list.totalItems).toBe(list.items.length);
          expect(list.marketplaceItems).toBe(list.items.length);
          expect(list.facets.category).toEqual([
            { value: 'authn', count: list.items.length },
          ]);
          expect(list.facets.owner).toEqual([
            { value: 'group:default/gateway', count: list.items.length },
          ]);
          expect(found.totalItems).toBe(list.items.length - 1);
          return list.items.map(item => item.name);
        };
        // Twice, as what was counted is remembered
        for (let times = 0; times < 2; times++) {
          await expect(seen(asUser('author'))).resolves.toEqual([
            'bare',
            'token-auth',
          ]);
          await expect(seen(asUser('contributor'))).resolves.toEqual(['bare']);
          await expect(seen(anybody)).resolves.toEqual(['bare']);
          await expect(
            marketplace.listPlugins({}, asService),
          ).resolves.toMatchObject({ totalItems: 1 });
        }
        const asked = requestsFromNow();
        await expect(
          marketplace.getPlugin(locate('token-auth'), asUser('author')),
        ).resolves.toMatchObject({
          repository: { value: { visibility: 'private' } },
        });
        for (const who of [anybody, asUser('contributor'), asService]) {
          const plugin = locate('token-auth');
          await expect(marketplace.getPlugin(plugin, who)).rejects.toThrow(
            'The marketplace holds no plugin "default/token-auth"',
          );
          await expect(marketplace.getReadme(plugin, who)).rejects.toThrow(
            'holds no plugin',
          );
          await expect(marketplace.getActivity(plugin, who)).rejects.toThrow(
            'holds no plugin',
          );
        }
        await expect(hidden.listHidden('user:default/author')).resolves.toEqual(
          [],
        );
        await expect(
          hidden.listHidden('user:default/contributor'),
        ).resolves.toEqual([testRef('token-auth')]);
        await expect(hidden.listHidden(asService.credentials)).resolves.toEqual(
          [testRef('token-auth')],
        );
        expect(asked()).toEqual([]);

        await onGitHub().rest.repos.addCollaborator({
          ...tokenAuth,
          username: 'contributor',
        });
        const { data: invitations } =
          await onGitHub().rest.repos.listInvitations(tokenAuth);
        const token = await emulator.createToken('contributor');
        for (const { id } of invitations) {
          await onGitHub(token).rest.repos.acceptInvitationForAuthenticatedUser(
            {
              invitation_id: id,
            },
          );
        }
        portal.later(1);
        await changes.accessChanged({
          host: emulator.host,
          repositoryId: change().id,
          at: change().at,
        });
        await expect(seen(asUser('contributor'))).resolves.toEqual([
          'bare',
          'token-auth',
        ]);
      });

      it('are hidden at once even while GitHub does not answer', async () => {
        const { changes, change, marketplace, emulator } = await setUpPrivate();
        emulator.setRateLimits({ core: 0, graphql: 0 });
        await expect(
          changes.repositoryVisibilityChanged({
            ...change(),
            visibility: 'private',
          }),
        ).rejects.toThrow('GitHub');
        for (const who of [anybody, asUser('author')]) {
          await expect(marketplace.listPlugins({}, who)).resolves.toMatchObject(
            { items: [{ name: 'bare' }] },
          );
        }
      });

      it('are hidden where GitHub does not say who may see them', async () => {
        const { sweep, later, marketplace, emulator } = await setUpPrivate();
        emulator.faults.add({
          kind: 'rest',
          path: /collaborators/,
          times: Infinity,
          fault: {
            type: 'status',
            status: 403,
            body: '{"message":"Must have push access"}',
          },
        });
        later(3000);
        await sweep.sweep();
        await expect(
          marketplace.listPlugins({}, asUser('author')),
        ).resolves.toMatchObject({ items: [{ name: 'bare' }] });
      });

      it('are announced to their readers only', async () => {
        const { changes, change, onGitHub, signals, later, tokenAuth } =
          await setUpPrivate();
        await changes.repositoryVisibilityChanged({
          ...change(),
          visibility: 'private',
        });
        signals.length = 0;
        later(1);
        await onGitHub().rest.activity.starRepoForAuthenticatedUser(tokenAuth);
        await changes.repositoryChanged({ ...change(), parts: ['summary'] });
        const told = aboutPlugins(signals);
        expect(told).toHaveLength(1);
        const [{ recipients }] = told;
        expect(recipients).toEqual({
          type: 'user',
          entityRef: expect.arrayContaining([
            'user:default/admin',
            'user:default/author',
          ]),
        });
        expect(recipients).not.toMatchObject({
          entityRef: expect.arrayContaining(['user:default/contributor']),
        });
      });
    },
  );
});
