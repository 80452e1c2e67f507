import { fetchWithReason } from './fetchWithReason';

const ANALYZE = 'http://localhost:7007/api/catalog/analyze-location';

function answering(status: number, body: object) {
  return fetchWithReason({
    fetch: async () =>
      new Response(JSON.stringify(body), {
        status,
        headers: { 'content-type': 'application/json' },
      }),
  });
}

describe('fetchWithReason', () => {
  it('fails with the reason behind a refused description', async () => {
    const { fetch } = answering(400, {
      error: {
        name: 'InputError',
        message: 'Processor failed',
        cause: { name: 'InputError', message: 'spec.runtime is wrong' },
      },
      response: { statusCode: 400 },
    });
    await expect(fetch(ANALYZE)).rejects.toThrow('spec.runtime is wrong');
  });

  it('fails with the message where there is no reason behind it', async () => {
    const { fetch } = answering(403, {
      error: { name: 'NotAllowedError', message: 'You may not' },
      response: { statusCode: 403 },
    });
    await expect(fetch(ANALYZE)).rejects.toThrow('You may not');
  });

  it('leaves every other answer alone', async () => {
    const good = await answering(200, { ok: true }).fetch(ANALYZE);
    expect(await good.json()).toEqual({ ok: true });
    const other = await answering(400, {}).fetch('http://localhost/other');
    expect(other.status).toBe(400);
  });
});
