import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate, SelfsignedOptions } from 'selfsigned';
import { float64, Payload, Timestamp } from '../codec';
import { Core, CoreOptions } from '../core';
import { ErrorCode } from '../wire';
import { gate, until, World } from '../testing/world';
import { GoProgram } from './GoProgram';

// Processes start slowly on a machine that is busy.
jest.setTimeout(20_000);

describe('a plugin in Go on a core in TypeScript', () => {
  const world = new World();
  let program: GoProgram;
  beforeAll(async () => {
    program = await GoProgram.build(
      join(__dirname, '../../go/internal/testplugin'),
    );
  }, 240_000);
  afterEach(async () => {
    await program.stopAll();
    await world.close();
  });
  afterAll(() => program.remove());

  async function mounted(options: CoreOptions = {}) {
    const { core, address } = await world.core(options);
    const plugin = program.start([address, 'secret']);
    await until(() => plugin.printed.includes('mounted:'), 'the mount');
    return { core, address, plugin };
  }

  it('mounts and says what it is', async () => {
    const { core } = await mounted();
    expect(core.plugins.get('go')).toMatchObject({
      id: 'go@1.0.0',
      interface: 'test',
      concurrency: 8,
    });
    expect(core.plugins.get('go')?.functions).toContainEqual({
      name: 'echo',
      signature: '(…) → …',
    });
  });

  it('takes and gives every type there is', async () => {
    const { core } = await mounted();
    const args = {
      bool: true,
      int32: -5,
      int64: 2n ** 63n - 1n,
      float64: float64(3),
      string: 'grüße \u{1f600}',
      bytes: Buffer.from([0, 255]),
      time: new Timestamp(-1, 999_999_999),
      list: [1n, 'two', [float64(3)], null],
      map: { inner: { deep: -(2n ** 63n) } },
    };
    for (const name of ['echo', 'types']) {
      const map = (await core.call('go', name, args)).map();
      expect(map.getBool('bool')).toBe(true);
      expect(map.getInt32('int32')).toBe(-5);
      expect(map.getInt64('int64')).toBe(2n ** 63n - 1n);
      expect(map.getAny('float64')).toBe(3);
      expect(map.getString('string')).toBe('grüße \u{1f600}');
      expect([...map.getBytes('bytes')]).toEqual([0, 255]);
      expect(map.getTimestamp('time')).toEqual(new Timestamp(-1, 999_999_999));
      expect(map.getList('list').raw).toEqual([1n, 'two', [3], null]);
      expect(map.getMap('map').getMap('inner').getInt64('deep')).toBe(
        -(2n ** 63n),
      );
    }
    const bytes = await core.call('go', 'echo', Buffer.from('as they are'));
    expect(Buffer.from(bytes.bytes()).toString()).toBe('as they are');
  });

  it('takes and gives a payload of 5 MB in chunks', async () => {
    const { core } = await mounted();
    const payload = Buffer.alloc(5_000_000, 'abcdefg');
    const result = await core.call('go', 'echo', payload);
    expect(payload.equals(result.bytes())).toBe(true);
  });

  it('answers many calls at once', async () => {
    const { core } = await mounted();
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, number) =>
        core.call('go', 'echo', { number }),
      ),
    );
    expect(answers.map(answer => answer.map().getInt32('number'))).toEqual(
      Array.from({ length: 500 }, (_, number) => number),
    );
  });

  it('streams parts no faster than they are read', async () => {
    const { core } = await mounted({ windowBytes: 64 * 1024 });
    const reading = gate();
    const seen: number[] = [];
    const result = core.call(
      'go',
      'parts',
      { count: 40, size: 30_000 },
      {
        onPart: async (part: Payload) => {
          await reading.opened;
          seen.push(part.map().getInt32('index'));
        },
      },
    );
    // Others are not held up by it.
    await core.call('go', 'echo', {});
    expect(seen).toEqual([]);
    reading.open();
    expect((await result).map().getInt32('sent')).toBe(40);
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });

  it('hears that its caller gave up, or waited too long', async () => {
    const { core } = await mounted();
    const abort = new AbortController();
    const cancelled = core.call('go', 'wait', {}, { signal: abort.signal });
    const started = core.call('go', 'wait', {}, { timeout: 50 });
    await expect(started).rejects.toMatchObject({ name: 'CallTimeoutError' });
    abort.abort();
    await expect(cancelled).rejects.toMatchObject({
      name: 'CallCancelledError',
    });
    for (;;) {
      const count = await core.call('go', 'cancelled');
      if (count.value() === 2n) {
        break;
      }
    }
  });

  it.each([
    ['fail', {}, 'HandlerError', 'there is no more cheese'],
    ['panic', {}, 'HandlerError', 'panic: out of cheese'],
    [
      'wrongType',
      { user: { age: 'ten' } },
      'WrongTypeError',
      'user.age is a string ("ten"), not an int64',
    ],
    ['wrongType', {}, 'WrongTypeError', 'user is missing, not a map'],
    [
      'wrongType',
      Buffer.from('x'),
      'WrongTypeError',
      'The argument of wrongType is in the codec "bytes", not "map"',
    ],
    [
      'unknown',
      {},
      'UnknownCodecError',
      'There is no codec "morse" here; known are map, bytes',
    ],
    [
      'parts',
      { count: 1, size: 20_000_000 },
      'PayloadTooLargeError',
      'bytes; the core takes 16777216',
    ],
  ])('%s given %p fails with %s', async (name, args, errorName, message) => {
    const { core } = await mounted();
    await expect(core.call('go', name, args)).rejects.toMatchObject({
      name: errorName,
      message: expect.stringContaining(message),
    });
    // And goes on.
    await core.call('go', 'echo', {});
  });

  it('is not asked for what it has not', async () => {
    const { core } = await mounted();
    await expect(core.call('go', 'nonsense')).rejects.toMatchObject({
      name: 'UnknownFunctionError',
    });
  });

  it('refuses arguments larger than it takes', async () => {
    const { core } = await mounted();
    await expect(
      core.call('go', 'echo', Buffer.alloc(17 * 1024 * 1024)),
    ).rejects.toMatchObject({ name: 'PayloadTooLargeError' });
  });

  it('calls functions that the core offers', async () => {
    const hanging = gate<AbortSignal>();
    const { core } = await mounted({
      functions: {
        count: async ctx => {
          const to = ctx.map().getInt32('to');
          for (let number = 0; number < to; number++) {
            await ctx.part(`${number}`.padEnd(30_000, '.'));
          }
          return Buffer.alloc(300_000, 'r');
        },
        break: () => {
          throw new Error('broken');
        },
        hang: ctx => {
          hanging.open(ctx.signal);
          return new Promise(() => {});
        },
      },
    });
    const ask = async (args: object) =>
      (await core.call('go', 'askCore', args)).map();

    const counted = await ask({ function: 'count', args: { to: 30 } });
    expect(counted.getBytes('result')).toHaveLength(300_000);
    expect(counted.getList('parts')).toHaveLength(30);

    const broken = await ask({ function: 'break' });
    expect(broken.getInt32('code')).toBe(ErrorCode.HANDLER);
    expect(broken.getString('error')).toBe('break of the core failed: broken');

    const unknown = await ask({ function: 'fly' });
    expect(unknown.getInt32('code')).toBe(ErrorCode.UNKNOWN_FUNCTION);

    const hung = await ask({ function: 'hang', timeout: 50 });
    expect(hung.getInt32('code')).toBe(ErrorCode.TIMEOUT);
    const signal = await hanging.opened;
    await until(() => signal.aborted, 'the core to hear of it');
  });

  it('writes lines to the log hub, with the call they belong to', async () => {
    const { core } = await mounted();
    const lines: string[] = [];
    core.on('log', ({ plugin, level, message, fields, callId }) =>
      lines.push(
        `${plugin} ${level} ${message} ${fields.number ?? ''} ${
          (callId ?? 0) > 0
        }`,
      ),
    );
    await core.call('go', 'log', { count: 2 });
    await until(() => lines.length === 3, 'three lines');
    expect(lines).toEqual([
      'go@1.0.0 info line 0 true',
      'go@1.0.0 info line 1 true',
      'go@1.0.0 warn last line  true',
    ]);
  });

  it('drops the oldest lines of a flood, and says how many', async () => {
    const { core } = await mounted({ logRate: 20_000 });
    const told: string[] = [];
    core.on('log', ({ message }) => {
      if (message.includes('lines were dropped')) {
        told.push(message);
      }
    });
    await core.call('go', 'log', { count: 30_000 });
    await core.call('go', 'log', { count: 30_000 });
    // The hub says so with the first batch after the loss.
    await until(() => told.length > 0, 'word of dropped lines');
    expect(core.logs.counts.dropped).toBeGreaterThan(0);
    expect(core.logs.counts.received).toBeLessThan(60_000);
  });

  it.each([
    ['a wrong token', ['other'], 'ERROR_CODE_WRONG_TOKEN'],
    ['the name of another', ['secret'], 'ERROR_CODE_DUPLICATE_PLUGIN'],
  ])('with %s is told so and ends', async (_, [token], code) => {
    const { address } = await mounted();
    const second = program.start([address, token]);
    expect(await second.ended).toContain(`\n${code}: `);
    expect(second.exitCode).toBe(1);
  });

  it('with another signature than the interface is told so', async () => {
    const { address } = await world.core({
      interfaces: [
        { name: 'test', functions: [{ name: 'echo', signature: '() → ()' }] },
      ],
    });
    const plugin = program.start([address, 'secret']);
    expect(await plugin.ended).toContain(
      'ERROR_CODE_MISSING_FUNCTION: The function "echo" of the interface "test" is () → () here, but (…) → … in the plugin',
    );
  });

  it('killed takes its calls with it, and the next one may mount', async () => {
    const { core, address, plugin } = await mounted();
    const running = core.call('go', 'wait', {}, { timeout: 0 });
    const failed = running.catch(error => error);
    await core.call('go', 'echo', {});
    plugin.signal('SIGKILL');
    expect(await failed).toMatchObject({ name: 'PluginGoneError' });
    await expect(core.call('go', 'echo', {})).rejects.toMatchObject({
      name: 'PluginNotFoundError',
    });
    program.start([address, 'secret']);
    await core.plugins.waitFor('go');
  });

  it('frozen is lost by its beats, and thawed comes back by a fresh mount', async () => {
    const { core, plugin } = await mounted({
      pingInterval: 50,
      pingTimeout: 250,
    });
    const first = core.plugins.get('go');
    const lost = gate<string>();
    core.on('lost', ({ reason }) => lost.open(reason));
    plugin.signal('SIGSTOP');
    expect(await lost.opened).toContain('nothing came from it');
    await expect(core.call('go', 'echo', {})).rejects.toMatchObject({
      name: 'PluginNotFoundError',
    });
    plugin.signal('SIGCONT');
    const second = await core.plugins.waitFor('go');
    expect(second).not.toBe(first);
    await second.call('echo', {});
  });

  it('takes a silent core for lost, and comes back', async () => {
    const { core, address } = await world.core({
      pingInterval: 50,
      pingTimeout: 250,
    });
    const proxy = await world.proxy(address);
    const plugin = program.start([proxy.address, 'secret']);
    await until(() => plugin.printed.includes('mounted:'), 'the mount');
    proxy.freeze();
    await until(() => plugin.printed.includes('lost: nothing came'), 'loss');
    await until(() => core.plugins.list().length === 0, 'loss at the core');
    proxy.thaw();
    expect((await core.plugins.waitFor('go')).id).toBe('go@1.0.0');
  });

  it('comes back to a core that was started anew', async () => {
    const { core, address } = await mounted();
    await core.close();
    const again = new Core({ tokens: ['secret'] });
    world.onClose(() => again.close({ grace: 0 }));
    await again.serve({ address });
    const back = await again.plugins.waitFor('go');
    expect((await back.call('echo', 'hello')).value()).toBe('hello');
  });

  it('answers what runs before it goes when it is told to stop', async () => {
    const { core, plugin } = await mounted();
    const unmounted = gate<string>();
    core.on('unmounted', ({ reason }) => unmounted.open(reason));
    const result = core.call(
      'go',
      'parts',
      { count: 500, size: 1_000 },
      { onPart: () => plugin.signal('SIGTERM') },
    );
    expect((await result).map().getInt32('sent')).toBe(500);
    expect(await unmounted.opened).toBe('it was told to stop');
    await plugin.ended;
    expect(plugin.exitCode).toBe(0);
  });

  it('removed by the core does not come back', async () => {
    const { core, plugin } = await mounted();
    await core.plugins.get('go')?.remove('not wanted any more');
    expect(await plugin.ended).toContain('shut down: not wanted any more');
    expect(plugin.exitCode).toBe(1);
  });

  describe('with certificates and sockets', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugin-rpc-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    it('mounts over a unix socket', async () => {
      const core = new Core({ tokens: ['secret'] });
      world.onClose(() => core.close({ grace: 0 }));
      const { address } = await core.serve({
        address: `unix:${join(folder, 'core.sock')}`,
      });
      program.start([address, 'secret']);
      const plugin = await core.plugins.waitFor('go');
      expect((await plugin.call('echo', 'hello')).value()).toBe('hello');
    });

    it('mounts with mutual TLS', async () => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      const options: SelfsignedOptions & { keyPair: object } = {
        keyPair: { publicKey, privateKey },
        algorithm: 'sha256',
        extensions: [
          { name: 'basicConstraints', cA: true },
          {
            name: 'subjectAltName',
            altNames: [{ type: 2, value: 'localhost' }],
          },
        ],
      };
      const pems = generate([{ name: 'commonName', value: 'core' }], options);
      writeFileSync(join(folder, 'cert.pem'), pems.cert);
      writeFileSync(join(folder, 'key.pem'), pems.private);
      const core = new Core({ tokens: ['secret'] });
      world.onClose(() => core.close({ grace: 0 }));
      const { address } = await core.serve({
        address: '127.0.0.1:0',
        tls: {
          cert: Buffer.from(pems.cert),
          key: Buffer.from(pems.private),
          clientCa: Buffer.from(pems.cert),
        },
      });
      program.start([address, 'secret'], {
        TLS_CA: join(folder, 'cert.pem'),
        TLS_CERT: join(folder, 'cert.pem'),
        TLS_KEY: join(folder, 'key.pem'),
      });
      const plugin = await core.plugins.waitFor('go');
      expect((await plugin.call('echo', 'hello')).value()).toBe('hello');
    });
  });
});
