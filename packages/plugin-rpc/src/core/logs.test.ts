import { Client, credentials } from '@grpc/grpc-js';
import { LogBuffer } from '../plugin/LogBuffer';
import { until, World } from '../testing/world';
import { encodeLogBatch, pluginCoreService } from '../wire';
import { LogRecord } from './LogHub';

describe('logs', () => {
  const world = new World();
  afterEach(() => world.close());

  it('of plugins and of their calls come together in the hub', async () => {
    const { core, plugin } = await world.pair({
      work: ctx => {
        ctx.log.warn('careful', { step: 1, ok: true });
        ctx.log.debug('too fine to be sent');
      },
    });
    const records: LogRecord[] = [];
    core.on('log', record => records.push(record));
    const warnings: string[] = [];
    core.logs.subscribe(({ message }) => warnings.push(message), {
      plugin: 'math@1.0.0',
      level: 'warn',
    });
    core.logs.subscribe(() => warnings.push('of another'), { plugin: 'x@1' });
    plugin.log.info('hello');
    await core.call('math', 'work');
    await until(() => records.length === 2, 'two lines');
    expect(records).toEqual([
      expect.objectContaining({ message: 'hello', callId: undefined }),
      expect.objectContaining({
        plugin: 'math@1.0.0',
        level: 'warn',
        message: 'careful',
        fields: { step: '1', ok: 'true' },
        callId: 2,
        time: expect.any(Date),
      }),
    ]);
    expect(warnings).toEqual(['careful']);
    expect(core.logs.counts).toEqual({ received: 2, dropped: 0 });
  });

  it('written before the mount wait for it, and go out before it leaves', async () => {
    const { core, address } = await world.core();
    const messages: string[] = [];
    core.on('log', ({ message }) => messages.push(message));
    const plugin = world.plugin({});
    plugin.log.info('early');
    await plugin.mount({ address, token: 'secret' });
    plugin.log.info('late');
    await plugin.unmount('over');
    expect(messages).toEqual(['early', 'late']);
  });

  it('are read at the rate of the core; what is too much is dropped and counted', async () => {
    const { core, plugin } = await world.pair(
      { echo: () => 'quick' },
      { core: { logRate: 2_000 }, plugin: { logBufferLines: 500 } },
    );
    const told: string[] = [];
    core.on('log', ({ message }) => {
      if (message.includes('were dropped')) {
        told.push(message);
      }
    });
    for (let index = 0; index < 20_000; index++) {
      plugin.log.info(`line ${index}`);
    }
    await core.call('math', 'echo');
    await until(() => core.logs.counts.dropped >= 19_500, 'the count');
    expect(core.logs.counts.received).toBeLessThan(2_000);
    expect(told[0]).toMatch(/^\d+ lines were dropped: more was written/);
  });

  it('are taken from mounted plugins only', async () => {
    const { core, address } = await world.core();
    const client = new Client(address, credentials.createInsecure());
    world.onClose(() => client.close());
    const { path, requestSerialize, responseDeserialize } =
      pluginCoreService.Log;
    const details = await new Promise<string | undefined>(resolve => {
      const stream = client.makeClientStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        error => resolve(error?.details),
      );
      stream.write(
        encodeLogBatch({
          lines: [
            { level: 'error', message: 'x', timeMs: 1, fields: {}, callId: 0 },
          ],
          dropped: 0,
        }),
      );
    });
    expect(details).toBe(
      'The metadata plugin-session names no mounted plugin; mount first',
    );
    expect(core.logs.counts.received).toBe(0);
  });

  it('keep the newest lines of a full buffer, cut to a bearable length', () => {
    const buffer = new LogBuffer(3_000);
    for (let index = 0; index < 10_000; index++) {
      buffer.add({
        level: 'info',
        message: index === 9_999 ? 'x'.repeat(100_000) : `${index}`,
        timeMs: 0,
        fields: {},
        callId: 0,
      });
    }
    expect(buffer.size).toBe(3_000);
    const first = buffer.take();
    expect(first?.dropped).toBe(7_000);
    expect(first?.lines[0].message).toBe('7000');
    let last = first;
    for (let next = buffer.take(); next; next = buffer.take()) {
      last = next;
    }
    expect(last?.lines.at(-1)?.message).toHaveLength(16 * 1024 + 1);
  });
});
