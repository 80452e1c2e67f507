import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import { readDelivery } from '@envoy-go/event-intake';
import WEBHOOK_EXAMPLES from '@octokit/webhooks-examples';
import { DatabasePluginStore } from '../marketplace';
import { RecordedChanges } from '../testing/RecordedChanges';
import { DatabaseDeletedTagStore } from './DatabaseDeletedTagStore';
import type { DeletedTagStore, TagName } from './DeletedTagStore';
import { DeliveryHandlers } from './DeliveryHandlers';
import { followAccess } from './followAccess';
import { followRepositories } from './followRepositories';

// Where many things run at once a database takes long to start and to end
jest.setTimeout(180_000);

const AT = '2026-11-22T14:02:10.000Z';

function tagsInMemory(): DeletedTagStore {
  const tags = new Map<string, string>();
  const keyOf = ({ host, repositoryId, tag }: TagName) =>
    `${host} ${repositoryId} ${tag}`;
  return {
    add: async deleted => {
      tags.set(keyOf(deleted), deleted.commit);
    },
    get: async tag => tags.get(keyOf(tag)),
    clean: async () => tags.clear(),
  };
}

function setUp(deletedTags: DeletedTagStore = tagsInMemory()) {
  const changes = new RecordedChanges();
  const handlers = new DeliveryHandlers();
  followRepositories(handlers, { changes, deletedTags });
  followAccess(handlers, { changes, host: 'ghe.example.com' });
  const handle = async (event: string, payload: object) =>
    handlers.handle({
      delivery: {
        ...readDelivery({
          headers: { 'x-github-event': event, 'x-github-delivery': 'd-1' },
          body: JSON.stringify(payload),
          receivedAt: new Date(AT),
        }),
        id: 1,
        state: 'processing',
        attempts: 1,
      },
      signal: new AbortController().signal,
    });
  return { handle, calls: changes.calls };
}

function examplesOf(event: string): object[] {
  return WEBHOOK_EXAMPLES.filter(({ name }) => name === event).flatMap(
    ({ examples }) => examples,
  );
}

function example(event: string, action?: string): object {
  const found = examplesOf(event).find(
    payload =>
      action === undefined ||
      ('action' in payload && payload.action === action),
  );
  if (!found) {
    throw new Error(`There is no example of ${event} ${action}`);
  }
  return found;
}

const REPOSITORY = {
  host: 'github.com',
  id: 186853002,
  fullName: 'Codertocat/Hello-World',
  at: AT,
  actor: 'Codertocat',
};

const ELSEWHERE = {
  id: 7,
  full_name: 'envoy-plugins/token-auth',
  html_url: 'https://localhost:4010/envoy-plugins/token-auth',
  default_branch: 'main',
};

const HERE = {
  host: 'localhost:4010',
  id: 7,
  fullName: 'envoy-plugins/token-auth',
  at: AT,
};

const COMMITS = { a: 'a'.repeat(40), b: 'b'.repeat(40), none: '0'.repeat(40) };

function push(
  ref: string,
  before: keyof typeof COMMITS,
  after: keyof typeof COMMITS,
) {
  return {
    ref,
    before: COMMITS[before],
    after: COMMITS[after],
    head_commit: after === 'none' ? null : { id: COMMITS[after] },
    repository: ELSEWHERE,
  };
}

describe('followRepositories and followAccess', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  it('have an answer to every example of GitHub, or ignore it', async () => {
    const { handle } = setUp();
    const outcomes: Record<string, 'done' | 'ignored'> = {};
    for (const { name, examples } of WEBHOOK_EXAMPLES) {
      for (const payload of examples) {
        outcomes[name] = (await handle(name, payload)) ? 'done' : 'ignored';
      }
    }
    expect(
      Object.keys(outcomes)
        .filter(name => outcomes[name] === 'done')
        .sort(),
    ).toEqual([
      'create',
      'delete',
      'fork',
      'installation',
      'installation_repositories',
      'issue_comment',
      'issues',
      'member',
      'membership',
      'organization',
      'ping',
      'public',
      'pull_request',
      'push',
      'release',
      'repository',
      'star',
      'team',
      'team_add',
    ]);
  });

  it('says which parts of a repository changed, and what that caused', async () => {
    const { handle, calls } = setUp();
    await expect(handle('star', example('star', 'created'))).resolves.toEqual([
      { text: 'repositoryChanged.', entityRef: 'envoygoplugin:default/a' },
    ]);
    for (const event of ['issues', 'pull_request']) {
      await handle(event, example(event));
    }
    await handle('create', { ...example('create'), ref_type: 'tag' });
    await handle('delete', { ...example('delete'), ref_type: 'branch' });
    expect(calls).toEqual(
      [
        {
          parts: ['summary', 'repository'],
          star: { login: 'Codertocat', starred: true },
        },
        { parts: ['discussions', 'repository'] },
        { parts: ['discussions', 'repository'] },
        { parts: ['source', 'releases'] },
        { parts: ['source', 'repository'] },
      ].map(call => ({ method: 'repositoryChanged', ...REPOSITORY, ...call })),
    );
  });

  it('reads the README anew when its branch was pushed to', async () => {
    const { handle, calls } = setUp();
    await handle('push', push('refs/heads/main', 'a', 'b'));
    await handle('push', push('refs/heads/feature', 'a', 'b'));
    expect(calls).toEqual([
      {
        method: 'repositoryChanged',
        ...HERE,
        parts: ['summary', 'repository', 'readme', 'source'],
      },
      { method: 'repositoryChanged', ...HERE, parts: ['repository', 'source'] },
    ]);
  });

  it.each(['published', 'edited', 'deleted', 'unpublished'] as const)(
    'tells of a release that was %s',
    async action => {
      const { handle, calls } = setUp();
      await handle('release', {
        ...example('release', 'published'),
        action,
      });
      expect(calls).toEqual([
        {
          method: 'releaseChanged',
          ...REPOSITORY,
          action,
          release: {
            id: 17372790,
            tag: '0.0.1',
            url: 'https://github.com/Codertocat/Hello-World/releases/tag/0.0.1',
          },
        },
      ]);
    },
  );

  it.each([
    [
      'renamed',
      { repository: { name: { from: 'Old' } } },
      {
        method: 'repositoryMoved',
        from: 'Codertocat/Old',
        to: 'Codertocat/Hello-World',
        kind: 'renamed',
      },
    ],
    [
      'transferred',
      { owner: { from: { user: { login: 'before' } } } },
      {
        method: 'repositoryMoved',
        from: 'before/Hello-World',
        to: 'Codertocat/Hello-World',
        kind: 'transferred',
      },
    ],
    [
      'transferred',
      { owner: { from: { organization: { login: 'before' } } } },
      {
        method: 'repositoryMoved',
        from: 'before/Hello-World',
        to: 'Codertocat/Hello-World',
        kind: 'transferred',
      },
    ],
    ['deleted', {}, { method: 'repositoryGone' }],
    ['archived', {}, { method: 'repositoryArchived', archived: true }],
    ['unarchived', {}, { method: 'repositoryArchived', archived: false }],
    [
      'privatized',
      {},
      { method: 'repositoryVisibilityChanged', visibility: 'private' },
    ],
    [
      'publicized',
      {},
      { method: 'repositoryVisibilityChanged', visibility: 'public' },
    ],
  ])('tells of a repository that was %s %j', async (action, changes, call) => {
    const { handle, calls } = setUp();
    await handle('repository', {
      ...example('repository'),
      action,
      changes,
    });
    const { fullName, ...moved } = REPOSITORY;
    expect(calls).toEqual([
      call.method === 'repositoryMoved'
        ? { ...moved, ...call }
        : { ...moved, fullName, ...call },
    ]);
  });

  it('tells of a tag that was moved by force, not of one that is new', async () => {
    const { handle, calls } = setUp();
    await handle('push', push('refs/tags/v1.0.0', 'none', 'a'));
    expect(calls.map(({ method }) => method)).toEqual(['repositoryChanged']);
    await handle('push', push('refs/tags/v1.0.0', 'a', 'b'));
    expect(calls.slice(1)).toEqual([
      {
        method: 'tagMoved',
        ...HERE,
        tag: 'v1.0.0',
        before: COMMITS.a,
        after: COMMITS.b,
      },
      { method: 'repositoryChanged', ...HERE, parts: ['source', 'releases'] },
    ]);
  });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('tells of a tag that was deleted and made anew elsewhere', async () => {
      const knex = await databases.init(databaseId);
      await DatabasePluginStore.create({
        database: mockServices.database({ knex }),
        knownEnvoyVersions: [],
        integrates: () => false,
      });
      const { handle, calls } = setUp(new DatabaseDeletedTagStore(knex));
      const moves = () => calls.filter(({ method }) => method === 'tagMoved');
      await handle('push', push('refs/tags/v1', 'b', 'none'));
      await handle('push', push('refs/tags/v1', 'a', 'none'));
      await handle('push', push('refs/tags/v2', 'none', 'b'));
      await handle('push', push('refs/tags/v1', 'none', 'a'));
      expect(moves()).toEqual([]);
      for (const time of ['first', 'again']) {
        await handle('push', push('refs/tags/v1', 'none', 'b'));
        expect([time, moves().at(-1)]).toEqual([
          time,
          {
            method: 'tagMoved',
            ...HERE,
            tag: 'v1',
            before: COMMITS.a,
            after: COMMITS.b,
          },
        ]);
      }
      await new DatabaseDeletedTagStore(knex).clean('2027-01-01T00:00:00.000Z');
      await handle('push', push('refs/tags/v1', 'none', 'b'));
      expect(moves()).toHaveLength(2);
    });
  });

  it('tells who may see other things than before', async () => {
    const { handle, calls } = setUp();
    await handle('member', example('member', 'added'));
    await handle('team', {
      ...example('team', 'added_to_repository'),
      repository: ELSEWHERE,
    });
    await handle('membership', example('membership', 'removed'));
    await handle('organization', example('organization', 'member_added'));
    await handle('installation', example('installation', 'created'));
    await handle('team', {
      action: 'deleted',
      organization: { login: 'envoy-plugins' },
      team: {},
    });
    expect(calls).toEqual([
      expect.objectContaining({ host: 'github.com', repositoryId: 186853002 }),
      expect.objectContaining({ host: 'localhost:4010', repositoryId: 7 }),
      expect.objectContaining({ organization: 'Octocoders' }),
      expect.objectContaining({ organization: 'Octocoders' }),
      expect.objectContaining({ organization: 'Codertocat' }),
      {
        method: 'accessChanged',
        host: 'ghe.example.com',
        organization: 'envoy-plugins',
        at: AT,
      },
    ]);
    await expect(
      handle('organization', example('organization', 'member_invited')),
    ).resolves.toEqual([
      { text: 'Nothing changed: who is invited sees nothing more yet.' },
    ]);
    expect(calls).toHaveLength(6);
  });
});
