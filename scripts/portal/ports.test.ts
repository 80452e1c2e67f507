import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test, type TestContext } from 'node:test';
import { freePorts, isPortFree, portUser } from './ports.ts';

async function listen(t: TestContext, host: string) {
  const server = net.createServer().listen(0, host);
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise(closed => server.close(closed));
  return { port, close };
}

const hasIPv6 = Object.values(networkInterfaces()).some(addresses =>
  addresses?.some(({ address }) => address === '::1'),
);

test('a port is not free while somebody listens on it, and then it is', async t => {
  for (const host of ['127.0.0.1', ...(hasIPv6 ? ['::1'] : [])]) {
    const { port, close } = await listen(t, host);
    assert.equal(await isPortFree(port), false, host);
    await close();
    assert.equal(await isPortFree(port), true, host);
  }
});

test('free ports are all different', async () => {
  assert.equal(new Set(await freePorts(5)).size, 5);
});

test('tells who listens on a port, where the system does', async t => {
  const { port } = await listen(t, '127.0.0.1');
  const user = portUser(port);
  if (spawnSync('ss', ['-V']).error) assert.equal(user, undefined);
  else assert.match(user ?? '', new RegExp(`^process ${process.pid} \\(`));
});
