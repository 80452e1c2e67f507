import { TestDatabases } from '@backstage/backend-test-utils';
import {
  BACKEND,
  NOTIFICATION_SECRET,
  startTokenPortal,
  type TokenPortal,
} from './__testUtils__/startTokenPortal';
import { DatabasePullCounts } from './DatabasePullCounts';
import type { Pull } from './PullCounts';

jest.setTimeout(60_000);

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const IMAGE = 'registry.example.com/plugins/header-auth';

/** As Distribution 2.8 sends it. */
function event(changes: Record<string, unknown> = {}) {
  return {
    id: 'e-1',
    timestamp: '2026-11-22T10:00:00.123456789Z',
    action: 'pull',
    target: {
      mediaType: 'application/vnd.oci.image.index.v1+json',
      size: 708,
      digest: DIGEST,
      length: 708,
      repository: 'plugins/header-auth',
      url: 'http://registry.example.com/v2/plugins/header-auth/manifests/x',
      tag: 'latest',
    },
    request: {
      id: 'r-1',
      addr: '192.0.2.1',
      method: 'GET',
      useragent: 'crane',
    },
    actor: {},
    source: { addr: 'registry:5000', instanceID: 'i-1' },
    ...changes,
  };
}

describe('counting pulls', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    async function counts(now = () => new Date()) {
      const db = await databases.init(databaseId);
      await db.migrate.latest({ directory: `${__dirname}/../../migrations` });
      return { db, counts: new DatabasePullCounts({ db, now }) };
    }

    const pull = (eventId: string, changes: Partial<Pull> = {}): Pull => ({
      eventId,
      repository: 'plugins/header-auth',
      digest: DIGEST,
      at: new Date('2026-11-22T10:00:00Z'),
      ...changes,
    });

    it('adds those by tag to those by digest', async () => {
      const { counts: pulls } = await counts();
      await pulls.add([
        pull('1'),
        pull('2', { tag: 'latest' }),
        pull('3', { tag: '1.0.0' }),
        pull('4', { digest: OTHER }),
        pull('5', { repository: 'plugins/other' }),
      ]);
      await expect(pulls.count(IMAGE, DIGEST)).resolves.toBe(3);
      await expect(pulls.countAll(IMAGE)).resolves.toEqual(
        new Map([
          [DIGEST, 3],
          [OTHER, 1],
        ]),
      );
      await expect(
        pulls.count(IMAGE, `sha256:${'c'.repeat(64)}`),
      ).resolves.toBe(0);
    });

    it('counts an event once, however often and by whomever it is told', async () => {
      const { counts: pulls } = await counts();
      const told = [pull('1'), pull('2'), pull('1')];
      await Promise.all([
        pulls.add(told),
        pulls.add(told.toReversed()),
        pulls.add(told),
      ]);
      await expect(pulls.count(IMAGE, DIGEST)).resolves.toBe(2);
    });

    it('forgets events of long ago, and no counts', async () => {
      let now = new Date('2026-01-01T00:00:00Z');
      const { db, counts: pulls } = await counts(() => now);
      await pulls.add([pull('1')]);
      now = new Date('2026-06-01T00:00:00Z');
      await pulls.add([pull('2')]);
      await pulls.clean();
      await expect(db('registry_events').pluck('id')).resolves.toEqual(['2']);
      await expect(pulls.count(IMAGE, DIGEST)).resolves.toBe(2);
    });
  });

  describe('that a registry tells of', () => {
    let portal: TokenPortal;

    beforeEach(async () => {
      portal = await startTokenPortal(await databases.init('SQLITE_3'), {
        notificationSecret: NOTIFICATION_SECRET,
        tokenServer: {
          issuer: 'portal',
          service: 'registry.example.com',
          path: 'plugins',
          ...BACKEND,
        },
      });
    });

    afterEach(() => portal.stop());

    async function tell(
      body: unknown,
      authorization = `Bearer ${NOTIFICATION_SECRET}`,
    ): Promise<number> {
      const answer = await fetch(`${portal.url}/registry/events`, {
        method: 'POST',
        headers: {
          authorization,
          'content-type': 'application/vnd.docker.distribution.events.v1+json',
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      await answer.text();
      return answer.status;
    }

    it('takes in those of others only', async () => {
      const events = [
        event(),
        event({ id: 'e-2', actor: { name: 'user:default/reader' } }),
        event({ id: 'e-3', actor: { name: BACKEND.username } }),
        event({ id: 'e-4', action: 'push' }),
        event({ id: 'e-5', request: { method: 'HEAD' } }),
        event({
          id: 'e-6',
          target: {
            ...event().target,
            mediaType: 'application/octet-stream',
          },
        }),
      ];
      await expect(tell({ events })).resolves.toBe(202);
      await expect(tell({ events })).resolves.toBe(202);
      await expect(portal.pulls.count(IMAGE, DIGEST)).resolves.toBe(2);
    });

    it('leaves out what makes no sense, which would come again for ever', async () => {
      const events = [
        null,
        'event',
        {},
        event({ id: undefined }),
        event({ id: 'x'.repeat(10_000) }),
        event({ id: 'nul\0' }),
        event({ id: 'e-7', target: null }),
        event({ id: 'e-8', target: { ...event().target, digest: 'latest' } }),
        event({ id: 'e-9', timestamp: 'yesterday' }),
      ];
      await expect(tell({ events })).resolves.toBe(202);
      await expect(portal.pulls.count(IMAGE, DIGEST)).resolves.toBe(1);
    });

    it.each([
      ['without the secret', {}, '', 401],
      ['with another', {}, 'Bearer guess', 401],
      ['as Basic', {}, `Basic ${NOTIFICATION_SECRET}`, 401],
      ['of no form', 'no JSON', undefined, 400],
      ['without events', { event: [] }, undefined, 400],
      ['of a list', [], undefined, 400],
      ['that is huge', 'x'.repeat(1024 * 1024 + 1), undefined, 413],
    ])('refuses an envelope %s', async (_what, body, secret, status) => {
      await expect(tell(body, secret)).resolves.toBe(status);
    });
  });
});
