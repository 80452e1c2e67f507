import { TestDatabases } from '@backstage/backend-test-utils';
import {
  type FactsTest,
  aboutPlugins,
  anybody,
  asUser,
  locate,
  prepareFactsTests,
} from './__testUtils__/factsTests';

jest.setTimeout(60_000);

describe('who starred a plugin', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const { setUp } = prepareFactsTests(databases);

  const isStarredBy = async ({ marketplace }: FactsTest, login: string) =>
    marketplace.isStarred(locate('token-auth'), asUser(login));

  /** What a delivery says. */
  const starOf = (
    { change }: FactsTest,
    login: string,
    starred: boolean,
  ): Parameters<FactsTest['changes']['repositoryChanged']>[0] => ({
    ...change(),
    parts: ['summary', 'repository'],
    star: { login, starred },
  });

  const stargazersAsked = (asked: ReturnType<FactsTest['requestsFromNow']>) =>
    asked().filter(({ path }) => path.includes('/stargazers'));

  describe.each(databases.eachSupportedId())('%s', databaseId => {
    it('is known after the first reading, and shown without asking GitHub', async () => {
      const portal = await setUp({ databaseId });
      const asked = portal.requestsFromNow();
      await expect(isStarredBy(portal, 'admin')).resolves.toBe(true);
      await expect(isStarredBy(portal, 'contributor')).resolves.toBe(true);
      await expect(isStarredBy(portal, 'author')).resolves.toBe(false);
      await expect(
        portal.marketplace.isStarred(locate('token-auth'), anybody),
      ).resolves.toBeUndefined();
      expect(asked()).toEqual([]);
    });

    it('follows what GitHub tells of, and reads no list for that', async () => {
      const portal = await setUp({ databaseId });
      const { changes, emulator, owner, later, sweep, signals } = portal;
      const star = async (on: boolean) => {
        later(1);
        await emulator.changes.star(`${owner}/token-auth`, {
          by: 'author',
          on,
        });
        return changes.repositoryChanged(starOf(portal, 'Author', on));
      };
      const asked = portal.requestsFromNow();
      signals.length = 0;
      await expect(star(true)).resolves.toMatchObject([
        { text: `Recorded: Author starred ${owner}/token-auth` },
        { text: `Asked GitHub about ${owner}/token-auth: 3 stars` },
      ]);
      expect(aboutPlugins(signals)).toMatchObject([
        { message: { parts: ['repository', 'summary'] } },
      ]);
      await expect(isStarredBy(portal, 'author')).resolves.toBe(true);
      await expect(star(false)).resolves.toMatchObject([
        {
          text: `Recorded: Author took their star back from ${owner}/token-auth`,
        },
        {},
      ]);
      await expect(isStarredBy(portal, 'author')).resolves.toBe(false);
      later(3000);
      await sweep.sweep();
      expect(stargazersAsked(asked)).toEqual([]);
    });

    it('is not changed by what is told late or twice', async () => {
      const portal = await setUp({ databaseId });
      const { changes, change, emulator, owner, later } = portal;
      const before = change();
      await emulator.changes.star(`${owner}/token-auth`, { by: 'author' });
      later(1);
      const given = starOf(portal, 'author', true);
      await changes.repositoryChanged(given);
      await expect(changes.repositoryChanged(given)).resolves.toEqual([]);
      await changes.repositoryChanged({
        ...starOf(portal, 'author', false),
        at: before.at,
      });
      await expect(isStarredBy(portal, 'author')).resolves.toBe(true);
      await changes.repositoryChanged({
        ...starOf(portal, 'admin', false),
        at: new Date(Date.parse(before.at) - 60_000).toISOString(),
      });
      await expect(isStarredBy(portal, 'admin')).resolves.toBe(true);
    });

    it('tells open pages also where the number of stars stays', async () => {
      const portal = await setUp({ databaseId });
      const { changes, emulator, owner, later, signals } = portal;
      const name = `${owner}/token-auth`;
      await emulator.changes.star(name, { by: 'author' });
      await emulator.changes.star(name, { by: 'admin', on: false });
      later(1);
      signals.length = 0;
      await changes.repositoryChanged(starOf(portal, 'author', true));
      await changes.repositoryChanged(starOf(portal, 'admin', false));
      expect(aboutPlugins(signals)).toMatchObject([
        { message: { parts: ['repository'] } },
        { message: { parts: ['repository'] } },
      ]);
      await expect(isStarredBy(portal, 'author')).resolves.toBe(true);
      await expect(isStarredBy(portal, 'admin')).resolves.toBe(false);
    });

    it('is read anew where there are more or fewer stars than was told of', async () => {
      const portal = await setUp({ databaseId });
      const { emulator, owner, later, sweep } = portal;
      const name = `${owner}/token-auth`;
      await emulator.changes.star(name, { by: 'author' });
      await emulator.changes.star(name, { by: 'portal-bot' });
      await emulator.changes.star(name, { by: 'admin', on: false });
      later(3000);
      let asked = portal.requestsFromNow();
      await sweep.sweep();
      expect(stargazersAsked(asked)).toHaveLength(1);
      await expect(isStarredBy(portal, 'author')).resolves.toBe(true);
      await expect(isStarredBy(portal, 'admin')).resolves.toBe(false);
      later(3000);
      asked = portal.requestsFromNow();
      await sweep.sweep();
      expect(stargazersAsked(asked)).toEqual([]);
    });

    it('is stored at once while nothing is left of the budget', async () => {
      const portal = await setUp({ databaseId });
      const { changes, emulator, later } = portal;
      emulator.setRateLimits({ core: 0, graphql: 0 });
      later(1);
      const given = starOf(portal, 'author', true);
      await expect(changes.repositoryChanged(given)).rejects.toMatchObject({
        retryAt: expect.any(Date),
      });
      await expect(isStarredBy(portal, 'author')).resolves.toBe(true);
    });

    it('is not known of those beyond what is read', async () => {
      const portal = await setUp({ databaseId, swept: false });
      const { changes, change, emulator, later, sweep } = portal;
      const { accounts, repositories } = emulator.state;
      const repository = repositories.get(change().id);
      for (let index = 2; index < 1000; index += 1) {
        const { id } = accounts.create({
          login: `${portal.owner}-fan-${index}`,
          type: 'User',
        });
        repositories.star(repository, id);
      }
      await emulator.changes.star(repository, { by: 'author' });
      const asked = portal.requestsFromNow();
      await sweep.sweep();
      expect(stargazersAsked(asked)).toHaveLength(10);
      await expect(isStarredBy(portal, 'admin')).resolves.toBe(true);
      await expect(isStarredBy(portal, 'author')).resolves.toBeUndefined();
      for (const starred of [false, true]) {
        later(1);
        await emulator.changes.star(repository, { by: 'author', on: starred });
        await changes.repositoryChanged(starOf(portal, 'author', starred));
        await expect(isStarredBy(portal, 'author')).resolves.toBe(starred);
      }
    });

    it('is not known where GitHub does not tell', async () => {
      const portal = await setUp({ databaseId, swept: false });
      const { emulator, sweep, marketplace } = portal;
      emulator.faults.add({
        kind: 'rest',
        path: /stargazers/,
        times: Infinity,
        fault: {
          type: 'status',
          status: 403,
          body: '{"message":"Resource not accessible by integration"}',
        },
      });
      await sweep.sweep();
      await expect(isStarredBy(portal, 'admin')).resolves.toBeUndefined();
      const { repository } = await marketplace.getPlugin(
        locate('token-auth'),
        anybody,
      );
      expect(repository).not.toHaveProperty('staleReason');
    });
  });
});
