import { Codec, encodedWith } from '../codec';
import {
  CallCancelledError,
  CallTimeoutError,
  HandlerError,
  PluginNotFoundError,
  WrongTypeError,
} from '../errors';
import { gate, holdsNothing, until, World } from '../testing/world';
import { CallOutcome } from './Conversation';

const json: Codec = {
  name: 'json',
  encode: value => Buffer.from(JSON.stringify(value)),
  decode: payload => JSON.parse(Buffer.from(payload).toString()),
};

describe('a call', () => {
  const world = new World();
  afterEach(() => world.close());

  it('carries maps both ways', async () => {
    const { core } = await world.pair({
      add: ctx => ({ sum: ctx.map().getInt64('a') + ctx.map().getInt64('b') }),
    });
    const result = await core.call('math', 'add', { a: 2n ** 60n, b: 1 });
    expect(result.map().getInt64('sum')).toBe(2n ** 60n + 1n);
  });

  it('carries bytes both ways', async () => {
    const { core } = await world.pair({
      reverse: ctx => Buffer.from(ctx.bytes()).reverse(),
    });
    const result = await core.call('math', 'reverse', Buffer.from('abc'));
    expect(Buffer.from(result.bytes()).toString()).toBe('cba');
  });

  it('carries any codec that both sides know', async () => {
    const { core } = await world.pair(
      { twice: ctx => encodedWith('json', [ctx.payload.value(), 1]) },
      { core: { codecs: [json] }, plugin: { codecs: [json] } },
    );
    const result = await core.call(
      'math',
      'twice',
      encodedWith('json', { a: 1 }),
    );
    expect(result.codec).toBe('json');
    expect(result.value()).toEqual([{ a: 1 }, 1]);
  });

  it('is refused in a codec that one side does not know', async () => {
    const { core } = await world.pair(
      {
        json: () => encodedWith('json', 1),
        strange: () => encodedWith('?', 1),
      },
      { core: { codecs: [json] } },
    );
    await expect(
      core.call('math', 'json', encodedWith('json', 1)),
    ).rejects.toMatchObject({
      name: 'UnknownCodecError',
      message:
        'The arguments of json are in the codec "json", which math@1.0.0 does not know; it knows map, bytes',
    });
    await expect(core.call('math', 'strange')).rejects.toMatchObject({
      name: 'UnknownCodecError',
      message:
        'strange of math@1.0.0 failed: There is no codec "?" here; known are map, bytes',
    });
  });

  it('goes the other way too: to what the core offers', async () => {
    const { core, plugin } = await world.pair(
      {
        relay: async ctx => (await ctx.call('whoami')).value(),
      },
      { core: { functions: { whoami: ctx => ({ ...ctx.peer }) } } },
    );
    const me = { name: 'math', version: '1.0.0' };
    expect((await plugin.call('whoami')).value()).toEqual(me);
    expect((await core.call('math', 'relay')).value()).toEqual(me);
    await expect(plugin.call('nothing')).rejects.toMatchObject({
      name: 'UnknownFunctionError',
      message: 'the core has no function "nothing"; it has whoami',
    });
  });

  it('of an unknown function fails at once, naming what there is', async () => {
    const { core } = await world.pair({ add: () => 1, sub: () => 2 });
    await expect(core.call('math', 'mul')).rejects.toMatchObject({
      name: 'UnknownFunctionError',
      message: 'math@1.0.0 has no function "mul"; it has add, sub',
    });
  });

  it('of a function that throws fails with its message; the plugin logs the stack', async () => {
    const { core, plugin } = await world.pair({
      now: () => {
        throw new RangeError('division by zero');
      },
      later: () => Promise.reject('just text'),
    });
    const outcomes: CallOutcome[] = [];
    plugin.on('exec', outcome => outcomes.push(outcome));
    const logged = new Promise(resolve =>
      core.logs.subscribe(resolve, { level: 'error' }),
    );
    await expect(core.call('math', 'now')).rejects.toMatchObject({
      name: 'HandlerError',
      message: 'now of math@1.0.0 failed: division by zero',
    });
    await expect(core.call('math', 'later')).rejects.toMatchObject({
      name: 'HandlerError',
      message: 'later of math@1.0.0 failed: just text',
    });
    expect(outcomes.map(({ error }) => error?.message)).toEqual([
      'division by zero',
      'just text',
    ]);
    expect(await logged).toMatchObject({
      plugin: 'math@1.0.0',
      message: 'now failed: division by zero',
      fields: { stack: expect.stringContaining('RangeError') },
    });
  });

  it('read as the wrong type fails at once, on the side that reads', async () => {
    const { core } = await world.pair({
      add: ctx => ctx.map().getInt64('a'),
      bytes: ctx => ctx.bytes(),
      nothing: () => new Map(),
    });
    await expect(core.call('math', 'add', { a: 'ten' })).rejects.toMatchObject({
      name: 'WrongTypeError',
      message: 'add of math@1.0.0 failed: a is a string ("ten"), not an int64',
    });
    await expect(core.call('math', 'bytes', {})).rejects.toMatchObject({
      name: 'WrongTypeError',
      message:
        'bytes of math@1.0.0 failed: The argument of bytes is in the codec "map", not "bytes"',
    });
    await expect(core.call('math', 'nothing')).rejects.toThrow(WrongTypeError);
    await expect(
      core.call('math', 'add', { a: Symbol('x') }),
    ).rejects.toMatchObject({
      name: 'WrongTypeError',
      message: 'a is a symbol, which the map codec cannot carry',
    });
    const result = await core.call('math', 'add', { a: 1 });
    expect(() => result.bytes()).toThrow(
      new WrongTypeError(
        'The result of add is in the codec "map", not "bytes"',
      ),
    );
  });

  it("does not mistake the failure of a handler's own call for its own", async () => {
    const { core } = await world.pair(
      { relay: ctx => ctx.call('slow', {}, { timeout: 1 }) },
      { core: { functions: { slow: () => new Promise(() => {}) } } },
    );
    await expect(core.call('math', 'relay')).rejects.toBeInstanceOf(
      HandlerError,
    );
  });

  it('with arguments or results too large is refused by the sender', async () => {
    const { core } = await world.pair(
      { give: ctx => Buffer.alloc(Number(ctx.map().getInt64('size'))) },
      {
        core: { maxPayloadBytes: 100_000 },
        plugin: { maxPayloadBytes: 50_000 },
      },
    );
    await expect(
      core.call('math', 'give', Buffer.alloc(50_001)),
    ).rejects.toMatchObject({
      name: 'PayloadTooLargeError',
      message: 'The arguments of give are 50001 bytes; math@1.0.0 takes 50000',
    });
    await expect(
      core.call('math', 'give', { size: 100_001 }),
    ).rejects.toMatchObject({
      name: 'PayloadTooLargeError',
      message:
        'give of math@1.0.0 failed: The results of give are 100001 bytes; the core takes 100000',
    });
    expect((await core.call('math', 'give', { size: 100_000 })).size).toBe(
      100_000,
    );
  });

  it('times out, and frees all it held on both sides', async () => {
    const aborted = gate<unknown>();
    const { core, plugin } = await world.pair({
      slow: ctx =>
        new Promise<void>(resolve => {
          ctx.signal.addEventListener('abort', () => {
            aborted.open(ctx.signal.reason);
            resolve();
          });
        }),
    });
    await expect(
      core.call('math', 'slow', {}, { timeout: 10 }),
    ).rejects.toMatchObject({
      name: 'CallTimeoutError',
      message: 'slow of math@1.0.0 was not answered after 10 ms',
    });
    expect(await aborted.opened).toBeInstanceOf(CallCancelledError);
    const [mounted] = core.plugins.list();
    await until(() => holdsNothing(heldBy(mounted)), 'the core to let go');
    await until(() => holdsNothing(plugin.held()), 'the plugin to let go');
  });

  it('is cancelled by its caller', async () => {
    const { core, plugin } = await world.pair({
      slow: () => new Promise(() => {}),
    });
    const controller = new AbortController();
    const call = core.call('math', 'slow', {}, { signal: controller.signal });
    await until(() => plugin.held().running === 1, 'the handler to run');
    controller.abort(new Error('changed my mind'));
    await expect(call).rejects.toMatchObject({
      name: 'CallCancelledError',
      message: 'slow of math@1.0.0 was cancelled by its caller',
    });
    await expect(
      core.call('math', 'slow', {}, { signal: controller.signal }),
    ).rejects.toMatchObject({
      name: 'CallCancelledError',
      message: 'slow of math@1.0.0 was cancelled before it began',
    });
    await until(() => plugin.held().incoming === 0, 'the plugin to let go');
  });

  it('waits in the core while the plugin is full, oldest first', async () => {
    const gates = [gate(), gate(), gate()];
    const order: bigint[] = [];
    const { core, plugin } = await world.pair(
      {
        wait: async ctx => {
          const index = ctx.map().getInt64('index');
          order.push(index);
          await gates[Number(index)].opened;
        },
      },
      { plugin: { concurrency: 2 }, core: { maxQueued: 1 } },
    );
    const calls = [0, 1].map(index => core.call('math', 'wait', { index }));
    await until(() => order.length === 2, 'two to run');
    calls.push(core.call('math', 'wait', { index: 2 }));
    await expect(core.call('math', 'wait', { index: 3 })).rejects.toMatchObject(
      {
        name: 'BusyError',
        message: '1 calls wait for math@1.0.0 already; call wait again later',
      },
    );
    expect(heldBy(core.plugins.list()[0])).toMatchObject({
      queued: 1,
      sent: 2,
    });
    expect(plugin.held()).toMatchObject({ incoming: 2 });
    gates.forEach(({ open }) => open());
    await Promise.all(calls);
    expect(order).toEqual([0n, 1n, 2n]);
  });

  it('that times out while it waits for a place never reaches the plugin', async () => {
    const first = gate();
    const ran: string[] = [];
    const { core } = await world.pair(
      {
        wait: () => first.opened,
        mark: () => {
          ran.push('mark');
        },
      },
      { plugin: { concurrency: 1 } },
    );
    const waiting = core.call('math', 'wait');
    await expect(
      core.call('math', 'mark', {}, { timeout: 5 }),
    ).rejects.toMatchObject({
      name: 'CallTimeoutError',
      message:
        'mark of math@1.0.0 was still waiting for a free place after 5 ms',
    });
    first.open();
    await waiting;
    expect(ran).toEqual([]);
  });

  it('is held back in the plugin while handlers of given-up calls go on', async () => {
    const stubborn = gate();
    let running = 0;
    let most = 0;
    const { core, plugin } = await world.pair(
      {
        stubborn: async () => {
          running += 1;
          most = Math.max(most, running);
          await stubborn.opened;
          running -= 1;
        },
      },
      { plugin: { concurrency: 1 } },
    );
    await expect(
      core.call('math', 'stubborn', {}, { timeout: 10 }),
    ).rejects.toBeInstanceOf(CallTimeoutError);
    const next = core.call('math', 'stubborn');
    await until(() => plugin.held().backlog === 1, 'the next to wait');
    stubborn.open();
    await next;
    expect(most).toBe(1);
  });

  it('to nobody fails at once', async () => {
    const { core, plugin } = await world.pair({ add: () => 1 });
    await expect(core.call('other', 'add')).rejects.toMatchObject({
      name: 'PluginNotFoundError',
      message: 'No plugin with name "other" is mounted',
    });
    await expect(core.call('math@2', 'add')).rejects.toMatchObject({
      name: 'PluginNotFoundError',
      message: 'No plugin with name "math" and version "2" is mounted',
    });
    const [mounted] = core.plugins.list();
    await plugin.unmount('over');
    await expect(core.call('math', 'add')).rejects.toBeInstanceOf(
      PluginNotFoundError,
    );
    await expect(mounted.call('add')).rejects.toMatchObject({
      name: 'PluginNotFoundError',
      message:
        'The plugin math@1.0.0 is unmounted; only a new mount brings it back',
    });
    await expect(plugin.call('x')).rejects.toMatchObject({
      name: 'PluginGoneError',
      message:
        'math@1.0.0 is unmounted; it can call the core only while it is mounted',
    });
  });

  it('by interface goes round, or to the least busy', async () => {
    const { core, address } = await world.core();
    const release = gate();
    for (const name of ['a', 'b', 'c']) {
      await world
        .plugin(
          {
            name: () => name,
            wait: () => release.opened,
          },
          { name, interface: 'runner' },
        )
        .mount({ address, token: 'secret' });
    }
    const ask = async (choose?: 'least busy') =>
      (await core.call({ interface: 'runner', choose }, 'name')).value();
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([
      'a',
      'b',
      'c',
      'a',
    ]);
    const busy = [core.call('b', 'wait'), core.call('c', 'wait')];
    expect([await ask('least busy'), await ask('least busy')]).toEqual([
      'a',
      'a',
    ]);
    release.open();
    await Promise.all(busy);
    await expect(
      core.call({ interface: 'none' }, 'name'),
    ).rejects.toBeInstanceOf(PluginNotFoundError);
  });

  it('by name goes to the version mounted last', async () => {
    const { core, address } = await world.core();
    for (const version of ['2', '1']) {
      await world
        .plugin({ version: () => version }, { version })
        .mount({ address, token: 'secret' });
    }
    expect((await core.call('math', 'version')).value()).toBe('1');
    expect((await core.call('math@2', 'version')).value()).toBe('2');
  });

  it('tells hooks how it ended, and a hook that throws disturbs nothing', async () => {
    const errors: unknown[] = [];
    const { core } = await world.pair(
      { add: () => 1 },
      { core: { onListenerError: error => errors.push(error) } },
    );
    const outcomes: object[] = [];
    core.on('exec', () => {
      throw new Error('a bad hook');
    });
    core.on('exec', outcome => outcomes.push(outcome));
    await core.call('math', 'add');
    expect(outcomes).toEqual([
      expect.objectContaining({
        function: 'add',
        direction: 'made',
        state: 'answered',
        error: undefined,
      }),
    ]);
    expect(errors).toEqual([new Error('a bad hook')]);
  });

  it('tells its handler when the caller stops waiting', async () => {
    const { core } = await world.pair({
      deadline: ctx => ({ at: ctx.deadline, name: ctx.function }),
    });
    const before = Date.now();
    const result = (
      await core.call('math', 'deadline', {}, { timeout: 5_000 })
    ).map();
    expect(result.getTime('at').getTime()).toBeGreaterThanOrEqual(
      before + 5_000,
    );
    const without = await core.call('math', 'deadline', {}, { timeout: 0 });
    expect(without.map().has('at')).toBe(false);
  });

  it('is one of thousands, each with its own answer', async () => {
    const { core, plugin } = await world.pair(
      {
        echo: ctx =>
          new Promise(resolve =>
            setImmediate(() => resolve(ctx.payload.value())),
          ),
      },
      { plugin: { concurrency: 100 } },
    );
    const answers = await Promise.all(
      Array.from({ length: 3_000 }, async (_, index) =>
        (await core.call('math', 'echo', { index })).map().getInt32('index'),
      ),
    );
    expect(answers).toEqual(answers.map((_, index) => index));
    expect(holdsNothing(heldBy(core.plugins.list()[0]))).toBe(true);
    expect(holdsNothing(plugin.held())).toBe(true);
  });
});

function heldBy(plugin: object): Record<string, number> {
  if ('held' in plugin && typeof plugin.held === 'function') {
    return plugin.held();
  }
  throw new TypeError('This is not a plugin of this core');
}
