import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate, SelfsignedOptions } from 'selfsigned';
import { until, World } from '../testing/world';
import { Core } from './Core';

describe('transports', () => {
  const world = new World();
  afterEach(() => world.close());

  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const options: SelfsignedOptions & { keyPair: object } = {
    // Node makes keys in a moment; the library would take seconds.
    keyPair: { publicKey, privateKey },
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'core.test' }] },
    ],
  };
  const pems = generate([{ name: 'commonName', value: 'core' }], options);
  const cert = Buffer.from(pems.cert);
  const key = Buffer.from(pems.private);

  async function serve(tls: { clientCa?: Buffer }) {
    const core = new Core({ tokens: ['secret'] });
    world.onClose(() => core.close({ grace: 0 }));
    return core.serve({
      address: '127.0.0.1:0',
      tls: { cert, key, ...tls },
    });
  }

  const functions = { echo: () => 'here' };
  const once = { reconnect: false } as const;

  it('are encrypted with TLS, and the core must be who it says', async () => {
    const { address } = await serve({});
    const mount = (tls?: { ca: Buffer; serverName: string }) =>
      world
        .plugin(functions, once)
        .mount({ address, token: 'secret', tls, timeout: 300 });
    await mount({ ca: cert, serverName: 'core.test' });
    await expect(
      mount({ ca: cert, serverName: 'other.test' }),
    ).rejects.toMatchObject({ name: 'PluginGoneError' });
    await expect(mount()).rejects.toMatchObject({ name: 'PluginGoneError' });
  });

  it('say why the core is not reached, while they are dialed', async () => {
    const { address } = await serve({});
    const plugin = world.plugin(functions);
    const told: string[] = [];
    plugin.on('state', ({ state, reason }) => told.push(`${state}: ${reason}`));
    const stop = new AbortController();
    const mounting = plugin.mount({
      address,
      token: 'secret',
      tls: { ca: cert, serverName: 'other.test' },
      timeout: 2_000,
      signal: stop.signal,
    });
    await until(() => told.length > 1, 'the reason');
    stop.abort(new Error('Enough'));
    await expect(mounting).rejects.toThrow();
    expect(told[0]).toBe(`dialing: dialing ${address}`);
    expect(told[1]).toMatch(/other\.test/);
  });

  it('with mutual TLS take plugins with a certificate only', async () => {
    const { address } = await serve({ clientCa: cert });
    const tls = { ca: cert, serverName: 'core.test' };
    await world.plugin(functions, once).mount({
      address,
      token: 'secret',
      tls: {
        ...tls,
        // Signed by the authority that the core asks for: itself.
        cert,
        key,
      },
    });
    await expect(
      world
        .plugin(functions, { ...once, version: '2' })
        .mount({ address, token: 'secret', tls, timeout: 300 }),
    ).rejects.toMatchObject({ name: 'PluginGoneError' });
  });

  it('may be several for one core, unix sockets among them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugin-rpc-'));
    world.onClose(() => rmSync(folder, { recursive: true }));
    const { core, address } = await world.core();
    const unix = await core.serve({ address: `unix:${folder}/core.sock` });
    await world.plugin(functions).mount({ address, token: 'secret' });
    await world
      .plugin(functions, { version: '2' })
      .mount({ ...unix, token: 'secret' });
    expect((await core.call('math@1.0.0', 'echo')).value()).toBe('here');
    expect((await core.call('math@2', 'echo')).value()).toBe('here');
  });
});
