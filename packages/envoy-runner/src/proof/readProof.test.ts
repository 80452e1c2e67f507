import Ajv2020 from 'ajv/dist/2020';
import { envoyProofSchema, parseProof, readProof } from './readProof';

const HEAD = 'apiVersion: envoygo.dev/v1alpha1\nkind: EnvoyProof\n';
const parse = (yaml: string) => parseProof(HEAD + yaml, 'envoy-proof.yaml');

function problemsOf(yaml: string): string[] {
  try {
    parse(yaml);
  } catch (error) {
    return String(error)
      .split('\n')
      .slice(1)
      .map(line => line.replace('  - ', ''));
  }
  return [];
}

/** A case named n with these fields. */
const withCase = (fields: string) => `cases:\n  - { name: n, ${fields} }\n`;

describe('parseProof', () => {
  it('accepts all that the format offers', () => {
    const proof = parse(`
config: [any, value]
upstream: { status: 204, headers: { x-a: b, x-c: [d, e] }, body: hello }
services:
  authz:
    - request: { method: GET, path: /check, headers: { a: { matches: ^g } }, body: { contains: x } }
      reply: { status: 200, headers: {}, body: '', delayMs: 10 }
    - reply: { status: 403 }
cases:
  - name: one
    config: { secret: other }
    request: { method: PUT, path: '/a?b', headers: { x-a: [b, c] }, chunks: [a, b], repeat: 3 }
    expect:
      status: 403
      headers: { retry-after: '1', x-gone: { absent: true }, x-id: { matches: '^[0-9a-f]+$' } }
      body: { json: null }
      upstream: none
      stats: { a.b: 1, c: { atLeast: 2 } }
  - name: two
    config: null
    steps:
      - expect: { upstream: { method: GET, path: /, headers: { x: y }, body: '' } }
      - request: { json: [1] }
        expect: { body: text }
`);
    expect(proof.cases.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it.each([
    [
      'an unknown field',
      withCase('expect: { stauts: 200 }'),
      'cases[0].expect.stauts: unknown field; allowed are status, headers, body, upstream, stats',
    ],
    [
      'a header value that is a number',
      withCase('expect: { headers: { retry-after: 1 } }'),
      'cases[0].expect.headers.retry-after: found 1, allowed is a string (put a number in quotes), { absent: true } or { matches: REGEX }',
    ],
    [
      'a broken regular expression',
      withCase('expect: { headers: { x.y: { matches: "[" } } }'),
      'cases[0].expect.headers["x.y"].matches: found "[", which is no regular expression (Invalid regular expression: /[/u: Unterminated character class)',
    ],
    [
      'an impossible status',
      withCase('expect: { status: 99 }'),
      'cases[0].expect.status: found 99, it must be >= 200',
    ],
    [
      'an upstream that is neither none nor a request',
      withCase('expect: { upstream: nothing }'),
      'cases[0].expect.upstream: found "nothing", allowed is \'none\' or an object of method, path, headers, body',
    ],
    [
      'a case that expects nothing',
      withCase('request: {}'),
      "cases[0]: the field 'expect' is missing",
    ],
    [
      'an empty expectation',
      withCase('expect: {}'),
      'cases[0].expect: found {}, allowed are status, headers, body, upstream, stats, at least one of them',
    ],
    [
      'steps beside a request',
      withCase('request: {}, steps: [{ expect: { status: 200 } }]'),
      'cases[0].request: found {}, allowed is nothing, for the case has steps: put it into one of them',
    ],
    [
      'two sorts of body',
      withCase('request: { body: a, json: 1 }, expect: { status: 200 }'),
      'cases[0].request.json: found 1, allowed is only one of body, chunks and json',
    ],
    [
      'a line break smuggled into a header',
      withCase(
        'request: { headers: { a: "b\\r\\nc: d" } }, expect: { status: 200 }',
      ),
      'cases[0].request.headers.a: found "b\\r\\nc: d", allowed is a string (put a number in quotes) without control characters, or a list of such',
    ],
    [
      'a service that would take the place of the upstream',
      `services: { upstream: [] }\n${withCase('expect: { status: 200 }')}`,
      "services: found the name 'upstream', allowed are letters, digits, '.', '_' and '-', and not the name 'upstream'",
    ],
    [
      'no cases',
      'cases: []',
      'cases: found [], it must NOT have fewer than 1 items',
    ],
  ])('refuses %s in one sentence', (_, yaml, expected) => {
    expect(problemsOf(yaml)).toEqual([expected]);
  });

  it('names every problem at once', () => {
    expect(
      problemsOf('foo: 1\ncases:\n  - { nane: x, expect: { status: 1 } }\n'),
    ).toEqual([
      'foo: unknown field; allowed are apiVersion, kind, config, upstream, services, cases',
      "cases[0]: the field 'name' is missing",
      'cases[0].nane: unknown field; allowed are name, config, request, expect, steps',
      'cases[0].expect.status: found 1, it must be >= 200',
    ]);
  });

  it('refuses a name given twice', () => {
    expect(() =>
      parse(
        'cases:\n  - { name: n, expect: { status: 200 } }\n  - { name: n, expect: { status: 200 } }\n',
      ),
    ).toThrow(
      "envoy-proof.yaml has two cases named 'n'; a name may be given once",
    );
  });

  it('refuses what is no YAML, and what is no proof at all', () => {
    expect(() => parseProof('a: [', 'p.yaml')).toThrow(/^p.yaml is not YAML: /);
    expect(() => parseProof('', 'p.yaml')).toThrow(
      'p.yaml is not a valid proof:\n  - the file: found null, allowed is an object',
    );
  });

  it('does not expand a document beyond all measure', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
      .concat(
        'bcdefghij'
          .split('')
          .map(
            (name, index) =>
              `${name}: &${name} [${Array(10)
                .fill(`*${'abcdefghij'[index]}`)
                .join(', ')}]`,
          ),
      )
      .join('\n');
    expect(() => parseProof(bomb, 'p.yaml')).toThrow();
  });
});

describe('readProof', () => {
  it('says where it looked', async () => {
    await expect(readProof('/no/such/envoy-proof.yaml')).rejects.toThrow(
      'There is no proof at /no/such/envoy-proof.yaml; write one, or name another in spec.proof of catalog-info.yaml',
    );
  });
});

describe('the schema', () => {
  it('is valid JSON Schema 2020-12', () => {
    const ajv = new Ajv2020();
    expect(ajv.validateSchema(envoyProofSchema)).toBe(true);
  });
});
