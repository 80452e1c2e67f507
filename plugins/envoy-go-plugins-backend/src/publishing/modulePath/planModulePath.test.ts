import fc from 'fast-check';
import { planModulePath } from './planModulePath';

const PATH = 'github.com/envoy-plugins/marker';

function planOf(goMod: string, host = 'github.com') {
  return planModulePath({
    host,
    repository: { owner: 'jo', repo: 'marker' },
    target: { owner: 'envoy-plugins', repo: 'marker' },
    goMod,
  });
}

it.each([
  'github.com/envoy-plugins/marker',
  'github.com/envoy-plugins/marker/v2',
])('finds %s right', path => {
  expect(planOf(`module ${path}\n`)).toEqual({ kind: 'right', path });
});

it.each([
  ['github.com/jo/marker', 'github.com/envoy-plugins/marker'],
  ['github.com/Jo/Marker', 'github.com/envoy-plugins/marker'],
  ['github.com/Envoy-Plugins/marker', 'github.com/envoy-plugins/marker'],
  ['github.com/jo/marker/v3', 'github.com/envoy-plugins/marker/v3'],
])('has %s rewritten', (path, to) => {
  expect(planOf(`// A filter\nmodule "${path}" // Here\n`)).toEqual({
    kind: 'rewrite',
    path,
    to,
  });
});

it('takes a host that cannot stand in a path for github.com', () => {
  expect(planOf('module github.com/jo/marker\n', 'localhost:4010')).toEqual({
    kind: 'rewrite',
    path: 'github.com/jo/marker',
    to: 'github.com/envoy-plugins/marker',
  });
});

it.each([
  'example.com/marker',
  'github.com/jo/marker-extra',
  'github.com/jo/marker/sub',
  'github.com/jo/marker/v1',
  'github.com/jo/$(touch${IFS}/tmp/owned)',
  'github.com/jo/`id`',
  'github.com/jo/marker;id',
  'github.com/jo/../../etc',
  '--exec=id',
  '(',
])('refuses %s in a sentence', path => {
  expect(planOf(`module ${path}\n`)).toMatchObject({
    kind: 'wrong',
    path,
    problem: expect.stringMatching(/^(The module's path|").*\.$/),
  });
});

it.each(['', 'go 1.26\n', '// module github.com/jo/marker\n', 'module\n'])(
  'finds none in %j',
  goMod => {
    expect(planOf(goMod)).toEqual({ kind: 'missing' });
  },
);

it('has an answer for any text, and a path to write that is one', () => {
  const character = fc.constantFrom(
    ...'$`;&|<>(){}\'"\\\n\t ~*?[]!#%=-./:@\0',
    '\u202e',
    '\u{1f600}',
    'a',
    'v2',
    'module ',
    'github.com/jo/marker',
  );
  fc.assert(
    fc.property(
      fc.string({ unit: character, maxLength: 30 }),
      fc.constantFrom('', 'module ', 'module "'),
      (text, before) => {
        const plan = planOf(`${before}${text}`);
        expect(plan.kind === 'rewrite' ? plan.to : PATH).toMatch(
          /^github\.com\/envoy-plugins\/marker(\/v\d+)?$/,
        );
      },
    ),
    { numRuns: 1_000 },
  );
});
