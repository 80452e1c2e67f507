import { spawn, ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { gate, until, World } from '../testing/world';
import { Core } from './Core';

const beats = { pingInterval: 40, pingTimeout: 120 };

describe('losing a plugin', () => {
  const world = new World();
  afterEach(() => world.close());

  function childPlugin(address: string): ChildProcess {
    const child = spawn(
      process.execPath,
      [
        '--no-node-snapshot',
        '--require',
        require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        join(__dirname, '../testing/pluginProcess.ts'),
        address,
      ],
      { stdio: ['pipe', 'ignore', 'inherit'] },
    );
    world.onClose(() => child.kill('SIGKILL'));
    return child;
  }

  function losses(core: Core) {
    const reasons: string[] = [];
    core.on('lost', ({ plugin, reason }) =>
      reasons.push(`${plugin.id} ${plugin.state}: ${reason}`),
    );
    return reasons;
  }

  it('that is killed fails its calls at once', async () => {
    const { core, address } = await world.core();
    const reasons = losses(core);
    const child = childPlugin(address);
    await core.plugins.waitFor('child');
    const call = core.call('child', 'wait');
    await core.call('child', 'echo', {});
    child.kill('SIGKILL');
    await expect(call).rejects.toMatchObject({
      name: 'PluginGoneError',
      message: expect.stringContaining(
        'wait of child@1 was running when it went away',
      ),
    });
    expect(reasons).toHaveLength(1);
    await expect(core.call('child', 'echo')).rejects.toMatchObject({
      name: 'PluginNotFoundError',
    });
    await until(() => core.counts.streams === 0, 'the stream to be forgotten');
  });

  it('that is frozen misses its beats; only a fresh mount brings it back', async () => {
    const { core, address } = await world.core(beats);
    const reasons = losses(core);
    const child = childPlugin(address);
    const first = await core.plugins.waitFor('child');
    const call = core.call('child', 'wait');
    await core.call('child', 'echo', {});
    child.kill('SIGSTOP');
    const stoppedAt = performance.now();
    await expect(call).rejects.toMatchObject({ name: 'PluginGoneError' });
    expect(performance.now() - stoppedAt).toBeLessThan(1_000);
    expect(reasons[0]).toMatch(
      /^child@1 lost: nothing came from it for \d+ ms; it must beat every 40 ms$/,
    );
    await expect(core.call('child', 'echo')).rejects.toMatchObject({
      name: 'PluginNotFoundError',
    });
    child.kill('SIGCONT');
    const second = await core.plugins.waitFor('child');
    expect(second).not.toBe(first);
    expect(first.state).toBe('lost');
    await core.call('child', 'echo', {});
  });

  it('behind a frozen network is noticed by both sides, and mends itself', async () => {
    const { core, address } = await world.core(beats);
    const reasons = losses(core);
    const proxy = await world.proxy(address);
    const aborted = gate();
    const plugin = world.plugin({
      wait: ctx =>
        new Promise<void>(() => {
          ctx.signal.addEventListener('abort', () => aborted.open());
        }),
      echo: () => 'here',
    });
    const states: string[] = [];
    plugin.on('state', ({ state }) => states.push(state));
    await plugin.mount({
      address: proxy.address,
      token: 'secret',
      timeout: 200,
    });
    const call = core.call('math', 'wait');
    await core.call('math', 'echo');
    proxy.freeze();
    await expect(call).rejects.toMatchObject({ name: 'PluginGoneError' });
    await aborted.opened;
    await until(() => states.includes('lost'), 'the plugin to notice');
    expect(reasons).toHaveLength(1);
    proxy.cut();
    proxy.thaw();
    await core.plugins.waitFor('math');
    expect((await core.call('math', 'echo')).value()).toBe('here');
    await until(() => plugin.state === 'mounted');
    expect(states.slice(0, 4)).toEqual([
      'dialing',
      'mounting',
      'mounted',
      'lost',
    ]);
  });

  it('whose connection is cut comes back with growing pauses', async () => {
    const { core, address } = await world.core();
    const proxy = await world.proxy(address);
    const plugin = world.plugin({ echo: () => 'here' });
    await plugin.mount({ address: proxy.address, token: 'secret' });
    for (let round = 0; round < 3; round++) {
      proxy.cut();
      await until(() => core.plugins.list().length === 0, 'the loss');
      await core.plugins.waitFor('math');
      expect((await core.call('math', 'echo')).value()).toBe('here');
    }
    expect(core.counts).toEqual({ streams: 1, mounted: 1 });
  });

  it('does not happen to one whose network is slow', async () => {
    const { core, address } = await world.core({
      pingInterval: 40,
      pingTimeout: 400,
    });
    const reasons = losses(core);
    const proxy = await world.proxy(address);
    proxy.delay(30);
    const plugin = world.plugin({ echo: () => 'here' });
    await plugin.mount({ address: proxy.address, token: 'secret' });
    for (let index = 0; index < 6; index++) {
      await core.call('math', 'echo');
    }
    expect(reasons).toEqual([]);
  });

  it('on purpose: it leaves once what runs is answered', async () => {
    const release = gate();
    const { core, plugin } = await world.pair({
      wait: async () => {
        await release.opened;
        return 'answered';
      },
    });
    const events: string[] = [];
    core.on('unmounted', ({ plugin: { id, state }, reason }) =>
      events.push(`${id} ${state}: ${reason}`),
    );
    const call = core.call('math', 'wait');
    await until(() => plugin.held().running === 1);
    const left = plugin.unmount('upgrade', { message: 'back soon' });
    await until(() => plugin.state === 'unmounted');
    await expect(async () => {
      for (;;) {
        await core.call('math', 'wait', {}, { timeout: 1 });
      }
    }).rejects.toThrow();
    release.open();
    expect((await call).value()).toBe('answered');
    await left;
    expect(events).toEqual(['math@1.0.0 unmounted: back soon']);
    expect(plugin.state).toBe('unmounted');
  });

  it('sent away by the core does not come back', async () => {
    const { core, plugin } = await world.pair({ echo: () => 1 });
    await core.plugins.list()[0].remove('not wanted');
    await until(() => plugin.state === 'shut down');
    expect(core.plugins.list()).toEqual([]);
    expect(core.counts.streams).toBe(0);
  });

  it('of a core that closes comes back when there is one again', async () => {
    const { core, plugin, address } = await world.pair({ echo: () => 'here' });
    await core.close();
    await until(() => plugin.state !== 'mounted');
    const again = new Core({ tokens: ['secret'] });
    world.onClose(() => again.close({ grace: 0 }));
    await again.serve({ address });
    await again.plugins.waitFor('math');
    expect((await again.call('math', 'echo')).value()).toBe('here');
  });

  it('does not come back when it may not', async () => {
    const { core, plugin } = await world.pair(
      { echo: () => 1 },
      { plugin: { reconnect: false } },
    );
    await core.close();
    await until(() => plugin.state === 'shut down');
    const other = world.plugin({}, { reconnect: false });
    await expect(
      other.mount({ address: '127.0.0.1:1', token: 'x', timeout: 50 }),
    ).rejects.toMatchObject({
      name: 'PluginGoneError',
      message: expect.stringContaining('could not be reached'),
    });
  });

  it('that was never mounted is given up by a signal or by unmount', async () => {
    const plugin = world.plugin({});
    const controller = new AbortController();
    const mounting = plugin.mount({
      address: '127.0.0.1:1',
      token: 'x',
      signal: controller.signal,
    });
    controller.abort(new Error('enough'));
    await expect(mounting).rejects.toThrow('enough');
    const again = plugin.mount({ address: '127.0.0.1:1', token: 'x' });
    await Promise.all([
      expect(again).rejects.toThrow('was unmounted'),
      plugin.unmount('done'),
    ]);
    expect(plugin.state).toBe('unmounted');
  });
});
