import { createMockDirectory } from '@backstage/backend-test-utils';
import { isSigned, Receiver } from '../__testUtils__/Receiver';
import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';
import { TEST_SEED } from '../__testUtils__/testSeed';
import { webhookViolations } from '../__testUtils__/webhookTruth';
import { startGitHubEmulator } from '../startGitHubEmulator';

jest.setTimeout(60_000);

const org = 'envoy-plugins';
const plugin = { owner: org, repo: 'token-auth' };

describe('webhooks', () => {
  const emulator = setupTestEmulator({ deliveryTimeout: 2000 });
  const receiver = new Receiver();

  beforeAll(async () => {
    await receiver.open();
  });
  afterAll(async () => {
    await receiver.close();
  });
  afterEach(async () => {
    receiver.answer = response => response.end('ok');
    const { hooks, state } = emulator.running;
    state.store.collections.webhooks.list().forEach(one => hooks.delete(one));
    await emulator.running.deliveriesSettled();
    receiver.take();
  });

  const admin = () => emulator.client('admin');
  const create = async (events: string[] = ['star'], secret?: string) => {
    const { data } = await admin().repos.createWebhook({
      ...plugin,
      events,
      config: { url: receiver.url, content_type: 'json', secret },
    });
    await emulator.running.deliveriesSettled();
    return { ...plugin, hook_id: data.id };
  };
  // Octokit takes a field that is called `url` for the address of the request.
  const configure = async (path: string, config: Record<string, string>) =>
    (
      await emulator.fetch(`/api/v3${path}/config`, {
        method: 'PATCH',
        login: 'admin',
        body: JSON.stringify(config),
      })
    ).status;
  const unstar = async () => {
    await admin().activity.unstarRepoForAuthenticatedUser(plugin);
    await emulator.running.deliveriesSettled();
  };
  const star = async () => {
    await admin().activity.starRepoForAuthenticatedUser(plugin);
    await emulator.running.deliveriesSettled();
  };

  it('are made, shown, changed and deleted, and never show their secret', async () => {
    const { orgs } = admin();
    const made = await orgs.createWebhook({
      org,
      name: 'web',
      events: ['push', 'release'],
      config: { url: receiver.url, secret: 'first', insecure_ssl: 1 },
    });
    const hook = { org, hook_id: made.data.id };
    expect(made.data).toMatchObject({
      type: 'Organization',
      name: 'web',
      active: true,
      events: ['push', 'release'],
      config: {
        url: receiver.url,
        content_type: 'form',
        insecure_ssl: '1',
        secret: '********',
      },
    });
    expect((await orgs.listWebhooks({ org })).data).toHaveLength(1);
    expect((await orgs.getWebhook(hook)).data.id).toBe(made.data.id);
    const configured = await configure(`/orgs/${org}/hooks/${made.data.id}`, {
      url: receiver.url,
      content_type: 'json',
    });
    expect(configured).toBe(200);
    expect((await orgs.getWebhookConfigForOrg(hook)).data).toEqual({
      url: receiver.url,
      content_type: 'json',
      insecure_ssl: '1',
      secret: '********',
    });
    const changed = await orgs.updateWebhook({
      ...hook,
      active: false,
      config: { url: receiver.url },
    });
    expect(changed.data.active).toBe(false);
    expect(changed.data.config.secret).toBeUndefined();
    await orgs.deleteWebhook(hook);
    expect(await refusal(orgs.getWebhook(hook))).toMatchObject({ status: 404 });
  });

  it('are for those who own the organisation or the repository', async () => {
    const hook = await create();
    for (const login of ['contributor', 'outsider', 'narrow']) {
      const client = emulator.client(login);
      expect(await refusal(client.repos.listWebhooks(plugin))).toMatchObject({
        status: 404,
      });
      expect(
        await refusal(client.repos.listWebhookDeliveries(hook)),
      ).toMatchObject({ status: 404 });
      expect(await refusal(client.orgs.listWebhooks({ org }))).toMatchObject({
        status: 404,
      });
    }
  });

  it('deliver to this machine only', async () => {
    const urls = [
      'https://example.com/hook',
      'http://169.254.169.254/latest',
      'http://10.0.0.1/',
      'http://0.0.0.0/',
      'http://[::ffff:127.0.0.1]/',
      'http://localhost.example.com/',
      'http://127.0.0.1@example.com/',
      'http://user:password@localhost/',
      'ftp://localhost/',
      'file:///etc/passwd',
      'nonsense',
      '',
    ];
    for (const url of urls) {
      expect(
        await refusal(
          admin().repos.createWebhook({ ...plugin, config: { url } }),
        ),
      ).toMatchObject({
        status: 422,
        message: 'Validation Failed',
        fields: [expect.stringContaining('url')],
      });
    }
    const hook = await create();
    const path = `/repos/${org}/token-auth/hooks/${hook.hook_id}`;
    expect(await configure(path, { url: 'https://example.com' })).toBe(422);
  });

  it('refuse events that there are not, and the same address twice', async () => {
    await create();
    const config = { url: `${receiver.url}/other` };
    expect(
      await refusal(
        admin().repos.createWebhook({ ...plugin, config, events: ['party'] }),
      ),
    ).toMatchObject({ status: 422, fields: ['party is not a valid event'] });
    expect(
      await refusal(
        admin().repos.createWebhook({ ...plugin, config, events: [] }),
      ),
    ).toMatchObject({ status: 422 });
    expect(await refusal(create())).toMatchObject({
      status: 422,
      fields: ['Hook already exists on this repository'],
    });
    expect(
      await refusal(
        admin().repos.createWebhook({ ...plugin, config, name: 'irc' }),
      ),
    ).toMatchObject({ status: 422, fields: ['name'] });
    const raw = await emulator.fetch(`/api/v3/repos/${org}/token-auth/hooks`, {
      method: 'POST',
      login: 'admin',
      body: JSON.stringify({ config: 5, events: 'push' }),
    });
    expect(raw.status).toBe(422);
  });

  it('are told only what they want to know, and only while they are active', async () => {
    const hook = await create(['release']);
    expect(receiver.take()).toEqual(['ping']);
    await unstar();
    expect(receiver.take()).toEqual([]);
    await admin().repos.updateWebhook({
      ...hook,
      add_events: ['star'],
      remove_events: ['release'],
    });
    await star();
    expect(receiver.take()).toEqual(['star.created']);
    await admin().repos.updateWebhook({ ...hook, active: false });
    await unstar();
    expect(receiver.take()).toEqual([]);
    await star();
  });

  it('send forms too, signed', async () => {
    await admin().repos.createWebhook({
      ...plugin,
      config: { url: receiver.url, content_type: 'form', secret: 'known' },
    });
    await emulator.running.deliveriesSettled();
    const [ping] = receiver.received;
    expect(ping.headers['content-type']).toBe(
      'application/x-www-form-urlencoded',
    );
    expect(ping.headers['x-github-hook-installation-target-type']).toBe(
      'repository',
    );
    expect(isSigned(ping, 'known')).toBe(true);
    expect(isSigned(ping, 'guessed')).toBe(false);
    expect(webhookViolations('ping', ping.payload)).toEqual([]);
    expect(webhookViolations('ping', { zen: 'only' })).not.toEqual([]);
  });

  it('send the newest push as a test, to those who listen to pushes', async () => {
    const deaf = await create(['star']);
    await admin().repos.testPushWebhook(deaf);
    await emulator.running.deliveriesSettled();
    expect(receiver.take()).toEqual(['ping']);
    await admin().repos.updateWebhook({ ...deaf, events: ['push'] });
    await admin().repos.testPushWebhook(deaf);
    await emulator.running.deliveriesSettled();
    expect(receiver.received).toMatchObject([
      { event: 'push', payload: { ref: 'refs/heads/main', deleted: false } },
    ]);
  });

  it('keep what was delivered and what came back, page by page', async () => {
    const hook = await create(['star'], 'known');
    receiver.answer = response => {
      response.setHeader('x-answer', '42').statusCode = 201;
      response.end('thanks');
    };
    await unstar();
    await star();
    const { repos } = admin();
    const first = await repos.listWebhookDeliveries({ ...hook, per_page: 2 });
    expect(first.data).toMatchObject([
      { event: 'star', action: 'created', status: 'OK', status_code: 201 },
      { event: 'star', action: 'deleted', redelivery: false },
    ]);
    const cursor = /cursor=(v1_\d+)[^>]*>; rel="next"/.exec(
      first.headers.link ?? '',
    )?.[1];
    const second = await repos.listWebhookDeliveries({
      ...hook,
      per_page: 2,
      cursor,
    });
    expect(second.data).toMatchObject([{ event: 'ping', action: null }]);
    expect(second.headers.link).toBeUndefined();
    const { data } = await repos.getWebhookDelivery({
      ...hook,
      delivery_id: first.data[0].id,
    });
    expect(data).toMatchObject({
      url: receiver.url,
      duration: expect.any(Number),
      request: {
        headers: {
          'X-GitHub-Event': 'star',
          'X-GitHub-Delivery': first.data[0].guid,
          'X-Hub-Signature-256': expect.stringMatching(/^sha256=/),
        },
        payload: { action: 'created', sender: { login: 'admin' } },
      },
      response: { headers: { 'x-answer': '42' }, payload: 'thanks' },
    });
    expect(
      await refusal(
        repos.listWebhookDeliveries({ ...hook, cursor: 'v1_x; DROP' }),
      ),
    ).toMatchObject({ status: 400 });
    expect(
      await refusal(repos.getWebhookDelivery({ ...hook, delivery_id: 1 })),
    ).toMatchObject({ status: 404 });
  });

  it('record what failed, and deliver it again only when asked', async () => {
    const hook = await create();
    receiver.answer = response => {
      response.statusCode = 500;
      response.end('out of order');
    };
    await unstar();
    receiver.answer = () => {};
    await star();
    receiver.answer = response => {
      response.writeHead(302, { location: 'http://example.com/' }).end();
    };
    await unstar();
    receiver.answer = response => response.socket?.destroy();
    await star();
    const { repos } = admin();
    const list = async (status?: 'success' | 'failure') =>
      (await repos.listWebhookDeliveries({ ...hook, status })).data;
    expect(
      (await list()).map(({ status, status_code }) => [status, status_code]),
    ).toEqual([
      ['failed to connect to host', 502],
      ['Invalid HTTP Response: 302', 302],
      ['timed out', 504],
      ['Invalid HTTP Response: 500', 500],
      ['OK', 200],
    ]);
    expect(await list('failure')).toHaveLength(3);
    expect(await list('success')).toHaveLength(2);

    receiver.take();
    receiver.answer = response => response.end('ok');
    const failed = (await list('failure'))[2];
    const again = await repos.redeliverWebhookDelivery({
      ...hook,
      delivery_id: failed.id,
    });
    expect(again.status).toBe(202);
    await emulator.running.deliveriesSettled();
    expect(receiver.received).toMatchObject([
      {
        headers: { 'x-github-delivery': failed.guid },
        payload: { action: 'deleted' },
      },
    ]);
    expect((await list())[0]).toMatchObject({
      guid: failed.guid,
      redelivery: true,
      status: 'OK',
    });
  });

  it('keep their order, and make nobody wait', async () => {
    await create();
    receiver.take();
    const held: Array<() => void> = [];
    receiver.answer = response => {
      held.push(() => response.end());
    };
    const { activity } = admin();
    for (let at = 0; at < 3; at += 1) {
      await activity.unstarRepoForAuthenticatedUser(plugin);
      await activity.starRepoForAuthenticatedUser(plugin);
    }
    receiver.answer = response => response.end();
    held.forEach(release => release());
    await emulator.running.deliveriesSettled();
    expect(receiver.take()).toEqual([
      'star.deleted',
      'star.created',
      'star.deleted',
      'star.created',
      'star.deleted',
      'star.created',
    ]);
  });
});

describe('webhooks of an emulator that stops', () => {
  const directory = createMockDirectory();

  it('forget after three days what was delivered', async () => {
    const receiver = new Receiver();
    await receiver.open();
    let now = Date.parse('2026-01-01T00:00:00Z');
    const emulator = await startGitHubEmulator({
      stateDir: directory.resolve('old'),
      seed: TEST_SEED,
      clock: () => new Date(now),
    });
    const { hooks, state } = emulator;
    const hook = hooks.create({
      target: { type: 'organization', id: state.accounts.find(org)?.id ?? 0 },
      url: receiver.url,
    });
    for (const hours of [0, 48, 73]) {
      now = Date.parse('2026-01-01T00:00:00Z') + hours * 3600 * 1000;
      hooks.record({ name: 'star', action: `${hours}`, payload: {} }, [hook]);
      await emulator.deliveriesSettled();
    }
    expect(
      hooks.deliveries(hook).map(delivery => hooks.event(delivery).action),
    ).toEqual(['73', '48']);
    expect(state.store.collections.webhookEvents.size).toBe(2);
    await emulator.close();
    await receiver.close();
  });

  it('are there again, with what was delivered, and get what they missed', async () => {
    const receiver = new Receiver();
    await receiver.open();
    const options = { stateDir: directory.resolve('state'), seed: TEST_SEED };
    const first = await startGitHubEmulator(options);
    const target = {
      type: 'repository' as const,
      id: Number(first.state.repositories.find(org, 'token-auth')?.id),
    };
    const hook = first.hooks.create({
      target,
      url: receiver.url,
      contentType: 'json',
      events: ['*'],
    });
    const event = { name: 'star', action: 'created', payload: {} };
    first.hooks.record(event, [hook]);
    await first.deliveriesSettled();
    // As they are when a process dies: one under way, one waiting.
    const { webhookDeliveries, webhookEvents } = first.state.store.collections;
    const [{ id: eventId }] = webhookEvents.list();
    for (const state of ['sending', 'waiting'] as const) {
      webhookDeliveries.put({
        id: first.state.store.nextId(),
        hookId: hook.id,
        eventId,
        redelivery: false,
        state,
      });
    }
    await first.close();
    expect(receiver.received).toHaveLength(1);

    const second = await startGitHubEmulator(options);
    await second.deliveriesSettled();
    expect(receiver.received).toHaveLength(2);
    expect(second.hooks.list(target)).toEqual([hook]);
    expect(
      second.hooks.deliveries(hook).map(({ outcome }) => outcome?.status),
    ).toEqual([
      'OK',
      'interrupted: the emulator stopped during the attempt',
      'OK',
    ]);
    await second.close();
    await receiver.close();
  });

  it('are told of a push that the emulator died within', async () => {
    const receiver = new Receiver();
    await receiver.open();
    const options = { stateDir: directory.resolve('state2'), seed: TEST_SEED };
    const first = await startGitHubEmulator(options);
    const repository = first.state.repositories.find(org, 'token-auth');
    const author = first.state.accounts.find('author');
    if (!repository || !author) {
      throw new Error('The seed has both');
    }
    first.hooks.create({
      target: { type: 'repository', id: repository.id },
      url: receiver.url,
      contentType: 'json',
      events: ['push', 'create'],
    });
    await first.state.pushes.during(repository, author, async () => {});
    const git = first.state.repositories.git(repository);
    const head = String(await git.resolveCommit('heads/main'));
    first.state.store.collections.pushesUnderway.put({
      id: first.state.store.nextId(),
      repositoryId: repository.id,
      actorId: author.id,
    });
    await git.updateRef('refs/heads/late', head, undefined);
    await first.close();
    expect(receiver.take()).toEqual([]);

    const second = await startGitHubEmulator(options);
    await second.deliveriesSettled();
    expect(receiver.received).toMatchObject([
      {
        event: 'create',
        payload: { ref: 'late', sender: { login: 'author' } },
      },
      { event: 'push', payload: { ref: 'refs/heads/late', after: head } },
    ]);
    await second.close();
    const third = await startGitHubEmulator(options);
    await third.deliveriesSettled();
    expect(receiver.received).toHaveLength(2);
    await third.close();
    await receiver.close();
  });
});
