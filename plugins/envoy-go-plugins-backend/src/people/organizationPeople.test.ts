import { resolve } from 'node:path';
import {
  TestDatabases,
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import { AuditRecorder, DatabaseAuditRecordStore } from '../audit';
import { DefaultGitHubDoor } from '../github';
import { DatabasePeopleSnapshotStore } from './DatabasePeopleSnapshotStore';
import { GitHubOrganizationPeople } from './GitHubOrganizationPeople';
import { OrganizationAdministration } from './OrganizationAdministration';
import { PersonalTokens } from './PersonalTokens';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

describe.each(databases.eachSupportedId())('the people on %p', id => {
  const directory = createMockDirectory();
  let emulator: GitHubEmulator;
  let door: DefaultGitHubDoor;
  let record: DatabaseAuditRecordStore;
  let administration: OrganizationAdministration;
  let time: number;

  const by = (user: string, gitHubToken: string | undefined) => ({
    credentials: mockCredentials.user(`user:default/${user}`),
    gitHubToken,
  });
  const owner = by('owner', 'owner-token');
  const listed = async (query = {}) =>
    (await administration.listMembers(query)).value.items.map(
      ({ login }) => login,
    );
  const lastRecord = async () => (await record.list({ limit: 1 })).items[0];

  beforeEach(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: {
        accounts: [
          { login: 'owner', name: 'Olga Owner' },
          { login: 'second' },
          { login: 'member', name: 'Mia Member' },
          { login: 'outsider', email: 'out@example.org' },
          { login: 'portal-bot', isMachine: true },
        ],
        organizations: [
          {
            login: 'envoy-plugins',
            owners: ['owner', 'portal-bot'],
            members: ['second'],
            teams: [
              { name: 'admins', members: ['owner'] },
              { name: 'gateway', members: ['member', 'owner'] },
            ],
          },
        ],
        tokens: [
          { token: 'portal-token', account: 'portal-bot' },
          { token: 'owner-token', account: 'owner' },
          { token: 'owner-reads', account: 'owner', scopes: ['read:org'] },
          { token: 'member-token', account: 'member' },
        ],
      },
    });
    time = Date.now();
    const now = () => new Date(time);
    const knex = await databases.init(id);
    await knex.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    const logger = mockServices.logger.mock();
    door = DefaultGitHubDoor.create({
      db: knex,
      integrations: ScmIntegrations.fromConfig(
        new ConfigReader({
          integrations: {
            github: [
              {
                host: emulator.host,
                apiBaseUrl: emulator.apiBaseUrl,
                token: 'portal-token',
              },
            ],
          },
        }),
      ),
      logger,
      timeoutMs: 10_000,
      now,
    });
    record = new DatabaseAuditRecordStore(knex);
    const auditor = mockServices.auditor.mock();
    auditor.createEvent.mockResolvedValue({
      success: async () => {},
      fail: async () => {},
    });
    administration = new OrganizationAdministration({
      host: emulator.host,
      people: new GitHubOrganizationPeople({
        door,
        store: new DatabasePeopleSnapshotStore({
          db: knex,
          host: emulator.host,
          organization: 'Envoy-Plugins',
        }),
        host: emulator.host,
        organization: 'envoy-plugins',
        adminTeam: 'admins',
        now,
      }),
      tokens: new PersonalTokens({
        door,
        people: {
          viewerOf: async ref =>
            ref === 'user:development/guest'
              ? undefined
              : { host: emulator.host, login: ref.split('/')[1] },
        },
        now,
      }),
      recorder: new AuditRecorder({ auditor, store: record, logger, now }),
    });
  });

  afterEach(async () => {
    await door.stop();
    await emulator.close();
    directory.clear();
  });

  it('are listed, a page at a time, and found by name, role and team', async () => {
    await expect(administration.listMembers({ limit: 2 })).resolves.toEqual({
      asOf: new Date(time).toISOString(),
      value: {
        organization: 'envoy-plugins',
        totalItems: 4,
        items: [
          {
            login: 'member',
            name: 'Mia Member',
            avatarUrl: expect.stringContaining('http'),
            url: `${emulator.url}/member`,
            role: 'member',
            teams: [{ slug: 'gateway', name: 'gateway' }],
          },
          expect.objectContaining({
            login: 'owner',
            role: 'admin',
            teams: [
              { slug: 'admins', name: 'admins' },
              { slug: 'gateway', name: 'gateway' },
            ],
          }),
        ],
      },
    });
    await expect(listed({ offset: 2 })).resolves.toEqual([
      'portal-bot',
      'second',
    ]);
    await expect(listed({ text: 'OLGA own' })).resolves.toEqual(['owner']);
    await expect(listed({ role: 'admin' })).resolves.toEqual([
      'owner',
      'portal-bot',
    ]);
    await expect(listed({ team: 'admins' })).resolves.toEqual(['owner']);
    await expect(administration.listTeams()).resolves.toMatchObject({
      value: [
        {
          slug: 'admins',
          administrators: true,
          members: [{ login: 'owner', role: 'member' }],
        },
        { slug: 'gateway', administrators: false },
      ],
    });
  });

  it('are not asked for again while they are fresh, and shown with their age while GitHub is down', async () => {
    await listed();
    const asked = emulator.requests().length;
    await listed({ role: 'admin' });
    expect(emulator.requests()).toHaveLength(asked);

    const before = new Date(time).toISOString();
    await emulator.close();
    time += 60_000;
    await expect(administration.listMembers({})).resolves.toMatchObject({
      asOf: before,
      staleReason: expect.stringContaining('could not be reached'),
      value: { totalItems: 4 },
    });
    await expect(administration.listInvitations()).rejects.toThrow(
      'could not be reached',
    );
  });

  it('are invited, and the invitation is withdrawn, on the record', async () => {
    const invitation = await administration.invite(
      { invitee: 'outsider', role: 'member', teams: ['gateway'] },
      owner,
    );
    expect(invitation).toMatchObject({
      login: 'outsider',
      role: 'member',
      teams: ['gateway'],
      inviter: 'owner',
    });
    await expect(lastRecord()).resolves.toMatchObject({
      actor: 'user:default/owner',
      action: 'member.invite',
      subject: 'outsider',
      outcome: 'succeeded',
      message: 'Invited outsider into the organisation',
      details: { role: 'member', teams: ['gateway'] },
    });
    await expect(administration.listInvitations()).resolves.toMatchObject({
      value: [{ id: invitation.id, teams: ['gateway'] }],
    });

    time += 1;
    await administration.cancelInvitation(invitation.id, owner);
    await expect(administration.listInvitations()).resolves.toMatchObject({
      value: [],
    });
    await expect(
      administration.cancelInvitation(invitation.id, owner),
    ).rejects.toThrow(`There is no pending invitation ${invitation.id}`);
    await administration.invite(
      { invitee: 'out@example.org', role: 'admin' },
      owner,
    );
    time += 1;
    await expect(administration.listInvitations()).resolves.toMatchObject({
      value: [{ role: 'admin' }],
    });
  });

  it.each([
    ['nobody', 'There is nobody called "nobody" on'],
    ['envoy-plugins', 'is not a person on'],
    ['..', 'is neither a login on'],
    ['member', 'already a part of this organization'],
  ])('are not invited when it is %s', async (invitee, message) => {
    await expect(
      administration.invite({ invitee, role: 'member' }, owner),
    ).rejects.toThrow(message);
    await expect(lastRecord()).resolves.toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining(message),
    });
  });

  it('are not invited into a team that there is not', async () => {
    await expect(
      administration.invite(
        { invitee: 'outsider', role: 'member', teams: ['none'] },
        owner,
      ),
    ).rejects.toThrow('envoy-plugins has no team "none"');
  });

  it('get another role, and that shows at once', async () => {
    await listed();
    time += 1;
    await administration.setMemberRole(
      { login: 'second', role: 'admin' },
      owner,
    );
    time += 1;
    await expect(listed({ role: 'admin' })).resolves.toContain('second');
    await administration.setMemberRole(
      { login: 'second', role: 'member' },
      owner,
    );
    time += 1;
    await expect(listed({ role: 'admin' })).resolves.not.toContain('second');
    await expect(lastRecord()).resolves.toMatchObject({
      action: 'member.set-role',
      subject: 'second',
      before: { role: 'admin' },
      after: { role: 'member' },
    });
  });

  it('are removed from the organisation and its teams', async () => {
    await listed();
    time += 1;
    await administration.removeMember('member', owner);
    time += 1;
    await expect(listed()).resolves.not.toContain('member');
    const { value } = await administration.listTeams();
    expect(value[1].members).toEqual([{ login: 'owner', role: 'member' }]);
    await expect(administration.removeMember('member', owner)).rejects.toThrow(
      'member is not a member of envoy-plugins',
    );
  });

  it('cannot remove themselves, nor the last owner', async () => {
    await expect(administration.removeMember('Owner', owner)).rejects.toThrow(
      'You cannot remove yourself: you could not undo it',
    );
    await expect(
      administration.setMemberRole({ login: 'owner', role: 'member' }, owner),
    ).rejects.toThrow('You cannot take your own ownership away');
    await expect(
      administration.removeTeamMember(
        { slug: 'admins', login: 'owner' },
        owner,
      ),
    ).rejects.toThrow('You cannot remove yourself from admins');

    await administration.setMemberRole(
      { login: 'portal-bot', role: 'member' },
      owner,
    );
    await expect(
      administration.removeMember('owner', by('member', 'member-token')),
    ).rejects.toThrow('owner is the last owner of envoy-plugins');
  });

  it('come into teams and out of them', async () => {
    await administration.setTeamMember(
      { slug: 'admins', login: 'second', role: 'maintainer' },
      owner,
    );
    await expect(administration.listTeams()).resolves.toMatchObject({
      value: [
        {
          members: [
            { login: 'owner', role: 'member' },
            { login: 'second', role: 'maintainer' },
          ],
        },
        {},
      ],
    });
    time += 1;
    await administration.removeTeamMember(
      { slug: 'admins', login: 'second' },
      owner,
    );
    time += 1;
    await expect(listed({ team: 'admins' })).resolves.toEqual(['owner']);
    await expect(
      administration.removeTeamMember(
        { slug: 'admins', login: 'second' },
        owner,
      ),
    ).rejects.toThrow('second is not in the team admins of envoy-plugins');
    await expect(
      administration.setTeamMember(
        { slug: 'admins', login: 'outsider', role: 'member' },
        owner,
      ),
    ).rejects.toThrow(
      'outsider is not a member of envoy-plugins: invite them first',
    );
    await expect(
      administration.setTeamMember(
        { slug: 'none', login: 'second', role: 'member' },
        owner,
      ),
    ).rejects.toThrow('envoy-plugins has no team "none"');
  });

  it.each([
    ['no token', undefined, 'owner', 'GitHubTokenError', 401, 'x-github-token'],
    [
      'a token that has ended',
      'gone',
      'owner',
      'GitHubTokenError',
      401,
      'has expired or was revoked',
    ],
    [
      "somebody else's token",
      'owner-token',
      'second',
      'GitHubTokenError',
      401,
      'belongs to owner',
    ],
    [
      'a token without the scope',
      'owner-reads',
      'owner',
      'InsufficientGitHubScopesError',
      403,
      'lacks "admin:org"',
    ],
  ])(
    'are not changed with %s',
    async (_, token, user, name, statusCode, message) => {
      const failure = await administration
        .removeMember('second', by(user, token))
        .catch(error => error);
      expect(failure).toMatchObject({
        name,
        statusCode,
        message: expect.stringContaining(message),
      });
      await expect(listed()).resolves.toContain('second');
      const kept = await lastRecord();
      expect(kept).toMatchObject({ outcome: 'failed' });
      expect(JSON.stringify(kept)).not.toContain(token ?? 'portal-token');
    },
  );

  it('are not changed by guests, nor by whom GitHub does not let', async () => {
    await expect(
      administration.removeMember('second', {
        credentials: mockCredentials.user('user:development/guest'),
        gitHubToken: 'owner-token',
      }),
    ).rejects.toThrow('guests look, but change nothing');
    await expect(
      administration.removeMember('second', by('member', 'member-token')),
    ).rejects.toMatchObject({ name: 'NotAllowedError' });
  });

  it('are asked only now and then who they are, and again when their token was revoked', async () => {
    const token = await emulator.createToken('owner', ['admin:org']);
    const asked = () =>
      emulator.requests().filter(({ path }) => path.endsWith('/user')).length;
    const makeSecond = (role: 'admin' | 'member') =>
      administration.setMemberRole(
        { login: 'second', role },
        by('owner', token),
      );
    await makeSecond('admin');
    await makeSecond('member');
    expect(asked()).toBe(1);

    const { oauth, store } = emulator.state;
    const kept = oauth.find(token);
    store.collections.tokens.delete(kept?.id ?? 0);
    await expect(makeSecond('admin')).rejects.toMatchObject({
      name: 'GitHubTokenError',
    });
    await expect(makeSecond('admin')).rejects.toMatchObject({
      name: 'GitHubTokenError',
    });
    expect(asked()).toBe(2);
  });
});
