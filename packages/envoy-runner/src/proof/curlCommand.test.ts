import { runProgram } from '../process';
import { EchoUpstream } from '../upstream';
import { curlCommand, curlExamples } from './curlCommand';

const URL = 'http://127.0.0.1:1';

describe('curlCommand', () => {
  it.each([
    [{}, `curl -i '${URL}/'`],
    [{ method: 'HEAD', path: '/a' }, `curl -i --head '${URL}/a'`],
    [
      { method: 'DELETE', headers: { 'x-a': ['1', '2'], 'x-empty': '' } },
      `curl -i -X DELETE -H 'x-a: 1' -H 'x-a: 2' -H 'x-empty;' '${URL}/'`,
    ],
    [
      { method: 'POST', json: { it: "isn't" } },
      `curl -i -H 'content-type: application/json' --data-raw '{"it":"isn'\\''t"}' '${URL}/'`,
    ],
    [
      { method: 'PUT', headers: { 'Content-Type': 'a/b' }, body: '@x' },
      `curl -i -X PUT -H 'Content-Type: a/b' --data-raw '@x' '${URL}/'`,
    ],
  ])('writes %j', (request, expected) => {
    expect(curlCommand(request, URL)).toBe(expected);
  });

  it('survives a real shell, whatever the text', async () => {
    const upstream = await EchoUpstream.start();
    const body = `"$(exit 1)" 'quoted' \`x\` \\ ! & ;`;
    const command = curlCommand(
      { method: 'POST', headers: { 'x-a': `it's $HOME` }, chunks: [body] },
      `http://127.0.0.1:${upstream.port}`,
    );
    await runProgram('sh', ['-c', command]);
    await upstream.stop();
    expect(upstream.requests).toEqual([
      expect.objectContaining({
        method: 'POST',
        body,
        headers: expect.objectContaining({
          'x-a': `it's $HOME`,
          'transfer-encoding': 'chunked',
        }),
      }),
    ]);
  });
});

describe('curlExamples', () => {
  it('takes the first cases that need no configuration of their own', () => {
    const fine = { status: 200 };
    expect(
      curlExamples(
        {
          apiVersion: 'envoygo.dev/v1alpha1',
          kind: 'EnvoyProof',
          cases: [
            { name: 'other', config: 1, expect: fine },
            { name: 'steps', steps: [{ expect: fine }] },
            { name: 'plain', request: { path: '/x' }, expect: fine },
            { name: 'late', expect: fine },
          ],
        },
        URL,
        2,
      ),
    ).toEqual([
      { name: 'steps', command: `curl -i '${URL}/'` },
      { name: 'plain', command: `curl -i '${URL}/x'` },
    ]);
  });
});
