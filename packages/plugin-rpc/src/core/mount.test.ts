import {
  CoreClosingError,
  ExpiredTokenError,
  InvalidMountError,
  ProtocolVersionError,
  WrongTokenError,
} from '../errors';
import { gate, until, World } from '../testing/world';
import { ErrorCode } from '../wire';
import { Core } from './Core';

describe('mounting', () => {
  const world = new World();
  afterEach(() => world.close());

  const run = () => 'ran';

  it('makes a plugin known with all it said of itself', async () => {
    const { core, plugin } = await world.pair(
      { run },
      {
        plugin: { interface: 'runner', labels: { zone: 'a' }, concurrency: 3 },
      },
    );
    expect(plugin.state).toBe('mounted');
    const mounted = core.plugins.get('math', '1.0.0');
    expect(mounted).toMatchObject({
      id: 'math@1.0.0',
      interface: 'runner',
      labels: { zone: 'a' },
      functions: [{ name: 'run', signature: '' }],
      concurrency: 3,
      state: 'mounted',
    });
    expect(core.plugins.list({ interface: 'runner' })).toEqual([mounted]);
    expect(core.plugins.list({ name: 'other' })).toEqual([]);
  });

  it('waits for a plugin that is not there yet', async () => {
    const { core, address } = await world.core();
    const waited = core.plugins.waitFor('math');
    await world.plugin({ run }).mount({ address, token: 'secret' });
    expect((await waited).id).toBe('math@1.0.0');
    await expect(
      core.plugins.waitFor({ name: 'other' }, { timeout: 5 }),
    ).rejects.toMatchObject({
      name: 'PluginNotFoundError',
      message: 'No plugin with name "other" was mounted within 5 ms',
    });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(core.plugins.waitFor('other', { signal })).rejects.toThrow(
      'enough',
    );
  });

  it('is refused with a wrong token, on both sides with a sentence', async () => {
    const { core, address } = await world.core();
    const refused: Error[] = [];
    core.on('refused', ({ error }) => refused.push(error));
    const plugin = world.plugin({ run });
    const error = new WrongTokenError(
      'The token is none of those this core gave out; ask whoever runs the core for one',
    );
    await expect(plugin.mount({ address, token: 'wrong' })).rejects.toThrow(
      error,
    );
    expect(plugin.state).toBe('unmounted');
    expect(refused).toEqual([error]);
    await until(() => core.counts.streams === 0, 'the stream to end');
  });

  it('is refused with an expired token; rotation leaves mounted plugins alone', async () => {
    const { core, address } = await world.core();
    const first = world.plugin({ run });
    await first.mount({ address, token: 'secret' });
    core.tokens.add({ token: 'next' });
    core.tokens.add({ token: 'secret', expiresAt: new Date(1000) });
    const second = world.plugin({ run }, { version: '2' });
    const mounting = second.mount({ address, token: 'secret' });
    await expect(mounting).rejects.toBeInstanceOf(ExpiredTokenError);
    await expect(mounting).rejects.toThrow('1970-01-01T00:00:01.000Z');
    await second.mount({ address, token: async () => 'next' });
    core.tokens.remove('secret');
    expect((await core.call('math@1.0.0', 'run')).value()).toBe('ran');
    await expect(
      world
        .plugin({ run }, { version: '3' })
        .mount({ address, token: 'secret' }),
    ).rejects.toBeInstanceOf(WrongTokenError);
  });

  it('is refused to a second plugin of the same name and version', async () => {
    const { address } = await world.pair({ run });
    await expect(
      world.plugin({ run }).mount({ address, token: 'secret' }),
    ).rejects.toMatchObject({
      name: 'DuplicatePluginError',
      message:
        'A plugin math@1.0.0 is mounted already; give this one another name or version',
    });
    await world
      .plugin({ run }, { version: '1.0.1' })
      .mount({ address, token: 'secret' });
  });

  it('lets one of two through that mount at once under the same name', async () => {
    const { core, address } = await world.core({
      validators: [() => new Promise(resolve => setImmediate(resolve))],
    });
    const results = await Promise.allSettled(
      [1, 2, 3].map(() =>
        world.plugin({ run }).mount({ address, token: 'secret' }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(
      1,
    );
    expect(core.plugins.list()).toHaveLength(1);
  });

  it('holds functions against the declared interface', async () => {
    const { address } = await world.core({
      interfaces: [
        {
          name: 'runner',
          functions: ['run', { name: 'stop', signature: '() -> bool' }],
        },
      ],
    });
    const mount = (
      functions: Parameters<World['plugin']>[0],
      name = 'runner',
    ) =>
      world
        .plugin(functions, { interface: name })
        .mount({ address, token: 'secret' });
    await expect(mount({ run }, 'other')).rejects.toMatchObject({
      name: 'UnknownInterfaceError',
      message:
        'This core expects no plugin of the interface "other"; it expects runner',
    });
    await expect(mount({ run })).rejects.toMatchObject({
      name: 'MissingFunctionError',
      message:
        'The interface "runner" has functions that the plugin lacks: stop',
    });
    await expect(
      mount({ run, stop: { handler: run, signature: '() -> string' } }),
    ).rejects.toThrow(
      'The function "stop" of the interface "runner" is () -> bool here, but () -> string in the plugin',
    );
    await mount({ run, stop: { handler: run, signature: '() -> bool' } });
  });

  it('asks own validators, which never see the token', async () => {
    const seen: object[] = [];
    const { address } = await world.core({
      validators: [
        application => {
          seen.push(application);
          if (application.labels.zone !== 'a') {
            throw new Error('Only plugins of zone a are taken');
          }
        },
      ],
    });
    await expect(
      world.plugin({ run }).mount({ address, token: 'secret' }),
    ).rejects.toMatchObject({
      name: 'MountRefusedError',
      message: 'Only plugins of zone a are taken',
    });
    await world
      .plugin({ run }, { labels: { zone: 'a' } })
      .mount({ address, token: 'secret' });
    expect(JSON.stringify(seen)).not.toContain('secret');
  });

  it('is refused to a plugin of a protocol to come, which hears the range', async () => {
    const { address } = await world.core();
    const raw = world.raw(address);
    raw.send(raw.mountRequest({ protocolMin: 2, protocolMax: 9 }));
    const result = await raw.next('mountResult');
    expect(result).toMatchObject({
      code: ErrorCode.PROTOCOL_VERSION,
      message:
        'The plugin speaks protocol 2 to 9, this core 1 to 1; upgrade the older of them',
      protocolMin: 1,
      protocolMax: 1,
    });
    expect(new ProtocolVersionError('').code).toBe(result.code);
    await raw.end();
  });

  it('agrees on the highest protocol both speak', async () => {
    const { address } = await world.core();
    const raw = world.raw(address);
    raw.send(raw.mountRequest({ protocolMin: 1, protocolMax: 9 }));
    expect(await raw.next('mountResult')).toMatchObject({
      code: 0,
      protocolVersion: 1,
    });
  });

  it.each([
    ['no name', { name: '' }],
    ['a name with a slash', { name: 'a/b' }],
    ['no version', { version: '' }],
    ['a function without a name', { functions: [{ name: '', signature: '' }] }],
    [
      'a function twice',
      {
        functions: [
          { name: 'f', signature: '' },
          { name: 'f', signature: '' },
        ],
      },
    ],
    [
      'too many functions',
      {
        functions: Array.from({ length: 1001 }, (_, index) => ({
          name: `f${index}`,
          signature: '',
        })),
      },
    ],
  ])('is refused with %s', async (_, changes) => {
    const { address } = await world.core();
    const raw = world.raw(address);
    raw.send(raw.mountRequest(changes));
    expect(await raw.next('mountResult')).toMatchObject({
      code: new InvalidMountError('').code,
    });
    await raw.end();
  });

  it('drops and counts what comes before it', async () => {
    const ran = jest.fn();
    const { core, address } = await world.core({ functions: { ran } });
    const totals: number[] = [];
    core.on('dropped', ({ total }) => totals.push(total));
    const raw = world.raw(address);
    const request = {
      type: 'execRequest',
      id: 1,
      function: 'ran',
      codec: 'map',
      payload: Buffer.from([0xc0]),
      more: false,
      timeoutMs: 0,
    } as const;
    raw.send({ type: 'ping', sequence: 1, running: 0 }, request);
    raw.send(raw.mountRequest());
    await raw.next('mountResult');
    expect(core.droppedBeforeMount).toBe(2);
    expect(totals).toEqual([1, 2]);
    expect(ran).not.toHaveBeenCalled();
    raw.send(request);
    await raw.next('execResponse');
    expect(ran).toHaveBeenCalledTimes(1);
  });

  it('drops what comes while the mount is being decided', async () => {
    let decide = () => {};
    const { core, address } = await world.core({
      validators: [() => new Promise<void>(resolve => (decide = resolve))],
    });
    const raw = world.raw(address);
    raw.send(raw.mountRequest(), raw.mountRequest({ name: 'second' }), {
      type: 'ping',
      sequence: 1,
      running: 0,
    });
    await until(() => core.droppedBeforeMount === 2, 'two frames');
    decide();
    await raw.next('mountResult');
    expect(core.plugins.list().map(plugin => plugin.id)).toEqual(['raw@1']);
  });

  it('must come in time', async () => {
    const { core, address } = await world.core({
      mountTimeout: 20,
      pingInterval: 20,
    });
    const raw = world.raw(address);
    raw.sendBytes(Buffer.alloc(0));
    expect(await raw.next('mountResult')).toMatchObject({
      code: ErrorCode.INVALID_MOUNT,
      message: 'There was no MountRequest within 20 ms of opening the stream',
    });
    await raw.end();
    await until(() => core.counts.streams === 0, 'the stream to be forgotten');
  });

  it('cannot be done twice on one stream', async () => {
    const { core, address } = await world.core();
    const lost: string[] = [];
    core.on('lost', ({ reason }) => lost.push(reason));
    const raw = world.raw(address);
    raw.send(raw.mountRequest());
    await raw.next('mountResult');
    raw.send(raw.mountRequest());
    expect(await raw.next('shutdown')).toMatchObject({
      message: 'it broke the protocol: it sent a mountRequest while mounted',
    });
    expect(lost).toHaveLength(1);
    expect(core.plugins.list()).toEqual([]);
  });

  it('is refused by a core that is closing', async () => {
    const called = gate();
    const decided = gate();
    const { core, address } = await world.core({
      functions: {
        wait: () => {
          called.open();
          return decided.opened;
        },
      },
    });
    const busy = world.plugin({ run }, { reconnect: false });
    await busy.mount({ address, token: 'secret' });
    const waiting = busy.call('wait');
    const raw = world.raw(address);
    raw.sendBytes(Buffer.alloc(0));
    await called.opened;
    await until(() => core.counts.streams === 2, 'both streams');
    const closing = core.close();
    raw.send(raw.mountRequest());
    await expect(core.call('math', 'run')).rejects.toBeInstanceOf(
      CoreClosingError,
    );
    decided.open();
    await waiting;
    await closing;
    await raw.end();
    expect(core.counts).toEqual({ streams: 0, mounted: 0 });
    await expect(core.serve({ address: '127.0.0.1:0' })).rejects.toBeInstanceOf(
      CoreClosingError,
    );
  });

  it('says clearly that an address is taken', async () => {
    const { address } = await world.core();
    const printed = jest.spyOn(console, 'error').mockReturnValue();
    await expect(new Core().serve({ address })).rejects.toThrow('EADDRINUSE');
    printed.mockRestore();
  });
});
