import { holdsNothing, until, World } from '../testing/world';
import { encodeEnvelope, Frame, PROTOCOL_MAX, PROTOCOL_MIN } from '../wire';

/** Mulberry32: the same run every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) % 0x1_0000_0000;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

describe('whatever is sent', () => {
  const world = new World();
  afterEach(() => world.close());

  const random = randomFrom(20261122);
  const pick = <T>(items: readonly T[]): T =>
    items[Math.floor(random() * items.length)];
  const number = () =>
    pick([0, 1, 2, 3, 4, 5, 7, 100, 65_536, 0x7fff_ffff, 0xffff_ffff]);
  const text = () =>
    pick(['', 'run', 'raw', 'secret', 'map', 'bytes', '\0', 'é']);
  const noise = Buffer.alloc(70_000).map(() => random() * 256);
  const bytes = () => noise.subarray(0, pick([0, 1, 10, 1_000, 70_000]));
  const bool = () => random() < 0.5;

  function randomFrame(): Frame {
    return pick<() => Frame>([
      () => ({
        type: 'execRequest',
        id: number(),
        function: text(),
        codec: text(),
        payload: bytes(),
        more: bool(),
        timeoutMs: number(),
      }),
      () => ({
        type: 'execPart',
        id: number(),
        codec: text(),
        payload: bytes(),
        more: bool(),
      }),
      () => ({
        type: 'execResponse',
        id: number(),
        codec: text(),
        payload: bytes(),
        more: bool(),
        failure: bool() ? { code: number(), message: text() } : undefined,
      }),
      () => ({ type: 'chunk', id: number(), data: bytes(), more: bool() }),
      () => ({ type: 'credit', id: number(), bytes: number() }),
      () => ({ type: 'cancel', id: number(), code: number() }),
      () => ({ type: 'ping', sequence: number(), running: number() }),
    ])();
  }

  function mutated(envelope: Buffer): Buffer {
    const copy = Buffer.from(envelope);
    for (let count = Math.ceil(random() * 4); count > 0; count--) {
      copy[Math.floor(random() * copy.length)] = random() * 256;
    }
    return bool() ? copy : copy.subarray(0, random() * copy.length);
  }

  it('before a mount reaches no handler, and nothing is kept of it', async () => {
    const run = jest.fn();
    const { core, address } = await world.core({
      functions: { run },
      mountTimeout: 60_000,
    });
    for (let stream = 0; stream < 10; stream++) {
      const raw = world.raw(address);
      for (let index = 0; index < 30 && !raw.ended; index++) {
        const envelope = encodeEnvelope([randomFrame(), randomFrame()]);
        raw.sendBytes(bool() ? envelope : mutated(envelope));
      }
      raw.stream.end();
      await raw.end();
    }
    await until(() => core.counts.streams === 0, 'the streams to be forgotten');
    expect(run).not.toHaveBeenCalled();
    expect(core.droppedBeforeMount).toBeGreaterThan(10);
    expect(core.plugins.list()).toEqual([]);
  });

  it('after a mount ends at most the plugin that sent it', async () => {
    const { core, address } = await world.core({
      functions: { run: ctx => ctx.payload.value() },
      concurrency: 8,
      onListenerError: error => {
        throw error;
      },
    });
    const good = world.plugin({ echo: ctx => ctx.payload.value() });
    await good.mount({ address, token: 'secret' });
    const settled: string[] = [];
    for (let stream = 0; stream < 25; stream++) {
      const raw = world.raw(address);
      raw.send(raw.mountRequest({ name: `raw${stream}` }));
      await raw.next('mountResult');
      const [, plugin] = core.plugins.list();
      const calls = [1, 2, 3].map(() =>
        plugin.call('run', Buffer.alloc(100_000), { timeout: 5_000 }).then(
          () => settled.push('result'),
          error => settled.push(error.name),
        ),
      );
      for (let index = 0; index < 10 && !raw.ended; index++) {
        const envelope = encodeEnvelope([randomFrame(), randomFrame()]);
        raw.sendBytes(random() < 0.8 ? envelope : mutated(envelope));
      }
      raw.stream.end();
      await raw.end();
      await Promise.all(calls);
      expect((await core.call('math', 'echo', { stream })).value()).toEqual({
        stream: BigInt(stream),
      });
    }
    expect(settled).toHaveLength(75);
    expect(core.counts).toEqual({ streams: 1, mounted: 1 });
    expect(holdsNothing(good.held())).toBe(true);
  });

  it('as random mount requests mounts nobody without the token', async () => {
    const { core, address } = await world.core();
    const request = encodeEnvelope([
      {
        type: 'mountRequest',
        protocolMin: PROTOCOL_MIN,
        protocolMax: PROTOCOL_MAX,
        token: 'sEcret',
        name: 'raw',
        version: '1',
        interface: '',
        functions: [{ name: 'run', signature: '' }],
        codecs: ['map'],
        concurrency: 1,
        maxPayloadBytes: 1,
        windowBytes: 1,
        labels: { a: 'b' },
      },
    ]);
    for (let stream = 0; stream < 15; stream++) {
      const raw = world.raw(address);
      raw.sendBytes(mutated(request));
      raw.stream.end();
      await raw.end();
    }
    await until(() => core.counts.streams === 0, 'the streams to be forgotten');
    expect(core.plugins.list()).toEqual([]);
  });

  it('does not grow memory: a flood of frames for nobody', async () => {
    const { core, address } = await world.core();
    const raw = world.raw(address);
    raw.send(raw.mountRequest());
    await raw.next('mountResult');
    const junk = encodeEnvelope(
      Array.from({ length: 100 }, (_, index) => ({
        type: 'execResponse' as const,
        id: index * 2 + 2,
        codec: 'bytes',
        payload: Buffer.alloc(1_000),
        more: true,
        failure: undefined,
      })),
    );
    const pings = encodeEnvelope(
      Array.from({ length: 1_000 }, (_, index) => ({
        type: 'ping' as const,
        sequence: index + 1,
        running: 0,
      })),
    );
    const before = process.memoryUsage();
    for (let index = 0; index < 200; index++) {
      await new Promise(resolve =>
        raw.stream.write(index % 2 ? junk : pings, resolve),
      );
    }
    raw.send({ type: 'ping', sequence: 9_999, running: 0 });
    while ((await raw.next('pong')).sequence !== 9_999) {
      // An earlier one.
    }
    const after = process.memoryUsage();
    expect(after.rss - before.rss).toBeLessThan(150 * 1024 * 1024);
    expect(core.plugins.list()).toHaveLength(1);
  });
});
