import { DOWNSTREAM_ADDRESS_HEADER } from '../bootstrap';
import { EchoUpstream } from '../upstream';
import { compareUpstream } from './compareUpstream';
import { sendRequest } from './sendRequest';

const DOWNSTREAM = '127.0.0.1:40000';

describe('compareUpstream', () => {
  let upstream: EchoUpstream;
  beforeEach(async () => {
    upstream = await EchoUpstream.start();
  });
  afterEach(() => upstream.stop());

  const envoy = {
    counters: async () =>
      new Map([
        ['cluster.upstream.upstream_rq_total', upstream.requests.length],
      ]),
  };

  /** Sends on what Envoy would send on of a request from DOWNSTREAM. */
  async function sendOn(path: string) {
    const seenBefore = upstream.requests.length;
    await sendRequest(
      { path, headers: { [DOWNSTREAM_ADDRESS_HEADER]: DOWNSTREAM } },
      {
        host: '127.0.0.1',
        port: upstream.port,
        timeoutMs: 5000,
        waitUntilRead: async () => {},
      },
    );
    return { downstream: DOWNSTREAM, seenBefore };
  }

  it('finds the request that was sent on, and says that it was not expected', async () => {
    const sent = await sendOn('/a');
    await expect(
      compareUpstream(envoy, upstream, { path: '/a' }, sent),
    ).resolves.toEqual([]);
    await expect(
      compareUpstream(envoy, upstream, 'none', sent),
    ).resolves.toEqual([
      { field: 'upstream', expected: 'none', actual: 'GET /a' },
    ]);
  });

  it('takes no earlier request from the same port for this one', async () => {
    await sendOn('/earlier');
    const refused = {
      downstream: DOWNSTREAM,
      seenBefore: upstream.requests.length,
    };
    await expect(
      compareUpstream(envoy, upstream, 'none', refused),
    ).resolves.toEqual([]);

    const later = compareUpstream(envoy, upstream, { path: '/later' }, refused);
    await sendOn('/later');
    await expect(later).resolves.toEqual([]);
  });
});
