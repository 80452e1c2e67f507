import { holdsNothing, gate, until, World } from '../testing/world';

const MB = 1024 * 1024;

describe('streaming results and large payloads', () => {
  const world = new World();
  afterEach(() => world.close());

  it('hands parts over in order, one at a time, before the result', async () => {
    const { core } = await world.pair({
      count: async ctx => {
        for (let index = 0; index < 20; index++) {
          await ctx.part({ index });
        }
        return 'done';
      },
    });
    const seen: number[] = [];
    let inside = 0;
    const result = await core.call(
      'math',
      'count',
      {},
      {
        onPart: async part => {
          inside += 1;
          expect(inside).toBe(1);
          await new Promise(resolve => setImmediate(resolve));
          seen.push(part.map().getInt32('index'));
          inside -= 1;
        },
      },
    );
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(result.value()).toBe('done');
  });

  it('holds the sender back while the reader is slow', async () => {
    const reader = gate();
    let sent = 0;
    const { core, plugin } = await world.pair(
      {
        flood: async ctx => {
          for (let index = 0; index < 400; index++) {
            await ctx.part(Buffer.alloc(10_000));
            sent += 1;
          }
        },
        quick: () => 'quick',
      },
      { core: { windowBytes: 100_000 } },
    );
    let read = 0;
    const call = core.call(
      'math',
      'flood',
      {},
      {
        onPart: async () => {
          await reader.opened;
          read += 1;
        },
      },
    );
    await until(() => plugin.held().flowing === 0 && sent > 5, 'it to stop');
    // Others are not held up, and give the flood time to go on if it could.
    for (let index = 0; index < 50; index++) {
      await core.call('math', 'quick');
    }
    expect(sent).toBeLessThanOrEqual(11);
    reader.open();
    await call;
    expect([sent, read]).toEqual([400, 400]);
    expect(holdsNothing(plugin.held())).toBe(true);
  });

  it('does so for empty parts and for parts larger than the window too', async () => {
    const { core } = await world.pair(
      {
        mixed: async ctx => {
          for (let index = 0; index < 200; index++) {
            await ctx.part(Buffer.alloc(index % 20 === 0 ? 300_000 : 0));
          }
        },
      },
      { core: { windowBytes: 1_000 } },
    );
    let bytes = 0;
    await core.call(
      'math',
      'mixed',
      {},
      {
        onPart: part => {
          bytes += part.bytes().length;
        },
      },
    );
    expect(bytes).toBe(10 * 300_000);
  });

  it('carries payloads of many chunks both ways without holding up calls', async () => {
    const { core, plugin } = await world.pair({
      echo: ctx => ctx.bytes(),
      quick: () => 'quick',
    });
    const large = Buffer.alloc(10 * MB, 'abcdefg');
    let finished = 0;
    const calls = Array.from({ length: 3 }, async () => {
      const result = await core.call('math', 'echo', large);
      finished += 1;
      return Buffer.from(result.bytes()).equals(large);
    });
    let before = 0;
    while (finished < 3) {
      await core.call('math', 'quick');
      before += 1;
    }
    expect(await Promise.all(calls)).toEqual([true, true, true]);
    expect(before).toBeGreaterThan(3);
    expect(holdsNothing(plugin.held())).toBe(true);
  });

  it('stops sending when the call is given up', async () => {
    const stopped = gate<Error>();
    const { core, plugin } = await world.pair(
      {
        endless: async ctx => {
          try {
            for (;;) {
              await ctx.part(Buffer.alloc(1000));
            }
          } catch (error) {
            stopped.open(error instanceof Error ? error : new Error());
            throw error;
          }
        },
      },
      { core: { windowBytes: 10_000 } },
    );
    const never = new Promise<void>(() => {});
    await expect(
      core.call('math', 'endless', {}, { timeout: 30, onPart: () => never }),
    ).rejects.toMatchObject({ name: 'CallTimeoutError' });
    expect((await stopped.opened).message).toContain('given up');
    await until(() => holdsNothing(plugin.held()), 'the plugin to let go');
  });

  it('fails with the error of the reader, and cancels', async () => {
    const { core, plugin } = await world.pair({
      endless: async ctx => {
        for (;;) {
          await ctx.part({});
        }
      },
    });
    await expect(
      core.call(
        'math',
        'endless',
        {},
        {
          onPart: () => {
            throw new RangeError('I cannot read this');
          },
        },
      ),
    ).rejects.toThrow(new RangeError('I cannot read this'));
    await until(() => holdsNothing(plugin.held()), 'the plugin to let go');
  });

  it('ends a plugin that sends beyond its window', async () => {
    const { core, address } = await world.core({ windowBytes: 1000 });
    const lost = new Promise(resolve => core.on('lost', resolve));
    const raw = world.raw(address);
    raw.send(raw.mountRequest());
    await raw.next('mountResult');
    const call = core.call(
      'raw',
      'run',
      {},
      {
        onPart: () => new Promise<void>(() => {}),
      },
    );
    const { id } = await raw.next('execRequest');
    const part = {
      type: 'execPart',
      id,
      codec: 'bytes',
      payload: Buffer.alloc(1000),
      more: false,
    } as const;
    raw.send(part, part);
    await expect(call).rejects.toMatchObject({
      name: 'PluginGoneError',
      message: `run of raw@1 was running when it went away: it broke the protocol: call ${id} sent more than its window of 1000 bytes`,
    });
    await lost;
  });

  it('does not take a result larger than agreed', async () => {
    const { core, address } = await world.core({ maxPayloadBytes: 100_000 });
    const raw = world.raw(address);
    raw.send(raw.mountRequest());
    await raw.next('mountResult');
    const call = core.call('raw', 'run');
    const { id } = await raw.next('execRequest');
    raw.send(
      {
        type: 'execResponse',
        id,
        codec: 'bytes',
        payload: Buffer.alloc(60_000),
        more: true,
        failure: undefined,
      },
      { type: 'chunk', id, data: Buffer.alloc(60_000), more: true },
    );
    await expect(call).rejects.toMatchObject({
      name: 'PayloadTooLargeError',
      message:
        'run of raw@1 gave 120000 bytes or more; at most 100000 are taken',
    });
    expect(await raw.next('cancel')).toMatchObject({ id });
  });

  it.each([
    ['an id of the core', { id: 2 }],
    ['the id 0', { id: 0 }],
  ])('ends a plugin that calls with %s', async (_, { id }) => {
    const { core, address } = await world.core({ functions: { f: () => 1 } });
    const raw = world.raw(address);
    raw.send(raw.mountRequest());
    await raw.next('mountResult');
    raw.send({
      type: 'execRequest',
      id,
      function: 'f',
      codec: 'map',
      payload: Buffer.from([0xc0]),
      more: false,
      timeoutMs: 0,
    });
    expect((await raw.next('shutdown')).message).toContain('call id');
    await until(() => core.plugins.list().length === 0);
  });

  it('ends a plugin that has more calls running than agreed', async () => {
    const { core, address } = await world.core({
      concurrency: 2,
      functions: { f: () => new Promise(() => {}) },
    });
    const raw = world.raw(address);
    raw.send(raw.mountRequest());
    await raw.next('mountResult');
    const request = (id: number) =>
      ({
        type: 'execRequest',
        id,
        function: 'f',
        codec: 'map',
        payload: Buffer.from([0xc0]),
        more: false,
        timeoutMs: 0,
      } as const);
    raw.send(request(1), request(3));
    raw.send({ type: 'cancel', id: 1, code: 26 }, request(5), request(7));
    expect((await raw.next('shutdown')).message).toBe(
      'it broke the protocol: more than 2 calls at once',
    );
    expect(core.plugins.list()).toEqual([]);
  });
});
