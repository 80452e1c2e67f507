import { UPSTREAM_CLUSTER } from '../bootstrap';
import type { EnvoyProcess } from '../process';
import type { EchoUpstream } from '../upstream';
import { compareRequest, type Difference } from './compare';
import type { ProofExpectation } from './EnvoyProof';

/** Milliseconds within which what follows a reply has to have happened. */
export const SETTLE_MS = 2000;

/** What tells one request at the upstream from the others. */
export interface SentThrough {
  /** Address and port that the client asked from. */
  downstream: string;
  /**
   * How many requests the upstream had seen when the client asked. The system gives a
   * port that has become free to a later connection, so the address alone is not enough.
   */
  seenBefore: number;
}

/**
 * Compares what the upstream got of one request, once it has got it, with what is
 * expected of it.
 */
export async function compareUpstream(
  envoy: Pick<EnvoyProcess, 'counters'>,
  upstream: EchoUpstream,
  expected: ProofExpectation['upstream'],
  { downstream, seenBefore }: SentThrough,
): Promise<Difference[]> {
  if (expected === undefined) {
    return [];
  }
  const own = () =>
    upstream.requests
      .slice(seenBefore)
      .filter(request => request.downstream === downstream);
  if (expected === 'none') {
    // What Envoy has sent on may still be on its way to the upstream.
    const counters = await envoy.counters();
    const sent =
      counters.get(`cluster.${UPSTREAM_CLUSTER}.upstream_rq_total`) ?? 0;
    await upstream.waitFor(requests => requests.length >= sent, SETTLE_MS);
    return own()
      .slice(0, 1)
      .map(({ method, path }) => ({
        field: 'upstream',
        expected: 'none',
        actual: `${method} ${path}`,
      }));
  }
  await upstream.waitFor(
    () => own().some(({ complete }) => complete),
    SETTLE_MS,
  );
  const seen = own().at(-1);
  return seen
    ? compareRequest('upstream', expected, seen)
    : [{ field: 'upstream', expected: 'called', actual: 'not called' }];
}
