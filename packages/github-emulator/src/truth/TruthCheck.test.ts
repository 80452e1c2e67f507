import { Exchange, TruthCheck } from './TruthCheck';
import { GitHubDescription } from './GitHubDescription';
import { toJsonSchema } from './jsonSchema';

describe('TruthCheck', () => {
  let truth: TruthCheck;
  beforeAll(async () => {
    truth = new TruthCheck(await GitHubDescription.load());
  });

  const check = (exchange: Partial<Exchange>) =>
    truth
      .check({
        method: 'PUT',
        endpoint: '/repos/{owner}/{repo}/topics',
        path: '/repos/a/b/topics',
        query: new URLSearchParams(),
        requestBody: { names: [] },
        status: 200,
        responseBody: { names: [] },
        isBinary: false,
        ...exchange,
      })
      .map(({ side, message }) => `${side}: ${message}`);

  it('finds nothing in what GitHub describes', () => {
    expect(check({})).toEqual([]);
  });

  it('finds what an answer lacks, or has of the wrong type', () => {
    expect(check({ responseBody: {} })).toEqual([
      "response: / must have required property 'names'",
    ]);
    expect(check({ responseBody: { names: [5] } })).toEqual([
      'response: /names/0 must be string',
    ]);
    expect(check({ responseBody: undefined })).toEqual([
      'response: the body is missing',
    ]);
  });

  it('finds what a request has wrong, unless it was refused', () => {
    expect(check({ requestBody: { names: 'x' } })).toEqual([
      'request: /names must be array',
    ]);
    expect(check({ requestBody: undefined })).toEqual([
      'request: the body is missing',
    ]);
    expect(
      check({
        requestBody: { names: 'x' },
        status: 422,
        responseBody: { message: 'x', documentation_url: 'x' },
      }),
    ).toEqual([]);
  });

  it('finds a status that GitHub never answers with, and endpoints that it does not have', () => {
    expect(check({ status: 201 })).toEqual([
      'response: GitHub does not answer 201 here',
    ]);
    expect(check({ method: 'POST' })).toEqual([
      'response: GitHub has no such endpoint',
    ]);
  });

  it('reads parameters of the query as what they stand for', () => {
    const list = (query: string) =>
      check({
        method: 'GET',
        endpoint: '/orgs/{org}/repos',
        query: new URLSearchParams(query),
        requestBody: undefined,
        responseBody: [],
      });
    expect(list('per_page=5&sort=created')).toEqual([]);
    expect(list('per_page=many&sort=age')).toEqual([
      'request: query parameter sort / must be equal to one of the allowed values',
      'request: query parameter per_page / must be integer',
    ]);
  });
});

describe('toJsonSchema', () => {
  it('makes nullable things nullable, references ours, and alternatives inclusive', () => {
    const references = new Set<string>();
    expect(
      toJsonSchema(
        {
          type: 'object',
          description: 'dropped',
          properties: {
            a: { type: 'string', nullable: true, enum: ['x'] },
            b: { $ref: '#/components/schemas/simple-user' },
            c: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
            d: {
              nullable: true,
              allOf: [{ $ref: '#/components/schemas/team' }],
            },
          },
          additionalProperties: false,
        },
        references,
      ),
    ).toEqual({
      type: 'object',
      properties: {
        a: { anyOf: [{ type: 'null' }, { type: 'string', enum: ['x'] }] },
        b: { $ref: 'github:/schemas/simple-user' },
        c: { allOf: [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }] },
        d: {
          anyOf: [
            { type: 'null' },
            { allOf: [{ $ref: 'github:/schemas/team' }] },
          ],
        },
      },
      additionalProperties: false,
    });
    expect([...references]).toEqual(['simple-user', 'team']);
  });
});
