import { TestDatabases } from '@backstage/backend-test-utils';
import {
  type FactsTest,
  anybody,
  locate,
  prepareFactsTests,
} from './__testUtils__/factsTests';

jest.setTimeout(60_000);

describe('facts', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const { setUp } = prepareFactsTests(databases);

  describe.each(databases.eachSupportedId())(
    'of repositories that move (%s)',
    databaseId => {
      const types = async ({ marketplace }: FactsTest, name = 'token-auth') =>
        (await marketplace.getActivity(locate(name), anybody)).map(
          ({ type, actor }) =>
            actor && type !== 'released' ? `${type} by ${actor}` : type,
        );

      it('stay with a repository that is renamed', async () => {
        const portal = await setUp({ databaseId });
        const {
          changes,
          change,
          onGitHub,
          marketplace,
          later,
          sweep,
          owner,
          tokenAuth,
        } = portal;
        await onGitHub().rest.repos.update({ ...tokenAuth, name: 'tokens' });
        const { fullName: _, ...moved } = change();
        const renamed = {
          ...moved,
          from: `${owner}/token-auth`,
          to: `${owner}/tokens`,
          kind: 'renamed' as const,
          actor: 'admin',
        };
        await changes.repositoryMoved(renamed);
        await changes.repositoryMoved(renamed);
        const { repository } = await marketplace.getPlugin(
          locate('token-auth'),
          anybody,
        );
        expect(repository?.value).toMatchObject({
          slug: `${owner}/tokens`,
          stars: 2,
        });
        const { value } = await marketplace.getReadme(
          locate('token-auth'),
          anybody,
        );
        expect(value?.url).toContain(`/${owner}/tokens/`);
        later(3000);
        await sweep.sweep();
        const renames = (await types(portal)).filter(type =>
          type.startsWith('renamed'),
        );
        expect(renames).toEqual(['renamed by admin']);
      });

      it.each([
        ['told of it', 'transferred by portal-bot', 1],
        ['told of nothing', 'transferred', 0],
      ] as const)(
        'stay with a repository that is transferred, and GitHub %s',
        async (told, move, recorded) => {
          const portal = await setUp({ databaseId });
          const { changes, change, onGitHub, marketplace, later, sweep } =
            portal;
          const { owner, tokenAuth, emulator } = portal;
          const { fullName: from, ...moved } = change();
          const newOwner = portal.newOrganization();
          await onGitHub().rest.repos.transfer({
            ...tokenAuth,
            new_owner: newOwner,
          });
          await emulator.deliveriesSettled();
          const transferred = {
            ...moved,
            from,
            to: `${newOwner}/token-auth`,
            kind: 'transferred' as const,
            actor: 'portal-bot',
          };
          const effects =
            told === 'told of it'
              ? [
                  ...(await changes.repositoryMoved(transferred)),
                  ...(await changes.repositoryMoved(transferred)),
                ]
              : [];
          later(3000);
          await sweep.sweep();
          const plugin = locate('token-auth');
          const { repository } = await marketplace.getPlugin(plugin, anybody);
          expect(repository?.value).toMatchObject({
            id: moved.id,
            slug: `${newOwner}/token-auth`,
            url: `${emulator.url}/${newOwner}/token-auth`,
            stars: 2,
          });
          const readme = await marketplace.getReadme(plugin, anybody);
          expect(readme.value?.url).toContain(`/${newOwner}/token-auth/`);
          const { value } = await marketplace.getReleases(plugin, anybody);
          expect(value.map(({ url }) => url)).toEqual(
            value.map(() => expect.stringContaining(`/${newOwner}/`)),
          );
          const moves = (await types(portal)).filter(
            type => type !== 'released',
          );
          expect(moves).toEqual([move]);
          expect(
            effects.filter(({ text }) => text.startsWith('Recorded')),
          ).toMatchObject(
            Array.from({ length: recorded }, () => ({
              text: `Recorded: ${owner}/token-auth was transferred and is ${newOwner}/token-auth now`,
            })),
          );
        },
      );

      it('know what nobody told of', async () => {
        const portal = await setUp({ databaseId });
        const { onGitHub, marketplace, later, sweep, owner, tokenAuth } =
          portal;
        await onGitHub().rest.repos.update({
          ...tokenAuth,
          name: 'tokens',
          archived: true,
        });
        later(3000);
        await sweep.sweep();
        await expect(
          marketplace.getPlugin(locate('token-auth'), anybody),
        ).resolves.toMatchObject({
          repository: {
            value: { slug: `${owner}/tokens`, archived: true },
          },
        });
        await expect(types(portal)).resolves.toEqual(
          expect.arrayContaining(['renamed', 'archived']),
        );
      });

      it('keep what was known of one that was deleted, and take a new one for another', async () => {
        const portal = await setUp({ databaseId });
        const {
          changes,
          change,
          onGitHub,
          marketplace,
          later,
          sweep,
          tokenAuth,
          owner,
        } = portal;
        await onGitHub().rest.repos.delete(tokenAuth);
        await changes.repositoryGone({ ...change(), actor: 'admin' });
        await changes.repositoryGone({ ...change(), actor: 'admin' });
        const plugin = locate('token-auth');
        await expect(
          marketplace.getPlugin(plugin, anybody),
        ).resolves.toMatchObject({
          repository: {
            value: { stars: 2, deletedAt: expect.any(String) },
            staleReason: expect.stringContaining(
              'GitHub has no such repository any more',
            ),
          },
        });
        await expect(types(portal)).resolves.toContain('deleted by admin');

        await onGitHub('author-token').rest.repos.createInOrg({
          org: owner,
          name: 'token-auth',
          auto_init: true,
        });
        later(3000);
        await sweep.sweep();
        const { repository } = await marketplace.getPlugin(plugin, anybody);
        expect(repository?.value).toMatchObject({ stars: 0 });
        expect(repository?.value.id).not.toBe(change().id);
        expect(repository?.value).not.toHaveProperty(
          'deletedAt',
          expect.any(String),
        );
        await expect(types(portal)).resolves.toEqual(['recreated']);
        await expect(
          marketplace.getReleases(plugin, anybody),
        ).resolves.toMatchObject({ value: [] });
      });
    },
  );
});
