import { InputError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import {
  ENVOY_GO_PLUGIN_CATEGORIES,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  ENVOY_GO_PLUGIN_RUNTIMES,
  isEnvoyGoPluginEntity,
} from './EnvoyGoPluginEntity';
import { envoyGoPluginSchema } from './envoyGoPluginSchema';
import {
  formatFieldProblems,
  parseEnvoyGoPluginEntity,
  validateEnvoyGoPluginEntity,
} from './validateEnvoyGoPluginEntity';

const [example] = envoyGoPluginSchema.examples as [
  JsonObject & { metadata: JsonObject; spec: JsonObject },
];

/** The example with other fields in its spec; `undefined` removes one. */
function withSpec(spec: Record<string, unknown>): unknown {
  return JSON.parse(
    JSON.stringify({ ...example, spec: { ...example.spec, ...spec } }),
  );
}

function problemsOf(spec: Record<string, unknown>): string[] {
  return validateEnvoyGoPluginEntity(withSpec(spec)).map(
    ({ path, message }) => `${path} ${message}`,
  );
}

describe('validateEnvoyGoPluginEntity', () => {
  it('accepts the example of the schema, and gives it back', () => {
    expect(validateEnvoyGoPluginEntity(example)).toEqual([]);
    const entity = parseEnvoyGoPluginEntity(example);
    expect(entity).toBe(example);
    expect(isEnvoyGoPluginEntity(entity)).toBe(true);
  });

  it('accepts a plugin without configuration, order and proof', () => {
    expect(
      problemsOf({ config: undefined, order: undefined, proof: undefined }),
    ).toEqual([]);
  });

  it('accepts fields that it does not know in spec', () => {
    expect(problemsOf({ 'x-team': 'edge' })).toEqual([]);
  });

  it.each([
    ['runtime', ENVOY_GO_PLUGIN_RUNTIMES],
    ['lifecycle', ENVOY_GO_PLUGIN_LIFECYCLES],
    ['category', ENVOY_GO_PLUGIN_CATEGORIES],
  ])('accepts every %s that the types name, and no other', (field, values) => {
    for (const value of values) {
      expect(problemsOf({ [field]: value })).toEqual([]);
    }
    expect(problemsOf({ [field]: 'wasm' })).toEqual([
      `spec.${field} must be one of ${values.join(', ')}, but is "wasm"`,
    ]);
  });

  it.each([
    [
      'a missing owner',
      { owner: undefined },
      'spec.owner is missing; it must be text',
    ],
    [
      'an owner that nobody can be',
      { owner: 'component:default/x' },
      'spec.owner must be the entity ref of a group or user, such as "group:default/gateway"; it is "component:default/x"',
    ],
    [
      'an owner that is no entity ref',
      { owner: 'group:/:' },
      'spec.owner must be an entity ref, such as "group:default/gateway"; it is "group:/:"',
    ],
    [
      'a system that is none',
      { system: 'group:default/x' },
      'spec.system must be the entity ref of a system, such as "system:default/edge"; it is "group:default/x"',
    ],
    [
      'a dependency without a kind',
      { dependsOn: ['resource:a', 'b'] },
      'spec.dependsOn[1] must be an entity ref, such as "resource:default/token-store"; it is "b"',
    ],
    [
      'a successor of another kind',
      { deprecation: { successor: 'component:default/a' } },
      'spec.deprecation.successor must be the entity ref of an envoygoplugin, such as "envoygoplugin:default/token-auth"; it is "component:default/a"',
    ],
    [
      'a successor that is itself',
      { deprecation: { successor: 'token-auth' } },
      'spec.deprecation.successor must be another plugin; it is "token-auth"',
    ],
    [
      'a type of the wrong kind',
      { lifecycle: 5 },
      'spec.lifecycle must be one of experimental, production, deprecated, but is 5',
    ],
    [
      'an invalid filter name',
      { filterName: 'token auth' },
      'spec.filterName must match ^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$, but is "token auth"',
    ],
    [
      'an empty filter name',
      { filterName: '' },
      'spec.filterName must match ^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$, but is ""',
    ],
    [
      'an empty proof',
      { proof: '' },
      'spec.proof must have at least 1 character, but is ""',
    ],
    [
      'an invalid semver range',
      { envoy: '>>1.38' },
      'spec.envoy must be a semver range, such as ">=1.38" or "1.38.x || 1.40.x"; it is ">>1.38"',
    ],
    [
      'an absolute package',
      { package: '/filter' },
      'spec.package must be a path from the repository\'s root, not an absolute one; it is "/filter"',
    ],
    [
      'a package outside of the repository',
      { package: 'a/../../b' },
      'spec.package must stay inside the repository, without ".."; it is "a/../../b"',
    ],
    [
      'a package that Go cannot name',
      { package: 'my filter' },
      'spec.package must be a Go package path of letters, digits and "-._~", such as "." or "filter"; it is "my filter"',
    ],
    [
      'a package that no bundle can import',
      { package: './internal/filter' },
      'spec.package must not lie below "internal": a bundle is a module of its own, and Go does not let it import that; it is "./internal/filter"',
    ],
    [
      'a package that Go leaves out',
      { package: 'testdata/filter' },
      'spec.package must not lie below "testdata", which Go leaves out; it is "testdata/filter"',
    ],
    [
      'a proof outside of the repository',
      { proof: '../proof.yaml' },
      'spec.proof must stay inside the repository, without ".."; it is "../proof.yaml"',
    ],
    [
      'an absolute proof of another system',
      { proof: 'C:/proof.yaml' },
      'spec.proof must be a path from the repository\'s root, not an absolute one; it is "C:/proof.yaml"',
    ],
    [
      'a proof with backslashes',
      { proof: 'proofs\\all.yaml' },
      'spec.proof must be written with "/", not "\\"; it is "proofs\\\\all.yaml"',
    ],
    [
      'a proof that is a folder',
      { proof: 'proofs/' },
      'spec.proof must name a file, such as "envoy-proof.yaml" or "proofs/all.yaml"; it is "proofs/"',
    ],
    [
      'a slip in order',
      { order: { befor: ['a'] } },
      'spec.order.befor is not known here; allowed are before, after, conflictsWith',
    ],
    [
      'the same plugin twice',
      { order: { before: ['a', 'b', 'a'] } },
      'spec.order.before[2] must not repeat an earlier entry, but is "a" like entry 0',
    ],
    [
      'a plugin before and after the same one',
      { order: { before: ['a'], after: ['b', 'envoygoplugin:default/a'] } },
      'spec.order.after[1] names "envoygoplugin:default/a", which is in spec.order.before too; a plugin cannot be both before and after the same one',
    ],
    [
      'a plugin before itself',
      { order: { before: ['token-auth'] } },
      'spec.order.before[0] names the plugin itself, which cannot be before itself',
    ],
    [
      'a conflict with one that it must be ordered against',
      { order: { after: ['a'], conflictsWith: ['a'] } },
      'spec.order.conflictsWith[0] names "a", which is in spec.order.after too; a plugin cannot be both after and in conflict with the same one',
    ],
    [
      'an order against something that is no plugin',
      { order: { after: ['component:default/a'] } },
      'spec.order.after[0] must name an EnvoyGoPlugin, but is the component "component:default/a"',
    ],
    [
      'an order against something without a name',
      { order: { after: ['a:b:c:d/'] } },
      'spec.order.after[0] must be the name or the entity ref of a plugin, but is "a:b:c:d/"',
    ],
    [
      'a configuration without a schema',
      { config: { examples: [] } },
      'spec.config.schema is missing; it must be an object',
    ],
    [
      'a schema that is none',
      { config: { schema: { type: 'objekt' } } },
      'spec.config.schema.type must be one of array, boolean, integer, null, number, object, string, but is "objekt"',
    ],
    [
      'an example that its schema refuses',
      {
        config: {
          schema: {
            type: 'object',
            properties: { rules: { type: 'array', items: { type: 'string' } } },
          },
          examples: [
            { title: 'good', value: { rules: ['a'] } },
            { title: 'bad', value: { rules: ['a', 5] } },
          ],
        },
      },
      'spec.config.examples[1].value.rules[1] must be text, but is 5',
    ],
    [
      'an example without a value',
      { config: { schema: {}, examples: [{ title: 'none' }] } },
      'spec.config.examples[0].value is missing',
    ],
  ])('refuses %s', (_, spec, problem) => {
    expect(problemsOf(spec)).toEqual([problem]);
  });

  it('names all problems at once', () => {
    expect(
      problemsOf({
        runtime: 'wasm',
        owner: undefined,
        envoy: '>>',
        package: '/',
        order: { before: 'a' },
        proof: '',
      }).map(problem => problem.split(' ')[0]),
    ).toEqual([
      'spec.owner',
      'spec.runtime',
      'spec.order.before',
      'spec.proof',
      'spec.package',
      'spec.envoy',
    ]);
  });

  it.each([undefined, null, 5, 'text', [], {}, { spec: [] }, { spec: null }])(
    'refuses what is no description: %j',
    value => {
      expect(validateEnvoyGoPluginEntity(value)).not.toEqual([]);
    },
  );

  it('refuses another apiVersion, another kind and an invalid name', () => {
    expect(
      formatFieldProblems(
        validateEnvoyGoPluginEntity({
          ...example,
          apiVersion: 'backstage.io/v1alpha1',
          kind: 'Component',
          metadata: { ...example.metadata, name: '-x-', annotations: { a: 1 } },
        }),
      ),
    ).toBe(
      [
        'apiVersion must be "envoygo.dev/v1alpha1", but is "backstage.io/v1alpha1"',
        'kind must be "EnvoyGoPlugin", but is "Component"',
        'metadata.name must match ^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$, but is "-x-"',
        'metadata.annotations.a must be text, but is 1',
      ].join('\n'),
    );
  });

  it('says all of it in one error', () => {
    expect(() =>
      parseEnvoyGoPluginEntity(withSpec({ runtime: 'wasm', envoy: '?' })),
    ).toThrow(
      new InputError(
        [
          'The description of the plugin is broken in 2 places:',
          'spec.runtime must be one of dynamic-module, golang-filter, mosn-stream-filter, but is "wasm"',
          'spec.envoy must be a semver range, such as ">=1.38" or "1.38.x || 1.40.x"; it is "?"',
        ].join('\n'),
      ),
    );
  });

  it('cuts a list of problems that nobody would read', () => {
    const problems = Array.from({ length: 60 }, (_, index) => ({
      path: `a[${index}]`,
      message: 'is wrong',
    }));
    const lines = formatFieldProblems(problems).split('\n');
    expect(lines).toHaveLength(51);
    expect(lines[50]).toBe('and 10 more');
  });

  it('cuts a value that nobody would read', () => {
    expect(problemsOf({ filterName: 'x'.repeat(5000) })).toEqual([
      `spec.filterName must have at most 128 characters, but is "${'x'.repeat(
        80,
      )}"… (5000 characters)`,
    ]);
  });
});

describe('envoyGoPluginSchema', () => {
  it('describes every field', () => {
    const undescribed: string[] = [];
    const visit = (schema: JsonObject, path: string) => {
      for (const [name, property] of Object.entries(
        (schema.properties ?? {}) as Record<string, JsonObject>,
      )) {
        if (typeof property.description !== 'string') {
          undescribed.push(`${path}${name}`);
        }
        visit(property, `${path}${name}.`);
        visit((property.items ?? {}) as JsonObject, `${path}${name}[].`);
      }
    };
    visit(envoyGoPluginSchema, '');
    expect(undescribed).toEqual([]);
  });
});
