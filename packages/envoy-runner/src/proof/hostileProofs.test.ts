import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdir, readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { isError } from '@backstage/errors';
import { renderBootstrap } from '../bootstrap';
import { readPlugin } from '../plugin';
import { useTemporaryDirectory } from '../testing/programs';
import { compareBody, compareHeaders, compareRequest } from './compare';
import { curlExamples } from './curlCommand';
import { stepsOf, type EnvoyProof } from './EnvoyProof';
import { parseProof, readProof } from './readProof';

const run = promisify(execFile);

const HEAD = 'apiVersion: envoygo.dev/v1alpha1\nkind: EnvoyProof\n';
const CASES = 'cases: [{ name: n, expect: { status: 200 } }]\n';
const VALID = `${HEAD}config: &c { secret: "s3cr3t", list: [1, 2.5, null] }
upstream: { status: 204, headers: { x-a: b, x-c: [d, e] }, body: hello }
services:
  authz:
    - request: { path: /check, body: { contains: x } }
      reply: { status: 200, delayMs: 10 }
cases:
  - name: one
    config: *c
    request: { method: PUT, path: '/a?b', chunks: [a, b], repeat: 3 }
    expect: { headers: { x-id: { matches: '^[0-9a-f]+$' } }, stats: { a: 1 } }
  - name: two
    steps: [{ request: { json: [1] }, expect: { body: text } }]
`;

/** Longer than that it takes no reader of what a stranger wrote. */
const PATIENCE_MS = 10_000;
const CONTROLS = /[^\P{Cc}\n\t]/u;
const HOSTILE = [
  '`touch pwned`',
  '$(touch pwned)',
  "'; touch pwned; '",
  '" && touch pwned #',
  '| touch pwned',
  '\n touch pwned',
  '../../../../etc/passwd',
  '/etc/passwd',
  'file:///etc/passwd',
  '-o/tmp/pwned',
  '@/etc/passwd',
  '\u0000',
  '\u001b]0;pwned\u0007',
  '\u202e',
  '\ud800',
  '__proto__',
  'constructor',
  '%DOWNSTREAM_LOCAL_ADDRESS%',
];

/** What a proof says, or one sentence that says what is wrong with it; nothing else. */
function attempt(text: string): EnvoyProof | undefined {
  const startedAt = performance.now();
  try {
    const proof = parseProof(text, 'p.yaml');
    useUp(proof);
    return proof;
  } catch (error) {
    expect(isError(error) && error.name).toBe('InputError');
    const message = String(isError(error) && error.message);
    expect(message).toMatch(/^p\.yaml/);
    expect(message).not.toMatch(CONTROLS);
    expect(message.length).toBeLessThan(100_000);
    return undefined;
  } finally {
    expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS);
  }
}

/** All that is done with a proof, but for sending. */
function useUp(proof: EnvoyProof): void {
  expect(JSON.parse(JSON.stringify(proof))).toEqual(proof);
  const bootstrap = renderBootstrap({
    upstream: { port: 1 },
    services: Object.keys(proof.services ?? {}).map(name => ({
      name,
      port: 2,
    })),
    listeners: proof.cases.map(({ config = proof.config }, index) => ({
      name: `case_${index}`,
      filters: [{ filterName: 'f', moduleName: 'm', config }],
    })),
  });
  expect(JSON.stringify(bootstrap).length).toBeLessThan(64 * 1024 * 1024);
  curlExamples(proof, 'http://127.0.0.1:1');
  for (const { expect: expected } of proof.cases.flatMap(stepsOf)) {
    compareHeaders('headers', expected.headers, { 'x-a': 'b' });
    compareBody('body', expected.body, '{}');
    if (typeof expected.upstream === 'object') {
      compareRequest('upstream', expected.upstream, {
        method: 'GET',
        path: '/',
        headers: {},
        body: '',
      });
    }
  }
}

const hostileText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary' }),
  fc.string(),
);
const hostileValue = fc.oneof(
  hostileText,
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    0,
    -1,
    1e308,
    Number.NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    -0,
    true,
    null,
    [],
    {},
  ),
);

describe('a proof that a stranger wrote', () => {
  it('is refused or read when it is garbage', () => {
    expect(() =>
      fc.assert(
        fc.property(
          fc.oneof(
            fc.string({ unit: 'binary', maxLength: 500 }),
            fc
              .array(
                fc.constantFrom(
                  ...'-?:,[]{}#&*!|>\'"%@`\n\t \r\0~<=a1.'.split(''),
                  '---\n',
                  '%YAML 1.1\n',
                  '!!binary ',
                  '&a ',
                  '*a ',
                  '<<: *a\n',
                  '? ',
                  ...HEAD.split('\n'),
                ),
                { maxLength: 200 },
              )
              .map(parts => parts.join('')),
          ),
          text => {
            attempt(text);
            attempt(HEAD + CASES + text);
          },
        ),
        { numRuns: 300 },
      ),
    ).not.toThrow();
  });

  it('is refused or read when something in it was changed', () => {
    expect(attempt(VALID)?.cases).toHaveLength(2);
    expect(() =>
      fc.assert(
        fc.property(
          fc.nat(VALID.length),
          fc.nat(20),
          hostileText,
          (at, removed, inserted) => {
            attempt(VALID.slice(0, at) + inserted + VALID.slice(at + removed));
          },
        ),
        { numRuns: 300 },
      ),
    ).not.toThrow();
  });

  it('is refused or read, whatever its fields hold', () => {
    const field = (value: fc.Arbitrary<unknown>) =>
      fc.option(value, { nil: undefined, freq: 8 });
    const object = (fields: Record<string, fc.Arbitrary<unknown>>) =>
      fc
        .record(fields)
        .map(record =>
          Object.fromEntries(
            Object.entries(record).filter(([, value]) => value !== undefined),
          ),
        );
    const headers = fc.dictionary(hostileText, hostileValue, { maxKeys: 3 });
    const rule = object({
      status: field(fc.oneof(fc.integer(), hostileValue)),
      headers: field(fc.oneof(headers, hostileValue)),
      body: field(hostileValue),
      delayMs: field(hostileValue),
    });
    const expected = object({
      status: field(fc.oneof(fc.constant(200), hostileValue)),
      headers: field(fc.oneof(headers, hostileValue)),
      body: field(fc.oneof(hostileValue, fc.record({ matches: hostileText }))),
      upstream: field(hostileValue),
      stats: field(fc.dictionary(hostileText, hostileValue)),
    });
    const request = object({
      method: field(hostileValue),
      path: field(
        fc.oneof(
          hostileText.map(text => `/${text}`),
          hostileValue,
        ),
      ),
      headers: field(headers),
      body: field(hostileValue),
      chunks: field(hostileValue),
      json: field(hostileValue),
      repeat: field(hostileValue),
    });
    const proof = object({
      apiVersion: fc.constant('envoygo.dev/v1alpha1'),
      kind: fc.constant('EnvoyProof'),
      config: field(hostileValue),
      upstream: field(rule),
      services: field(
        fc.dictionary(
          hostileText,
          fc.array(object({ reply: rule }), { maxLength: 2 }),
        ),
      ),
      cases: fc.array(
        object({
          name: hostileText,
          config: field(hostileValue),
          request: field(request),
          expect: expected,
        }),
        { maxLength: 3 },
      ),
    });
    expect(() =>
      fc.assert(
        fc.property(proof, value => {
          attempt(stringify(value));
          attempt(JSON.stringify(value));
        }),
        { numRuns: 100 },
      ),
    ).not.toThrow();
  });

  const lines = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n');

  it.each<[string, string, RegExp]>([
    ['a billion laughs', bomb(10, 10), /alias|too much/],
    [
      'few laughs, each loud',
      `config:\n  - &a ${'x'.repeat(900_000)}\n${lines(90, () => '  - *a')}`,
      /with all its aliases/,
    ],
    ['a value in itself', 'config: &a [*a]', /one in itself/],
    ['a mapping in itself', 'config: &a { b: *a }', /one in itself/],
    ['two of a value in itself', 'config: &a [*a, *a]', /too much|in itself/],
    ['brackets without end', `config: ${'['.repeat(100_000)}`, /too long/],
    [
      'nested lists',
      `config: ${'['.repeat(5000)}${']'.repeat(5000)}`,
      /deeper than 64/,
    ],
    [
      'nested mappings',
      `config: ${'{a: '.repeat(100)}1${'}'.repeat(100)}`,
      /deeper than 64/,
    ],
    [
      'nested lines',
      `config:\n${lines(500, index => `${' '.repeat(index + 1)}a:`)}`,
      /deeper than 64/,
    ],
    [
      'more keys than a proof has',
      lines(30_000, index => `k${index}: 1`),
      /too long/,
    ],
    [
      'keys as one line',
      `config: {${lines(30_000, index => ` k${index},`)}}`,
      /too long/,
    ],
    [
      'a set of an older YAML',
      `%YAML 1.1\n---\n${HEAD}config: !!set { a, b }\n${CASES}`,
      /config is nothing that JSON has/,
    ],
    [
      'a date of an older YAML',
      `%YAML 1.1\n---\n${HEAD}config: [2001-01-01]\n${CASES}`,
      /config\[0\] is nothing that JSON has/,
    ],
    [
      'bytes of an older YAML',
      `%YAML 1.1\n---\n${HEAD}config: !!binary aGk=\n${CASES}`,
      /config is nothing that JSON has/,
    ],
    [
      'a number beyond all numbers',
      'config: 1e999',
      /config is nothing that JSON has/,
    ],
    [
      'what is no number',
      'config: [.nan]',
      /config\[0\] is nothing that JSON has/,
    ],
    [
      'infinitely many repetitions',
      `cases: [{ name: n, request: { repeat: .inf }, expect: { status: 200 } }]`,
      /repeat is nothing that JSON has/,
    ],
    [
      'very many repetitions',
      `cases: [{ name: n, request: { repeat: 1e300 }, expect: { status: 200 } }]`,
      /it must be <= 10000/,
    ],
    ['tags without end', `config: ${'!a '.repeat(50_000)}`, /too long/],
    ['many tags', `config: ${'!a '.repeat(5_000)}`, /is not YAML/],
    [
      'unknown fields without end',
      `config: 1\n${lines(1500, index => `k${index}: 1`)}`,
      /and \d+ more/,
    ],
    ['two documents', `---\n${HEAD}${CASES}`, /several documents/],
    [
      'a name with what a terminal obeys to',
      'cases: [{ name: "a\\u001b[2J", expect: { status: 200 } }]',
      /name: found "a\\u001b\[2J"/,
    ],
    [
      'a name with a second line',
      'cases: [{ name: "a\\ntouch pwned", expect: { status: 200 } }]',
      /allowed is a sentence/,
    ],
    [
      'two long names',
      `cases:\n${lines(
        2,
        () => `  - { name: ${'n'.repeat(100_000)}, expect: { status: 200 } }`,
      )}`,
      /allowed is a sentence/,
    ],
    [
      'a path with a line break',
      'cases: [{ name: n, request: { path: "/a\\r\\nb: c" }, expect: { status: 200 } }]',
      /a path that begins with/,
    ],
    [
      'a path elsewhere',
      'cases: [{ name: n, request: { path: "http://example.com/" }, expect: { status: 200 } }]',
      /a path that begins with/,
    ],
    [
      'a service in another folder',
      `services: { ../x: [] }\n${CASES}`,
      /found the name '\.\.\/x'/,
    ],
  ])('is refused when it has %s', (_, yaml, message) => {
    expect(attempt(yaml.startsWith('%') ? yaml : HEAD + yaml)).toBeUndefined();
    expect(() =>
      parseProof(yaml.startsWith('%') ? yaml : HEAD + yaml, 'p.yaml'),
    ).toThrow(message);
  });

  it('gives up on an expression that takes ages', () => {
    const startedAt = performance.now();
    expect(
      compareBody('body', { matches: '^(a+)+$' }, `${'a'.repeat(50)}b`),
    ).toEqual([expect.objectContaining({ expected: 'matches ^(a+)+$' })]);
    expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS);
  });

  describe('on disk', () => {
    const temporaryDirectory = useTemporaryDirectory();

    it('runs nothing when its command is pasted into a shell', async () => {
      const directory = await temporaryDirectory();
      for (const body of HOSTILE.filter(text => text !== '\u0000')) {
        const proof = attempt(
          JSON.stringify({
            apiVersion: 'envoygo.dev/v1alpha1',
            kind: 'EnvoyProof',
            cases: [
              {
                name: 'n',
                request: {
                  method: 'POST',
                  path: `/${body.replace(/[^!-~]/g, '')}`,
                  body,
                },
                expect: { status: 200 },
              },
            ],
          }),
        );
        const command = proof && curlExamples(proof, 'http://h:1')[0].command;
        const { stdout } = await run(
          'sh',
          ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`],
          { cwd: directory },
        );
        expect(stdout.split('\0')).toContain(body.replace('\ud800', '\ufffd'));
      }
      expect(await readdir(directory)).toEqual([]);
    });

    const entity = (proof: string) =>
      JSON.stringify({
        apiVersion: 'envoygo.dev/v1alpha1',
        kind: 'EnvoyGoPlugin',
        metadata: { name: 'n' },
        spec: { runtime: 'dynamic-module', filterName: 'f', proof },
      });

    it.each([
      '../secret.yaml',
      './../secret.yaml',
      'a/../../secret.yaml',
      '/etc/passwd',
      '..',
      'link.yaml',
      'folder-link/secret.yaml',
      'pipe',
      'folder',
      '.',
      'large',
      'endless',
      'bytes',
      'none\0/../x',
      '$(touch pwned)',
      '`touch pwned`.yaml',
      'x'.repeat(300),
    ])('is not read from %j', async proof => {
      const outside = await temporaryDirectory();
      const directory = join(outside, 'plugin');
      await mkdir(join(directory, 'folder'), { recursive: true });
      await writeFile(join(outside, 'secret.yaml'), HEAD + CASES);
      await writeFile(join(directory, 'catalog-info.yaml'), entity(proof));
      await symlink('../secret.yaml', join(directory, 'link.yaml'));
      await mkdir(join(outside, 'other'));
      await writeFile(join(outside, 'other/secret.yaml'), HEAD + CASES);
      await symlink('../other', join(directory, 'folder-link'));
      await symlink('/dev/zero', join(directory, 'endless'));
      await writeFile(join(directory, 'bytes'), Buffer.from([0xff, 0xfe, 0]));
      await writeFile(join(directory, 'large'), '');
      await truncate(join(directory, 'large'), 2 ** 40);
      await run('mkfifo', [join(directory, 'pipe')]);
      const before = await readdir(outside, { recursive: true });
      const error = await readPlugin(directory)
        .then(({ proofPath }) => readProof(proofPath))
        .catch(thrown => thrown);
      expect(isError(error) && error.name).toMatch(/^(Input|NotFound)Error$/);
      expect(String(error)).not.toMatch(CONTROLS);
      expect(await readdir(outside, { recursive: true })).toEqual(before);
    });

    it('is not read from a socket', async () => {
      const path = join(await temporaryDirectory(), 'socket');
      const server = createServer();
      await new Promise<void>(done => server.listen(path, done));
      await expect(readProof(path)).rejects.toThrow(path);
      server.close();
    });
  });
});

function bomb(width: number, depth: number): string {
  return Array.from(
    { length: depth },
    (_, level) =>
      `k${level}: &a${level} [${Array(width)
        .fill(level === 0 ? 'x' : `*a${level - 1}`)
        .join(', ')}]`,
  ).join('\n');
}
